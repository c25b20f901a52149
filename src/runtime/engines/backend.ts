import type { Diagnostic, EngineName } from '../../compiler/index.ts';
import type { TrainedPlan, Trainer } from './trainer.ts';

/** An engine at work in this process. */
export interface Backend {
  readonly name: EngineName;
  /** Threads that share one operation, as far as the engine tells. */
  readonly threads: number;
  readonly version: string;
  /** Whether it compiles whole steps: such an engine keeps to a memory that is given, and may refuse a network. */
  readonly compiles: boolean;
  /** A network with its initial weights. Rejects where the engine cannot do what the plan wants. */
  trainer(plan: TrainedPlan): Promise<Trainer>;
  /** Tensors of TensorFlow.js that are alive, which must not grow from epoch to epoch; 0 for an engine without it. */
  tensors(): number;
  /** Ends what works beside this thread. */
  end(): Promise<void>;
}

/** The backend, or null when the one asked for is not there; diagnostics tell why, or what was given up. */
export interface BackendAnswer {
  readonly backend: Backend | null;
  readonly diagnostics: readonly Diagnostic[];
}

export interface BackendOptions {
  /** An {@link EngineName}; without it the first that is there. */
  readonly name?: string | undefined;
  /** Threads that share one operation; without it one for every core, and eight at most on wasm. */
  readonly threads?: number | undefined;
}

/** Where a diagnostic stands that comes from the command line. */
export const commandLine = { file: '<arguments>', start: 0, end: 0 } as const;

/** No backend, for one reason. */
export function refused(problem: Diagnostic): BackendAnswer {
  return { backend: null, diagnostics: [problem] };
}

/** The first line of an error: the rest are stacks and search paths. */
export function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split('\n')[0]!.replace(/ imported from .*$/, '');
}
