import type { Graph, RunPlan } from '../../../src/compiler/index.ts';
import type { RunBrief } from '../../../src/runtime/index.ts';

/** The specs that are there, and the one that is open. */
export interface SpecsState {
  readonly files: readonly string[];
  readonly path: string | null;
  readonly compiled: CompiledSpec | null;
  /** Of the experiments. */
  readonly cursor: number;
  /** Lines that the diagnostics are scrolled. */
  readonly scroll: number;
}

/** What a spec came to when it was last read. */
export interface CompiledSpec {
  readonly path: string;
  /** Diagnostics as people read them. */
  readonly lines: readonly string[];
  readonly errors: number;
  readonly warnings: number;
  readonly experiments: readonly SpecExperiment[];
  /** The names of sweeps and comparisons. */
  readonly studies: readonly string[];
  /** The names of the experiments that they train, in order; of all experiments where there are none. */
  readonly planned: readonly string[];
  readonly milliseconds: number;
  /** When the file was read. */
  readonly time: number;
}

/** An experiment, variant or cell with what it costs. */
export interface SpecExperiment {
  readonly name: string;
  readonly kind: 'experiment' | 'variant' | 'cell';
  readonly overrides: readonly string[];
  readonly graph: Graph;
  readonly plan: RunPlan;
  /** Equal for runs of it, whatever their seed. */
  readonly family: RunBrief['family'];
  readonly parameters: number;
  readonly multiplyAdds: number;
  /** At the peak of a training step. */
  readonly trainingBytes: number;
}

export const noSpecs: SpecsState = { files: [], path: null, compiled: null, cursor: 0, scroll: 0 };
