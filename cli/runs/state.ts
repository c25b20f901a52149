import type { CatalogueRun } from '../../src/runtime/index.ts';

/** How a run is doing, as one word. */
export type RunStateName =
  | 'training'
  | 'paused'
  | 'finished'
  | 'failed'
  | 'diverged'
  | 'stopped'
  | 'interrupted'
  | 'waiting';

/** A run is what its folds are; one that says it is running without a process was killed. */
export function stateOfRun({
  training,
  progress,
  brief,
}: Pick<CatalogueRun, 'training' | 'progress' | 'brief'>): RunStateName {
  const folds = brief.folds.map((fold) => progress.folds.get(fold));
  if (training) return folds.some((fold) => fold?.paused) ? 'paused' : 'training';
  if (folds.every((fold) => fold?.state === 'finished')) return 'finished';
  // A fold may fail before it starts.
  if (progress.failure !== null) return progress.failure.code === 'CMR904' ? 'diverged' : 'failed';
  if (folds.some((fold) => fold?.state === 'running')) return 'interrupted';
  return folds.every((fold) => fold === undefined) ? 'waiting' : 'stopped';
}
