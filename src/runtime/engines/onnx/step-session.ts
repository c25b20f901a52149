import {
  emitOnnx,
  type InputRole,
  type OnnxOptions,
  type OnnxStep,
  type OutputRole,
  type Port,
  type Rates,
  type StepProgram,
} from '../../../compiler/index.ts';
import type { OnnxLibrary, OnnxSession, OnnxTensor, SessionSettings } from './library.ts';

/** How sessions are started, apart from what each of them is for. */
export interface Engine {
  readonly library: OnnxLibrary;
  readonly threads: number;
  /** Channels in a block of the library's internal layout; null where it is not to be used. */
  readonly block: number | null;
  /** What ways to compute are chosen by; those built in when left out. */
  readonly rates?: Rates;
}

/**
 * Settings as measured on two cores: without an arena a step takes half as long again; patterns of memory, planned at the
 * first run, take a third more memory and save nothing. Threads that wait by spinning take what the others need: beside
 * other work a step took 1.5 to 2 times as long. A step's model is as we want it: optimised by the library once more
 * it starts three times as slowly and is slower, for transpositions are moved from where they are cheap.
 */
export function settingsOf(
  threads: number,
  level: SessionSettings['graphOptimizationLevel'],
): SessionSettings {
  return {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    enableMemPattern: false,
    extra: { session: { intra_op: { allow_spinning: '0' } } },
    enableCpuMemArena: true,
    graphOptimizationLevel: level!,
    // Constants that optimisation cannot fold are told as warnings.
    logSeverityLevel: 3,
  };
}

/** A program that runs: its ports, and the session. */
export class StepSession {
  readonly inputs: readonly Port<InputRole>[];
  /** Whether a run makes several steps. */
  readonly repeated: boolean;
  readonly #outputs: OnnxStep['outputs'];
  readonly #session: OnnxSession;

  private constructor(step: OnnxStep, session: OnnxSession) {
    this.inputs = step.inputs;
    this.repeated = step.repeated;
    this.#outputs = step.outputs;
    this.#session = session;
  }

  /**
   * `fold` is for programs whose weights are part of them: the library computes beforehand what is constant, and without
   * blocks of ours chooses its own layouts.
   */
  static async open(
    { library, threads, block, rates }: Engine,
    program: StepProgram,
    { fold, ...options }: Omit<OnnxOptions, 'block'> & { readonly fold: boolean },
  ): Promise<StepSession> {
    const step = emitOnnx(program, { ...options, block, ...(rates && { rates }) });
    const level = !fold ? 'disabled' : block === null ? 'all' : 'basic';
    const settings = settingsOf(threads, level);
    return new StepSession(step, await library.InferenceSession.create(step.model, settings));
  }

  /** Results by role. `place` gives the tensor that a result is to be written into; null for a new one. */
  async run(
    feed: (port: Port<InputRole>) => OnnxTensor,
    place: (port: Port<OutputRole>) => OnnxTensor | null,
    take: (port: Port<OutputRole>, tensor: OnnxTensor) => void,
  ): Promise<void> {
    const feeds = Object.fromEntries(this.inputs.map((port) => [port.name, feed(port)]));
    const fetches = Object.fromEntries(this.#outputs.map((port) => [port.name, place(port)]));
    const results = await this.#session.run(feeds, fetches);
    // The library gives copies, also of what it has written into place.
    for (const port of this.#outputs) take(port, fetches[port.name] ?? results[port.name]!);
  }

  async release(): Promise<void> {
    await this.#session.release();
  }
}
