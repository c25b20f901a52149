import { Worker } from 'node:worker_threads';
import type { Batch } from '../../data/batches/data-source.ts';
import { threadEntry } from '../../threads/entry.ts';
import type { Accumulation, StepWish, TrainedPlan, Trainer } from '../trainer.ts';
import type { AnswerMessage, CallMessage, Calls, EngineFacts, EngineWish, Method } from './onnx-worker.ts';

interface Waiting {
  readonly resolve: (value: never) => void;
  readonly reject: (problem: Error) => void;
}

/** ONNX Runtime in a thread of its own. */
export class OnnxEngine {
  readonly facts: EngineFacts;
  readonly #thread: Thread;

  private constructor(thread: Thread, facts: EngineFacts) {
    this.#thread = thread;
    this.facts = facts;
  }

  /** Rejects when the library is not there. */
  static async start(wish: EngineWish): Promise<OnnxEngine> {
    const thread = new Thread();
    try {
      return new OnnxEngine(thread, await thread.call('start', wish));
    } catch (error) {
      await thread.end();
      throw error;
    }
  }

  /** A network with its initial weights, its training step compiled. Rejects when that cannot be. */
  async trainer(plan: TrainedPlan): Promise<Trainer> {
    // The worker needs no more of a plan, and a plan may hold what cannot be sent.
    const { network, loss, train } = plan;
    const { number, maxSteps } = await this.#thread.call('create', { network, loss, train });
    const ask = (method: Method, ...values: readonly unknown[]) =>
      this.#thread.call('call', number, method, values);
    return new RemoteTrainer(plan, maxSteps, ask);
  }

  async end(): Promise<void> {
    await this.#thread.end();
  }
}

/** A trainer in the engine's thread. */
class RemoteTrainer implements Trainer {
  readonly parameters: number;
  readonly maxSteps: number;
  readonly #ask: (method: Method, ...values: readonly unknown[]) => Promise<unknown>;

  constructor(
    { network }: TrainedPlan,
    maxSteps: number,
    ask: (method: Method, ...values: readonly unknown[]) => Promise<unknown>,
  ) {
    const shapes = network.layers.flatMap(({ weights }) => weights.map(({ shape }) => shape));
    this.parameters = shapes.reduce(
      (sum, shape) => sum + shape.reduce((product, size) => product * size, 1),
      0,
    );
    this.maxSteps = maxSteps;
    this.#ask = ask;
  }

  async step(batch: Batch, learningRate: number, accumulation?: Accumulation) {
    const [loss] = await this.steps([{ batch, learningRate, ...(accumulation && { accumulation }) }]);
    return loss!;
  }
  steps(wishes: readonly StepWish[]) {
    return this.#ask('steps', wishes) as ReturnType<Trainer['steps']>;
  }
  predict({ images }: Pick<Batch, 'images'>) {
    return this.#ask('predict', { images }) as ReturnType<Trainer['predict']>;
  }
  evaluate(batch: Batch) {
    return this.#ask('evaluate', batch) as ReturnType<Trainer['evaluate']>;
  }
  async recalibrate(batches: Iterable<Batch> | AsyncIterable<Batch>) {
    let seen = 0;
    for await (const batch of batches) {
      seen += 1;
      await this.#ask('moveStatistics', batch, seen);
    }
  }
  inspect(batch: Batch) {
    return this.#ask('inspect', batch) as ReturnType<Trainer['inspect']>;
  }
  snapshot() {
    return this.#ask('snapshot') as ReturnType<Trainer['snapshot']>;
  }
  async restore(snapshot: Awaited<ReturnType<Trainer['snapshot']>>) {
    await this.#ask('restore', snapshot);
  }
  async dispose() {
    await this.#ask('dispose');
  }
}

/** Calls answered in order by a thread that does not keep the process alive while nobody waits. */
class Thread {
  readonly #worker = new Worker(threadEntry(import.meta.url, 'onnx-worker'));
  readonly #waiting = new Map<number, Waiting>();
  #number = 0;
  #failure: Error | null = null;
  #ends = false;

  constructor() {
    this.#worker.on('message', (answer: AnswerMessage) => this.#settle(answer));
    this.#worker.on('error', (error) => this.#fail(error));
    this.#worker.on('exit', () => this.#fail(new Error('the thread of ONNX Runtime ended')));
    this.#worker.unref();
  }

  call<N extends keyof Calls>(name: N, ...values: Parameters<Calls[N]>): ReturnType<Calls[N]> {
    const number = this.#number++;
    const promise = new Promise((resolve, reject) => {
      if (this.#failure !== null) {
        reject(this.#failure);
        return;
      }
      this.#waiting.set(number, { resolve, reject });
      this.#worker.ref();
      this.#worker.postMessage({ number, name, values } satisfies CallMessage);
    });
    return promise as ReturnType<Calls[N]>;
  }

  async end(): Promise<void> {
    // An answer that comes meanwhile must not let the process end before the thread does.
    this.#ends = true;
    await this.#worker.terminate();
  }

  #settle(answer: AnswerMessage): void {
    const waiting = this.#waiting.get(answer.number);
    this.#waiting.delete(answer.number);
    if (this.#waiting.size === 0 && !this.#ends) this.#worker.unref();
    if ('problem' in answer) waiting?.reject(new Error(answer.problem));
    else waiting?.resolve(answer.value as never);
  }

  #fail(problem: Error): void {
    this.#failure ??= problem;
    for (const { reject } of this.#waiting.values()) reject(this.#failure);
    this.#waiting.clear();
  }
}
