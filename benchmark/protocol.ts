/**
 * What the benchmark and its players say to each other: one JSON value a line, a request on standard input, an answer on
 * standard output. A player is a process: `node engine.ts …` for ours, `python peers/….py …` for others. It is started
 * with its settings and a workload's folder, loads, and says {@link Ready}; then it answers each request.
 */
export interface Settings {
  /** The workload's folder. */
  readonly folder: string;
  readonly threads: number;
  /** What the player is to be, in its own words: an engine, or a layout. */
  readonly variant: string;
}

/** The first line: what runs, or why it cannot. */
export type Ready =
  | {
      readonly ready: true;
      readonly version: string;
      readonly threads: number;
      readonly startMs: number;
      /** What of it was the network: its weights, and its step derived, emitted and loaded where it is compiled. */
      readonly networkMs?: number;
    }
  | { readonly ready: false; readonly reason: string };

export type Request =
  /** Training steps on the workload's batch, with the rate given or the workload's own. */
  | { readonly do: 'step'; readonly times: number; readonly rate?: number }
  /** Inference on the whole batch. */
  | { readonly do: 'predict'; readonly times: number }
  /** Writes the gradients of one step, from the workload's weights, as safetensors. */
  | { readonly do: 'gradients'; readonly file: string }
  | { readonly do: 'memory' }
  /** Where the time of one step, or of one inference, goes. */
  | { readonly do: 'profile'; readonly what: 'step' | 'predict'; readonly times: number }
  | { readonly do: 'end' };

/** Wall-clock and processor time of each repetition, and each step's loss. */
export interface Timed {
  readonly milliseconds: readonly number[];
  readonly processor: readonly number[];
  readonly losses: readonly number[];
}

export interface MemoryUse {
  /** Resident now, and at most since the start; bytes. */
  readonly resident: number;
  readonly peak: number;
  /** Live tensors, where the engine counts them. */
  readonly tensors: number | null;
}

/** One line of a profile: calls and milliseconds a run. */
export interface ProfileLine {
  readonly operation: string;
  readonly shape: string;
  readonly calls: number;
  readonly milliseconds: number;
  /** Floating-point operations a run; null where they are not the measure. */
  readonly operations: number | null;
}

export interface Answers {
  readonly step: Timed;
  readonly predict: Timed;
  readonly gradients: { readonly loss: number };
  readonly memory: MemoryUse;
  readonly profile: { readonly total: number; readonly lines: readonly ProfileLine[] };
}
