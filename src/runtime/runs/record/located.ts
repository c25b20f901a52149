import { dirname, join, resolve } from 'node:path';
import type { RunPlan } from '../../../compiler/index.ts';
import type { Run } from './store.ts';

/** The run's plan with a manifest's path that holds in this working directory. */
export function locatedPlan({ record: { plan, workingFolder } }: Run): RunPlan {
  const { source } = plan.data;
  if (source.kind !== 'manifest' || workingFolder === process.cwd()) return plan;
  return {
    ...plan,
    data: { ...plan.data, source: { ...source, path: resolve(workingFolder, source.path) } },
  };
}

/** Where fitted and drawn images are kept: next to the runs, so that all of them share what was made once. */
export function cacheFolderOf(run: string): string {
  return cacheBeside(dirname(resolve(run)));
}

/** The same for the folder of the runs. */
export function cacheBeside(runs: string): string {
  return join(resolve(runs), '.cache');
}
