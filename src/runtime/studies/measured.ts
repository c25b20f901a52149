import type { RunPlan } from '../../compiler/index.ts';
import { progressOf } from '../runs/journal/progress-of.ts';
import { listRuns, type Run } from '../runs/record/store.ts';

/** What was measured while a fold was trained here. */
export interface Measured {
  readonly plan: RunPlan;
  /** The engine's name. */
  readonly engine: string;
  /** All images of the dataset, the held-out ones included. */
  readonly images: number;
  /** Milliseconds of an epoch; of the first one, which reads or draws the images, only where there is no other. */
  readonly epochMs: number;
  /** The most that the process held at the end of an epoch. */
  readonly bytes: number;
}

/** What the runs below a folder tell of this machine. */
export function measuredRuns(parent: string): readonly Measured[] {
  return listRuns(parent).flatMap(measuredFolds);
}

function measuredFolds({ folder, record: { plan } }: Run): readonly Measured[] {
  return [...progressOf(folder).folds.values()].flatMap(({ epochs, started }) => {
    const warm = epochs.slice(epochs.length > 1 ? 1 : 0);
    if (warm.length === 0) return [];
    return [
      {
        plan,
        engine: started.backend,
        images: started.images.train + started.images.heldOut,
        epochMs: warm.reduce((sum, epoch) => sum + epoch.epochMs, 0) / warm.length,
        bytes: Math.max(...epochs.map((epoch) => epoch.memoryBytes)),
      },
    ];
  });
}
