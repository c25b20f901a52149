import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { Ablation } from '../diff/ablation.ts';
import type { Graph } from '../ir/graph.ts';
import type { RunPlan } from '../plan/run-plan.ts';
import type { Provenance } from '../semantics/provenance.ts';
import type { ReportPlan } from '../semantics/studies/reports.ts';
import type { SourceFile } from '../source/source-file.ts';
import type { Span } from '../source/span.ts';

/** Everything that a spec says, ready to be printed, trained or exported. */
export interface Compilation {
  /** All files that were read, by path, and the command line if it was. */
  readonly sources: ReadonlyMap<string, SourceFile>;
  /** All mistakes, warnings and notes of all phases: by file, the main file first, then by place. */
  readonly diagnostics: readonly Diagnostic[];
  /** The networks of the main file that need no arguments. */
  readonly networks: readonly { readonly name: string; readonly graph: Graph }[];
  readonly experiments: readonly CompiledExperiment[];
  readonly sweeps: readonly CompiledSweep[];
  readonly compares: readonly CompiledCompare[];
  /** The source of every value of the main file. */
  readonly provenance: readonly Provenance[];
  /** The text of the `///` lines above blocks and networks of all files, by name. */
  readonly documentation: ReadonlyMap<string, string>;
}

/** An experiment, a variant, or a cell of a sweep. */
export interface CompiledExperiment {
  readonly name: string;
  readonly kind: 'experiment' | 'variant' | 'cell';
  /** The sweep that a cell belongs to. */
  readonly sweep: string | undefined;
  /** What it changes, as written: `model.serial_rates = [6, 12, 18]`. */
  readonly overrides: readonly string[];
  /** What a study that it belongs to may take, and where the spec says so. It is no part of a run's identity. */
  readonly budget: {
    readonly hours: number | null;
    /** In MB. */
    readonly memory: number | null;
    readonly at: { readonly hours: Span; readonly memory: Span };
  };
  /** Why nothing is published under a path of a metric, as the spec says it. */
  readonly unpublished: Readonly<Record<string, string>>;
  /** Null when the network has mistakes. */
  readonly graph: Graph | null;
  /** Null when anything has mistakes. */
  readonly plan: RunPlan | null;
}

/** A sweep: its cells are experiments of their own. */
export interface CompiledSweep {
  readonly name: string;
  readonly of: string;
  readonly axes: readonly {
    readonly paths: readonly string[];
    readonly values: readonly (readonly string[])[];
  }[];
  /** Names of experiments, in the order written. */
  readonly cells: readonly string[];
  readonly reports: readonly ReportPlan[];
  /** In what the cells differ; undefined when some have mistakes, or there are none. */
  readonly ablation: Ablation | undefined;
}

/** Experiments that are shown side by side. */
export interface CompiledCompare {
  readonly name: string;
  readonly members: readonly string[];
  readonly reports: readonly ReportPlan[];
  /** In what the members differ; undefined when some have mistakes, or there are none. */
  readonly ablation: Ablation | undefined;
}
