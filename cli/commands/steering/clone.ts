import { dirname, relative, resolve } from 'node:path';
import { Bag } from '../../../src/compiler/index.ts';
import { freshFolder, openRun, overriddenBy } from '../../../src/runtime/index.ts';
import type { ExitCode } from '../../output/exit.ts';
import type { Output } from '../../output/output.ts';
import { fail } from '../../output/report.ts';
import { train } from '../training/train.ts';
import type { TrainOptions } from '../training/train-options.ts';

export type CloneOptions = Pick<TrainOptions, 'format' | 'set' | 'run' | 'backend' | 'plain' | 'detach'>;

/**
 * `cmrc clone`: trains the experiment of a run anew, beside it, as its spec is now, with the run's own overrides and more.
 */
export async function clone(output: Output, folder: string, options: CloneOptions): Promise<ExitCode> {
  const bag = new Bag();
  const original = openRun(folder, bag);
  if (original === null) return fail(output, bag.sorted());
  const { plan, overrides, workingFolder, backend, folds } = original.record;
  const spec = relative(process.cwd(), resolve(workingFolder, plan.source));
  const { set = [], run = freshFolder(dirname(folder), plan.experiment, new Date()), ...rest } = options;
  const fold = folds.length === 1 && plan.evaluate.folds.count > 1 ? { fold: folds[0]! } : {};
  return train(output, spec, {
    ...(backend === null ? {} : { backend }),
    ...fold,
    ...rest,
    run,
    experiment: plan.experiment,
    set: overriddenBy(overrides, set),
  });
}
