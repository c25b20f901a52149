import * as tf from '@tensorflow/tfjs-core';
import { extremeLogit, rateFactor, trainedWeights, varianceWeights } from '../../../../compiler/index.ts';
import type { Batch } from '../../../data/batches/data-source.ts';
import type { Tensors } from '../../../storage/safetensors.ts';
import type { StepLoss, TrainedPlan, Trainer } from '../../trainer.ts';
import { buildModel, disposeModel, type HeadValue, setWeights, type WeightValues } from '../model/build.ts';
import type { Mode } from '../model/layer.ts';
import { primitives } from '../primitives.ts';
import { createAccumulated } from './accumulated.ts';
import { createAverage } from './average.ts';
import { differentiate } from './gradients.ts';
import { type Answer, totalLoss } from './losses.ts';
import { createOptimizer, type Trained } from './optimizers.ts';
import { clipTogether, decay } from './restraint.ts';

/** Builds the network with the given weights, ready for its first step. */
export function createTrainer(plan: TrainedPlan, initial: WeightValues): Trainer {
  const { network, loss: terms, train } = plan;
  const model = buildModel(network, initial, train.seed);
  // The losses' own weights begin at 0, so that their variances are 1.
  const variances = new Map(
    [...varianceWeights(terms, train.weighting)].map(([head, { name, shape }]) => [
      head,
      { name, variable: tf.tidy(() => tf.variable(tf.zeros([...shape]))) },
    ]),
  );
  const changing = trainedWeights(
    [...model.weights].map(([name, { trainable }]) => ({ name, trainable })),
    train,
  );
  const trained: Trained[] = [
    ...changing
      .map(({ name }) => [name, model.weights.get(name)!] as const)
      .map(([name, variable]) => ({
        name,
        pace: rateFactor(name, train.rates),
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
  const sums = (train.accumulate ?? 1) > 1 ? createAccumulated(trained) : null;
  let batches = 0;
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
      const distance = batch.distances?.[name];
      if (truth === undefined) continue;
      answers.set(name, {
        truth: tf.tensor(truth, value.predicted.shape),
        ...(distance && { distance: tf.tensor(distance, value.predicted.shape) }),
        ...value,
      });
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

  /** By weight of the network, the sum of the squares of the loss's gradient. */
  const squaredGradients = (images: tf.Tensor, batch: Batch, mode: Mode): Record<string, number> => {
    const own = trained.filter(({ name }) => model.weights.has(name));
    const { gradients } = differentiate(
      () => totalLoss(terms, answersTo(batch, model.answer(images, mode))),
      own.map(({ read }) => read() as tf.Variable),
    );
    const squares = own.flatMap(({ name }, index) => {
      const gradient = gradients[index];
      return gradient == null ? [] : [[name, tf.sum(tf.square(gradient)).dataSync()[0]!] as const];
    });
    return Object.fromEntries(squares);
  };

  const trainer: Trainer = {
    maxSteps: 1,
    parameters: [...model.weights.values()].reduce(
      (sum, variable) => sum + variable.shape.reduce((product: number, size) => product * size!, 1),
      0,
    ),

    async step(batch, learningRate, accumulation = wholeStep) {
      return untracked(() => {
        const images = imagesOf(batch);
        const { result, gradients } = differentiate(
          () => {
            const outputs = model.answer(images, { training: true, step: batches + 1 });
            return totalLoss(terms, answersTo(batch, outputs), variablesOf(variances));
          },
          trained.map(({ read }) => read() as tf.Variable),
        );
        const present = gradients.filter((gradient) => gradient !== null);
        const numbers = numbersOf(result);
        const loss = primitives().areFinite(present) ? numbers.loss : Number.NaN;
        const all = sums === null ? gradients : sums.add(gradients, accumulation);
        batches += 1;
        if (accumulation.last) {
          const restrained = train.clip === null ? all : clipTogether(all, train.clip);
          if (train.weight_decay > 0) decay(trained, train.weight_decay * learningRate);
          optimizer.update(restrained, learningRate);
          average?.update(optimizer.steps);
        }
        tf.dispose(present);
        return { ...numbers, loss };
      });
    },

    async steps(wishes) {
      const losses: StepLoss[] = [];
      for (const { batch, learningRate, accumulation } of wishes) {
        losses.push(await trainer.step(batch, learningRate, accumulation));
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
        const extreme = network.heads.flatMap(({ name, node }, index) => {
          const { logits } = outputs[index]!;
          const last = network.layers.find((layer) => layer.name === network.nodes[node]!.layer);
          return logits === null ? [] : [[name, extremeShare(logits, last?.op === 'softmax')] as const];
        });
        return {
          heads: arraysOf(outputs.map(({ predicted }) => predicted)),
          extreme: Object.fromEntries(extreme),
          loss: loss.dataSync()[0]!,
        };
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

    async inspect(batch) {
      const values = [...model.weights].map(
        ([name, variable]) => [name, variable.read().dataSync()] as const,
      );
      const apart = buildModel(network, new Map(values), train.seed, { normRelu: false, convNorm: false });
      // Statistics that keep all of their past do not move.
      const mode = { training: true, step: 1, momentum: 1 };
      try {
        return untracked(() => {
          const images = imagesOf(batch);
          const nodes = apart.all(images, mode).map((value) => {
            const axes = value.shape.slice(0, -1).map((_, axis) => axis);
            const { mean, variance } = tf.moments(value, axes);
            return { mean: mean.dataSync<'float32'>(), variance: variance.dataSync<'float32'>() };
          });
          return { nodes, gradients: terms.length === 0 ? {} : squaredGradients(images, batch, mode) };
        });
      } finally {
        disposeModel(apart);
      }
    },

    async snapshot() {
      const weights: Tensors = new Map([
        ...[...model.weights].map(([name, variable]) => [name, contentOf(variable.read())] as const),
        ...[...variances.values()].map(({ name, variable }) => [name, contentOf(variable)] as const),
      ]);
      const { steps } = optimizer;
      const slots = new Map([...optimizer.slots(), ...(average?.slots() ?? []), ...(sums?.slots() ?? [])]);
      return { weights, optimizer: slots, state: { steps, ...(batches !== steps && { batches }) } };
    },

    async restore({ weights, optimizer: slots, state }) {
      setWeights(model, new Map([...weights].map(([name, { values }]) => [name, values])));
      for (const { name, variable } of variances.values()) {
        const given = weights.get(name);
        if (given === undefined) throw new Error(`no values for the weight ${name}`);
        tf.tidy(() => variable.assign(tf.tensor(given.values.slice(), variable.shape)));
      }
      optimizer.restore(slots, state['steps'] as number);
      batches = (state['batches'] as number | undefined) ?? optimizer.steps;
      average?.restore(slots);
      sums?.restore(slots);
    },

    async dispose() {
      optimizer.dispose();
      average?.dispose();
      sums?.dispose();
      for (const { variable } of variances.values()) variable.dispose();
      disposeModel(model);
    },
  };
  return trainer;
}

/** A batch whose gradients alone change the weights. */
const wholeStep = { share: 1, first: true, last: true };

/** Which share of a head's logits is beyond ±`extremeLogit`; of a softmax, beyond the largest of its place. */
function extremeShare(logits: tf.Tensor, softmax: boolean): number {
  const distances = softmax ? tf.neg(tf.logSoftmax(logits)) : tf.abs(logits);
  return tf.mean(tf.cast(tf.greater(distances, extremeLogit), 'float32')).dataSync()[0]!;
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
