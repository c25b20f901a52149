import type { RunPlan } from '../../compiler/index.ts';
import type { DataSource } from '../data/batches/data-source.ts';
import type { Backend } from '../engines/backend.ts';
import type { Trainer } from '../engines/trainer.ts';
import type { Gathering } from '../metrics/prediction.ts';
import type { Preview, RunEvent } from '../runs/journal/events.ts';
import type { Control } from '../runs/record/control.ts';
import type { Checkpoint } from '../runs/results/checkpoint.ts';
import type { Distributions } from '../runs/results/distributions.ts';
import type { Start } from '../runs/results/start.ts';

/** Where a fold's results go. Paths returned are relative to the run's folder, for the events that name them. */
interface FoldSink {
  emit(event: RunEvent): void;
  saveCheckpoint(checkpoint: Checkpoint): string | Promise<string>;
  savePreview(epoch: number, preview: Preview): string | Promise<string>;
  saveDistributions(distributions: Distributions): void | Promise<void>;
  /** What the fold started from; null before it was kept. */
  readStart(): Start | null;
  saveStart(start: Start): void;
}

/** One fold of a run. */
export interface Fold {
  readonly plan: RunPlan;
  /** Starts at 1. */
  readonly fold: number;
  readonly trainer: Trainer;
  readonly data: DataSource;
  /** Begins an epoch's metrics. */
  gather(): Gathering;
  readonly sink: FoldSink;
  readonly backend: Pick<Backend, 'name' | 'threads' | 'tensors'>;
  /** The checkpoint to go on from; null starts anew. */
  readonly from: Checkpoint | null;
  /** By weight, what training starts with instead of random values; asked when it begins. */
  readonly startingWeights?: ReadonlyMap<string, Float32Array>;
  /** Asked between steps, or some seconds of them. */
  stopRequested(): boolean;
  /** Asked between steps: what else people want; nothing where it is left out. */
  control?(): Control;
  /** How long an epoch may go on before what was trained of it is kept, in milliseconds; ten minutes where it is left out. */
  readonly keepWithinMs?: number;
  /** Milliseconds since 1970. */
  now(): number;
}
