import * as tf from '@tensorflow/tfjs-core';
import { type RunPlan, varianceWeights } from '../../compiler/index.ts';
import type { Checkpoint } from '../runs/checkpoint.ts';
import type { Tensors } from '../runs/safetensors.ts';
import { buildModel, disposeModel, type HeadValue, setWeights, type WeightValues } from '../tf/build.ts';
import { differentiate } from '../tf/gradients.ts';
import { primitives } from '../tf/primitives.ts';
import { createAverage } from './average.ts';
import type { Batch } from './data-source.ts';
import { type Answer, totalLoss } from './losses.ts';
import { createOptimizer, type Trained } from './optimizers.ts';
import { clipTogether, decay } from './restraint.ts';

/** The loss of one batch: weighted sum, and per head the sum of its terms without weights. */
export interface StepLoss {
  readonly loss: number;
  readonly heads: Readonly<Record<string, number>>;
}

/** What one step is given. */
export interface StepWish {
  readonly batch: Batch;
  readonly learningRate: number;
}

/** What the network says about a batch. */
interface Answers {
  /** By head, `[n, height, width, channels]` or `[n, channels]`. */
  readonly heads: Readonly<Record<string, Float32Array>>;
}

/** What a checkpoint holds beside the epoch. */
type Snapshot = Omit<Checkpoint, 'epoch'>;

/**
 * One network with its optimizer on an engine, which may work in another thread: calls are answered in the order in which
 * they are made, and a failure rejects the promise.
 */
export interface Trainer {
  /** All values that weights hold, statistics included. */
  readonly parameters: number;
  /**
   * Forward, backward, one change of the weights. The loss is that before the change; it is NaN when any gradient is
   * not finite, for wasm's ReLU turns NaN into 0 and so hides it from the loss.
   */
  step(batch: Batch, learningRate: number): Promise<StepLoss>;
  /**
   * {@link step} after step, with the same numbers. The first with a loss that is not finite is the last: it may have changed
   * the weights. An engine that need not be told every step is faster so.
   */
  steps(wishes: readonly StepWish[]): Promise<readonly StepLoss[]>;
  /** How many steps it is worth to ask for at once, at most. */
  readonly mostSteps: number;
  /** Inference: moving statistics, no dropout. */
  predict(batch: Pick<Batch, 'images'>): Promise<Answers>;
  /** {@link predict} and the loss against the batch's truth. */
  evaluate(batch: Batch): Promise<Answers & Pick<StepLoss, 'loss'>>;
  /** Replaces batch norm's moving statistics by their mean over the given batches, with the weights as they are. */
  recalibrate(batches: Iterable<Batch> | AsyncIterable<Batch>): Promise<void>;
  snapshot(): Promise<Snapshot>;
  /** Goes on from a snapshot with the same numbers. Rejects when it is of another network. */
  restore(snapshot: Snapshot): Promise<void>;
  dispose(): Promise<void>;
}

/** The parts of a run that a trainer needs. */
export type TrainedPlan = Pick<RunPlan, 'network' | 'loss' | 'train'>;

/** Builds the network with the given weights, ready for its first step. */
export function createTrainer(plan: TrainedPlan, initial: WeightValues): Trainer {
  const { network, loss: terms, train } = plan;
  const model = buildModel(network, initial, train.seed);
  // The losses' own weights begin at 0, so that their variances are 1.
  const variances = new Map(
    [...varianceWeights(terms, train.weighting)].map(([head, { name, shape }]) => [
      head,
      { name, variable: tf.variable(tf.zeros([...shape])) },
    ]),
  );
  const trained: Trained[] = [
    ...[...model.weights]
      .filter(([, variable]) => variable.trainable)
      .map(([name, variable]) => ({
        name,
        read: () => variable.read(),
        write: variable.write.bind(variable),
      })),
    ...[...variances.values()].map(({ name, variable }) => ({
      name,
      read: () => variable,
      write: (value: tf.Tensor) => variable.assign(value),
    })),
  ];
  const optimizer = createOptimizer(train.optimizer, trained);
  const average = train.average === null ? null : createAverage(train.average, trained);
  const pixels = network.input.shape;

  const imagesOf = (batch: Pick<Batch, 'images'>) => {
    const size = pixels.reduce((product, extent) => product * extent, 1);
    return tf.tensor(batch.images, [batch.images.length / size, ...pixels]);
  };
  const answersTo = (batch: Batch, outputs: readonly HeadValue[]) => {
    const answers = new Map<string, Answer>();
    for (const [index, { name }] of network.heads.entries()) {
      const truth = batch.targets[name];
      const value = outputs[index]!;
      if (truth !== undefined)
        answers.set(name, { truth: tf.tensor(truth, value.predicted.shape), ...value });
    }
    return answers;
  };
  const arraysOf = (outputs: readonly tf.Tensor[]) =>
    Object.fromEntries(network.heads.map(({ name }, index) => [name, outputs[index]!.dataSync<'float32'>()]));
  const numbersOf = ({ loss, heads }: ReturnType<typeof totalLoss>): StepLoss => ({
    loss: loss.dataSync()[0]!,
    heads: Object.fromEntries(Object.entries(heads).map(([name, value]) => [name, value.dataSync()[0]!])),
  });

  /** With the averages of the weights, where there are any. */
  const predicting = <T>(compute: () => T): T => {
    const putBack = average?.take();
    try {
      return untracked(compute);
    } finally {
      putBack?.();
    }
  };

  const trainer: Trainer = {
    mostSteps: 1,
    parameters: [...model.weights.values()].reduce(
      (sum, variable) => sum + variable.shape.reduce((product: number, size) => product * size!, 1),
      0,
    ),

    async step(batch, learningRate) {
      return untracked(() => {
        const images = imagesOf(batch);
        const { result, gradients } = differentiate(
          () => {
            const outputs = model.answer(images, { training: true, step: optimizer.steps + 1 });
            return totalLoss(terms, answersTo(batch, outputs), variablesOf(variances));
          },
          trained.map(({ read }) => read() as tf.Variable),
        );
        const present = gradients.filter((gradient) => gradient !== null);
        const numbers = numbersOf(result);
        const loss = primitives().areFinite(present) ? numbers.loss : Number.NaN;
        const restrained = train.clip === null ? gradients : clipTogether(gradients, train.clip);
        if (train.weight_decay > 0) decay(trained, train.weight_decay * learningRate);
        optimizer.update(restrained, learningRate);
        average?.update(optimizer.steps);
        tf.dispose(present);
        return { ...numbers, loss };
      });
    },

    async steps(wishes) {
      const losses: StepLoss[] = [];
      for (const { batch, learningRate } of wishes) {
        losses.push(await trainer.step(batch, learningRate));
        if (!Number.isFinite(losses.at(-1)!.loss)) break;
      }
      return losses;
    },

    async predict(batch) {
      return predicting(() => ({ heads: arraysOf(model.run(imagesOf(batch), { training: false })) }));
    },

    async evaluate(batch) {
      return predicting(() => {
        const outputs = model.answer(imagesOf(batch), { training: false });
        const { loss } = totalLoss(terms, answersTo(batch, outputs));
        return { heads: arraysOf(outputs.map(({ predicted }) => predicted)), loss: loss.dataSync()[0]! };
      });
    },

    async recalibrate(batches) {
      let seen = 0;
      for await (const batch of batches) {
        seen += 1;
        // Momentum (k − 1)/k turns the moving average into the mean of k batches; the first one starts it anew.
        const mode = { training: true, step: -seen, momentum: (seen - 1) / seen };
        predicting(() => void model.run(imagesOf(batch), mode));
      }
    },

    async snapshot() {
      const weights: Tensors = new Map([
        ...[...model.weights].map(([name, variable]) => [name, contentOf(variable.read())] as const),
        ...[...variances.values()].map(({ name, variable }) => [name, contentOf(variable)] as const),
      ]);
      const slots = new Map([...optimizer.slots(), ...(average?.slots() ?? [])]);
      return { weights, optimizer: slots, state: { steps: optimizer.steps } };
    },

    async restore({ weights, optimizer: slots, state }) {
      setWeights(model, new Map([...weights].map(([name, { values }]) => [name, values])));
      for (const { name, variable } of variances.values()) {
        const given = weights.get(name);
        if (given === undefined) throw new Error(`no values for the weight ${name}`);
        tf.tidy(() => variable.assign(tf.tensor(given.values.slice(), variable.shape)));
      }
      optimizer.restore(slots, state['steps'] as number);
      average?.restore(slots);
    },

    async dispose() {
      optimizer.dispose();
      average?.dispose();
      for (const { variable } of variances.values()) variable.dispose();
      disposeModel(model);
    },
  };
  return trainer;
}

function contentOf(tensor: tf.Tensor) {
  return { shape: tensor.shape, values: tensor.dataSync<'float32'>() };
}

function variablesOf(
  variances: ReadonlyMap<string, { readonly variable: tf.Variable }>,
): ReadonlyMap<string, tf.Variable> {
  return new Map([...variances].map(([head, { variable }]) => [head, variable]));
}

/** `tf.tidy` for results that hold no tensors. */
function untracked<T>(compute: () => T): T {
  let result: T | undefined;
  tf.tidy(() => {
    result = compute();
  });
  return result as T;
}
