import {
  accumulationProgram,
  averageSlot,
  evaluationProgram,
  foldWeights,
  type Graph,
  graphOfPlan,
  type InputRole,
  type Inspection,
  inferenceProgram,
  initialWeights,
  inspectionProgram,
  keptByAverage,
  keptByDecay,
  type OutputRole,
  type Port,
  type StepProgram,
  statisticsProgram,
  stepCost,
  stepRate,
  trainedSlots,
  trainedWeights,
  trainingProgram,
  varianceWeights,
  type Weight,
} from '../../../compiler/index.ts';
import type { Batch } from '../../data/batches/data-source.ts';
import { dropoutFactors } from '../../random/dropout.ts';
import type { Tensors } from '../../storage/safetensors.ts';
import type { StepLoss, StepWish, TrainedPlan, Trainer } from '../trainer.ts';
import { collect } from './collect.ts';
import type { OnnxTensor } from './library.ts';
import { State } from './state.ts';
import { type Engine, StepSession } from './step-session.ts';

type Kind = 'train' | 'accumulate' | 'recalibrate' | 'predict' | 'evaluate' | 'inspect';

/** What a run of a program is given beside what is kept. */
interface Given {
  readonly batch: Pick<Batch, 'images'> & Partial<Batch>;
  /** The scalars that the program asks for. */
  readonly rate?: number;
  readonly momentum?: number;
  readonly decay?: number;
  readonly average?: number;
  readonly share?: number;
  readonly carried?: number;
  /** Names the dropout masks. */
  readonly step?: number;
}

/** Steps in one run, at most: their images wait in memory. */
const maxStepsInOneRun = 16;

/** A step with more multiply-adds per thread takes more than about a second, and gains little by running with others. */
const longMultiplyAdds = 16e9;

/** One network as compiled programs, one for every purpose and size of a batch, that this thread runs. */
export class OnnxTrainer implements Omit<Trainer, 'step'> {
  readonly parameters: number;
  maxSteps = 1;
  readonly #engine: Engine;
  readonly #plan: TrainedPlan;
  readonly #graph: Graph;
  /** Of the network, and those by which the losses of heads are weighed. */
  readonly #weights: ReadonlyMap<string, Weight>;
  readonly #state: State;
  /** By kind and batch size. Those with folded weights hold only as long as the weights do. */
  readonly #sessions = new Map<string, StepSession>();
  /** Changes of the weights. */
  #steps = 0;
  /** Batches, of which several may make one change. */
  #batches = 0;
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
    const { loss, train } = this.#plan;
    if (loss.length === 0) return;
    const program = this.#trainingProgram(train.batch);
    const long = stepCost(program).total / this.#engine.threads > longMultiplyAdds;
    // Between steps in one run weights lie there twice: those that have to fit into little memory are made one by one.
    const alone = train.memory != null || (train.accumulate ?? 1) > 1;
    this.maxSteps = long || alone ? 1 : maxStepsInOneRun;
    this.#sessions.set(`train ${train.batch}`, await this.#openTraining(program));
  }

  async steps(wishes: readonly StepWish[]): Promise<readonly StepLoss[]> {
    const losses: StepLoss[] = [];
    for (let begin = 0; begin < wishes.length && Number.isFinite(losses.at(-1)?.loss ?? 0); ) {
      const size = wishes[begin]!.batch.images.length;
      const other = wishes.findIndex(({ batch }, index) => index > begin && batch.images.length !== size);
      const end = Math.min(begin + this.maxSteps, other < 0 ? wishes.length : other);
      losses.push(...(await this.#stepsAlike(wishes.slice(begin, end))));
      begin = end;
    }
    return losses;
  }

  /** At most {@link maxSteps} with as many images each, in one run. */
  async #stepsAlike(wishes: readonly StepWish[]): Promise<readonly StepLoss[]> {
    const { optimizer, weight_decay, average } = this.#plan.train;
    const { share = 1, first = true, last = true } = wishes[0]!.accumulation ?? {};
    const { losses } = await this.#run(
      last ? 'train' : 'accumulate',
      wishes.map(({ batch, learningRate }, index): Given => {
        const step = this.#steps + index + 1;
        return {
          batch,
          ...{ step: this.#batches + index + 1, share, carried: first ? 0 : 1 },
          rate: stepRate(optimizer, learningRate, step),
          decay: keptByDecay(weight_decay, learningRate),
          ...(average !== null && { average: keptByAverage(average, step) }),
        };
      }),
    );
    this.#batches += losses.length;
    if (last) this.#steps += losses.length;
    await this.#forgetFolded();
    if (this.#fresh) collect();
    this.#fresh = false;
    return losses;
  }

  async predict(batch: Pick<Batch, 'images'>) {
    const { heads } = await this.#run('predict', [{ batch }]);
    return { heads };
  }

  async evaluate(batch: Batch) {
    const { heads, extreme, losses } = await this.#run('evaluate', [{ batch }]);
    return { heads, extreme, loss: losses[0]!.loss };
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
    await this.#run('recalibrate', [{ batch, momentum: (seen - 1) / seen, step: -seen }]);
    await this.#forgetFolded();
  }

  async inspect(batch: Batch): Promise<Inspection> {
    const { seen } = await this.#run('inspect', [{ batch, step: 1 }]);
    return seen;
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
      // Two counts where several batches make a step; so states from before there was a choice are as they were.
      state: { steps: this.#steps, ...(this.#batches !== this.#steps && { batches: this.#batches }) },
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
    this.#batches = (state['batches'] as number | undefined) ?? this.#steps;
    this.#fresh = true;
    await this.#forgetFolded();
  }

  async dispose(): Promise<void> {
    for (const session of this.#sessions.values()) await session.release();
    this.#sessions.clear();
  }

  /** The optimizer's running values and the averages, `<weight>/<role>`. */
  #slots() {
    const roles = trainedSlots(this.#plan.train);
    return trainedWeights(this.#weights.values(), this.#plan.train).flatMap(({ name, shape }) =>
      roles.map((role) => ({ name: `${name}/${role}`, shape, weight: name, role })),
    );
  }

  /** Where the values of a weight are kept that a run reads: all but training steps read averages where there are any. */
  #source(weight: string, kind: Kind): string {
    const isLearning = kind === 'train' || kind === 'accumulate' || kind === 'inspect';
    const averaged = !isLearning && this.#plan.train.average !== null;
    return averaged && trainedWeights([this.#graph.weights.get(weight)!], this.#plan.train).length > 0
      ? `slot/${weight}/${averageSlot}`
      : weightInput(weight);
  }

  /** One run, once for all that is given. Losses of as many as were made; heads of the last. */
  async #run(kind: Kind, given: readonly Given[]) {
    const { network } = this.#plan;
    const batch = given[0]!.batch.images.length / sizeOf(network.input.shape);
    const session = await this.#session(kind, batch);
    const heads: Record<string, Float32Array> = {};
    const extreme: Record<string, number> = {};
    const means: Float32Array[] = [];
    const variances: Float32Array[] = [];
    const gradients: Record<string, number> = {};
    const headLosses: Record<string, Float32Array> = {};
    let loss: Float32Array = Float32Array.of(Number.NaN);
    let finite: Float32Array | null = null;
    await session.run(
      (port) => this.#feed(port, kind, given, session.repeated),
      (port) => {
        const name = stateName(port.role);
        return name === null ? null : this.#state.place(name, port, session.repeated);
      },
      (port, tensor) => {
        const { role } = port;
        const name = stateName(role);
        if (name !== null) this.#state.keep(name, port, tensor);
        else if (role.kind === 'head') heads[role.head] = tensor.data;
        else if (role.kind === 'head_loss') headLosses[role.head] = tensor.data;
        else if (role.kind === 'extreme') extreme[role.head] = tensor.data[0]!;
        else if (role.kind === 'node_mean') means[role.node] = tensor.data;
        else if (role.kind === 'node_variance') variances[role.node] = tensor.data;
        else if (role.kind === 'gradient') gradients[role.weight] = tensor.data[0]!;
        else if (role.kind === 'finite') finite = tensor.data;
        else loss = tensor.data;
      },
    );
    const losses = Array.from(loss, (value, step): StepLoss => {
      const each = Object.entries(headLosses).map(([head, values]) => [head, values[step]!]);
      return { loss: finite?.[step] === 0 ? Number.NaN : value, heads: Object.fromEntries(each) };
    });
    const nodes = means.map((mean, node) => ({ mean, variance: variances[node]! }));
    return { heads, extreme, losses, seen: { nodes, gradients } };
  }

  #feed(port: Port<InputRole>, kind: Kind, given: readonly Given[], repeated: boolean): OnnxTensor {
    const { role, sizes, name } = port;
    if (role.kind === 'weight') return this.#state.feed(this.#source(role.weight, kind), port);
    if (role.kind === 'slot') return this.#state.feed(name, port);
    const values = given.map((one) => this.#given(role, sizes, one));
    const { Tensor } = this.#engine.library;
    if (!repeated) return new Tensor('float32', values[0]!, sizes);
    const joined = new Float32Array(values.length * values[0]!.length);
    for (const [step, each] of values.entries()) joined.set(each, step * each.length);
    return new Tensor('float32', joined, [values.length, ...sizes]);
  }

  /** What one step is given for an input. */
  #given(
    role: Exclude<InputRole, { readonly kind: 'weight' | 'slot' }>,
    sizes: readonly number[],
    { batch, step, ...scalars }: Given,
  ): Float32Array {
    switch (role.kind) {
      case 'images':
        return batch.images;
      case 'target': {
        const values = batch.targets?.[role.head];
        if (values === undefined) throw new Error(`the batch holds no truth for the head ${role.head}`);
        return values;
      }
      case 'distance': {
        const values = batch.distances?.[role.head];
        if (values === undefined) throw new Error(`the batch holds no distances for the head ${role.head}`);
        return values;
      }
      case 'rate':
      case 'momentum':
      case 'decay':
      case 'average':
      case 'share':
      case 'carried':
        return Float32Array.of(scalars[role.kind]!);
      case 'mask': {
        const { layer, application, rate: dropped } = role;
        const { seed } = this.#plan.train;
        return dropoutFactors({ seed, layer, step: step!, application }, dropped, sizeOf(sizes));
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
    const { loss } = this.#plan;
    switch (kind) {
      case 'train':
        return this.#openTraining(this.#trainingProgram(batch));
      case 'accumulate':
        return this.#openTraining(accumulationProgram(this.#graph, { ...this.#plan.train, loss, batch }));
      case 'recalibrate':
        return StepSession.open(this.#engine, statisticsProgram(this.#graph, batch), { fold: false });
      case 'inspect':
        return StepSession.open(this.#engine, inspectionProgram(this.#graph, loss, batch), { fold: false });
      case 'predict':
        return this.#openFolded(kind, inferenceProgram(this.#graph, batch));
      case 'evaluate':
        return this.#openFolded(kind, evaluationProgram(this.#graph, loss, batch));
    }
  }

  #trainingProgram(batch: number): StepProgram {
    const { loss, train } = this.#plan;
    return trainingProgram(this.#graph, { ...train, loss, batch });
  }

  #openTraining(program: StepProgram): Promise<StepSession> {
    return StepSession.open(this.#engine, program, {
      fold: false,
      repeated: this.maxSteps > 1,
      // Only a step that has to fit pays for it: without sizes the library reuses no buffer in place.
      hideSizes: this.#plan.train.memory != null,
    });
  }

  /** With the weights as they are now as constants, batch norms folded into convolutions. */
  #openFolded(kind: Kind, program: ReturnType<typeof inferenceProgram>): Promise<StepSession> {
    const constants = new Map(
      [...this.#graph.weights.keys()].map((name) => [
        weightInput(name),
        this.#state.read(this.#source(name, kind)),
      ]),
    );
    const folded = foldWeights(program, constants);
    return StepSession.open(this.#engine, folded.program, { fold: true, constants: folded.weights });
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
