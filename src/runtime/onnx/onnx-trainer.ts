import {
  averageSlot,
  evaluationProgram,
  type Graph,
  graphOfPlan,
  type InputRole,
  inferenceProgram,
  initialWeights,
  keptByAverage,
  keptByDecay,
  type OutputRole,
  optimizerSlots,
  type Port,
  statisticsProgram,
  stepRate,
  trainingProgram,
  varianceWeights,
  type Weight,
} from '../../compiler/index.ts';
import type { Tensors } from '../runs/safetensors.ts';
import type { Batch } from '../train/data-source.ts';
import { dropoutFactors } from '../train/dropout.ts';
import type { StepLoss, TrainedPlan, Trainer } from '../train/trainer.ts';
import { collect } from './collect.ts';
import type { OnnxTensor } from './library.ts';
import { State } from './state.ts';
import { type Engine, StepSession } from './step-session.ts';

type Kind = 'train' | 'recalibrate' | 'predict' | 'evaluate';

/** What a run of a program is given beside what is kept. */
interface Given {
  readonly batch: Pick<Batch, 'images'> & Partial<Batch>;
  /** The scalars that the program asks for. */
  readonly rate?: number;
  readonly momentum?: number;
  readonly decay?: number;
  readonly average?: number;
  /** Names the dropout masks. */
  readonly step?: number;
}

/** One network as compiled programs, one for every purpose and size of a batch, that this thread runs. */
export class OnnxTrainer implements Trainer {
  readonly parameters: number;
  readonly #engine: Engine;
  readonly #plan: TrainedPlan;
  readonly #graph: Graph;
  /** Of the network, and those by which the losses of heads are weighed. */
  readonly #weights: ReadonlyMap<string, Weight>;
  readonly #state: State;
  /** By kind and batch size. Those with folded weights hold only as long as the weights do. */
  readonly #sessions = new Map<string, StepSession>();
  #steps = 0;
  /** Whether no step has been made since all values were set: setting them leaves as many arrays behind. */
  #fresh = true;

  constructor(engine: Engine, plan: TrainedPlan) {
    this.#engine = engine;
    this.#plan = plan;
    this.#graph = graphOfPlan(plan.network);
    this.#state = new State(engine.library, engine.block ?? 1);
    const variances = varianceWeights(plan.loss, plan.train.weighting);
    this.#weights = new Map([
      ...this.#graph.weights,
      ...[...variances.values()].map((weight) => [weight.name, weight] as const),
    ]);
    const weights = [...this.#weights.values()];
    const start = initialWeights(weights, plan.train.seed);
    for (const { name, shape } of weights) this.#state.write(weightInput(name), shape, start.get(name)!);
    for (const { name, shape, weight, role } of this.#slots()) {
      const first = role === averageSlot ? start.get(weight)! : new Float32Array(sizeOf(shape));
      this.#state.write(`slot/${name}`, shape, first);
    }
    this.parameters = [...this.#graph.weights.values()].reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  }

  /** Compiles the training step of a whole batch. */
  async prepare(): Promise<void> {
    if (this.#plan.loss.length > 0) await this.#session('train', this.#plan.train.batch);
  }

  async step(batch: Batch, learningRate: number): Promise<StepLoss> {
    this.#steps += 1;
    const step = this.#steps;
    const { optimizer, weight_decay, average } = this.#plan.train;
    const answer = await this.#run('train', {
      batch,
      step,
      rate: stepRate(optimizer, learningRate, step),
      decay: keptByDecay(weight_decay, learningRate),
      ...(average !== null && { average: keptByAverage(average, step) }),
    });
    await this.#forgetFolded();
    if (this.#fresh) collect();
    this.#fresh = false;
    return { ...answer.loss, loss: answer.finite ? answer.loss.loss : Number.NaN };
  }

  async predict(batch: Pick<Batch, 'images'>) {
    const { heads } = await this.#run('predict', { batch });
    return { heads };
  }

  async evaluate(batch: Batch) {
    const { heads, loss } = await this.#run('evaluate', { batch });
    return { heads, loss: loss.loss };
  }

  async recalibrate(batches: Iterable<Batch> | AsyncIterable<Batch>): Promise<void> {
    let seen = 0;
    for await (const batch of batches) {
      seen += 1;
      await this.moveStatistics(batch, seen);
    }
  }

  /** The k-th batch of a recalibration: statistics become the mean of k batches; the first one starts them anew. */
  async moveStatistics(batch: Batch, seen: number): Promise<void> {
    await this.#run('recalibrate', { batch, momentum: (seen - 1) / seen, step: -seen });
    await this.#forgetFolded();
  }

  async snapshot() {
    const tensors = (
      names: readonly { readonly name: string; readonly shape: readonly number[] }[],
      kind: string,
    ): Tensors =>
      new Map(
        names.map(({ name, shape }) => [
          name,
          { shape: [...shape], values: this.#state.read(`${kind}/${name}`) },
        ]),
      );
    return {
      weights: tensors([...this.#weights.values()], 'weight'),
      optimizer: tensors(this.#slots(), 'slot'),
      state: { steps: this.#steps },
    };
  }

  async restore({ weights, optimizer, state }: Awaited<ReturnType<Trainer['snapshot']>>): Promise<void> {
    for (const { name, shape } of this.#weights.values()) {
      const given = weights.get(name);
      if (given?.values.length !== sizeOf(shape)) throw new Error(`no values for the weight ${name}`);
      this.#state.write(weightInput(name), shape, given.values);
    }
    for (const { name, shape } of this.#slots()) {
      const given = optimizer.get(name);
      if (given?.values.length !== sizeOf(shape)) throw new Error(`no values for ${name}`);
      this.#state.write(`slot/${name}`, shape, given.values);
    }
    this.#steps = state['steps'] as number;
    this.#fresh = true;
    await this.#forgetFolded();
  }

  async dispose(): Promise<void> {
    for (const session of this.#sessions.values()) await session.release();
    this.#sessions.clear();
  }

  /** The optimizer's running values and the averages, `<weight>/<role>`. */
  #slots() {
    const { optimizer, average } = this.#plan.train;
    const roles = [...optimizerSlots(optimizer), ...(average === null ? [] : [averageSlot])];
    return [...this.#weights.values()]
      .filter(({ trainable }) => trainable)
      .flatMap(({ name, shape }) =>
        roles.map((role) => ({ name: `${name}/${role}`, shape, weight: name, role })),
      );
  }

  /** Where the values of a weight are kept that a run reads: all but training steps read averages where there are any. */
  #source(weight: string, kind: Kind): string {
    const averaged = kind !== 'train' && this.#plan.train.average !== null;
    return averaged && this.#graph.weights.get(weight)!.trainable
      ? `slot/${weight}/${averageSlot}`
      : weightInput(weight);
  }

  async #run(kind: Kind, given: Given) {
    const { network } = this.#plan;
    const batch = given.batch.images.length / sizeOf(network.input.shape);
    const session = await this.#session(kind, batch);
    const heads: Record<string, Float32Array> = {};
    const headLosses: Record<string, number> = {};
    let [loss, finite] = [Number.NaN, true];
    await session.run(
      (port) => this.#feed(port, kind, given),
      (port) => {
        const name = stateName(port.role);
        return name === null ? null : this.#state.place(name, port);
      },
      (port, tensor) => {
        const { role } = port;
        const name = stateName(role);
        if (name !== null) this.#state.keep(name, port, tensor);
        else if (role.kind === 'head') heads[role.head] = tensor.data;
        else if (role.kind === 'head_loss') headLosses[role.head] = tensor.data[0]!;
        else if (role.kind === 'finite') finite = tensor.data[0] === 1;
        else loss = tensor.data[0]!;
      },
    );
    return { heads, loss: { loss, heads: headLosses }, finite };
  }

  #feed(port: Port<InputRole>, kind: Kind, { batch, step, ...scalars }: Given): OnnxTensor {
    const { role, sizes, name } = port;
    const tensor = (values: Float32Array) => new this.#engine.library.Tensor('float32', values, sizes);
    switch (role.kind) {
      case 'weight':
        return this.#state.feed(this.#source(role.weight, kind), port);
      case 'slot':
        return this.#state.feed(name, port);
      case 'images':
        return tensor(batch.images);
      case 'target': {
        const values = batch.targets?.[role.head];
        if (values === undefined) throw new Error(`the batch holds no truth for the head ${role.head}`);
        return tensor(values);
      }
      case 'rate':
      case 'momentum':
      case 'decay':
      case 'average':
        return tensor(Float32Array.of(scalars[role.kind]!));
      case 'mask': {
        const { layer, application, rate: dropped } = role;
        const { seed } = this.#plan.train;
        return tensor(dropoutFactors({ seed, layer, step: step!, application }, dropped, sizeOf(sizes)));
      }
    }
  }

  async #session(kind: Kind, batch: number): Promise<StepSession> {
    const key = `${kind} ${batch}`;
    const known = this.#sessions.get(key);
    if (known !== undefined) return known;
    const session = await this.#open(kind, batch);
    this.#sessions.set(key, session);
    return session;
  }

  #open(kind: Kind, batch: number): Promise<StepSession> {
    const { loss, train } = this.#plan;
    switch (kind) {
      case 'train':
        return StepSession.open(this.#engine, trainingProgram(this.#graph, { ...train, loss, batch }), {
          fold: false,
          // Only a step that has to fit pays for it: without sizes the library reuses no buffer in place.
          hideSizes: train.memory != null,
        });
      case 'recalibrate':
        return StepSession.open(this.#engine, statisticsProgram(this.#graph, batch), { fold: false });
      case 'predict':
        return this.#openFolded(kind, inferenceProgram(this.#graph, batch));
      case 'evaluate':
        return this.#openFolded(kind, evaluationProgram(this.#graph, loss, batch));
    }
  }

  /** With the weights as they are now as constants. */
  #openFolded(kind: Kind, program: ReturnType<typeof inferenceProgram>): Promise<StepSession> {
    const constants = new Map(
      [...this.#graph.weights.keys()].map((name) => [
        weightInput(name),
        this.#state.read(this.#source(name, kind)),
      ]),
    );
    return StepSession.open(this.#engine, program, { fold: true, constants });
  }

  async #forgetFolded(): Promise<void> {
    for (const [key, session] of this.#sessions) {
      if (!/^(predict|evaluate) /.test(key)) continue;
      this.#sessions.delete(key);
      await session.release();
    }
  }
}

/** The name under which a result is kept for the next step; null for one that is not. */
function stateName(role: OutputRole): string | null {
  if (role.kind === 'weight') return weightInput(role.weight);
  return role.kind === 'slot' ? `slot/${role.weight}/${role.slot}` : null;
}

function weightInput(name: string): string {
  return `weight/${name}`;
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
