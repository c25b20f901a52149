import { dirname, join } from 'node:path';
import { type Bag, type SourceFile, withLimit } from '../../../src/compiler/index.ts';
import {
  canOpenBackend,
  checkRunData,
  createRun,
  extendRun,
  lastingTrainer,
  nowhere,
  openRun,
  type Run,
  readData,
  updateRecord,
  withStartingRuns,
} from '../../../src/runtime/index.ts';
import { version } from '../../environment/package.ts';
import type { Output } from '../../output/output.ts';
import { progressOf } from '../../output/progress.ts';
import { onCommandLine } from '../../output/report.ts';
import { chooseExperiment, compileSound, type Experiment } from '../../study/selection.ts';
import type { TrainOptions } from './train-options.ts';

export async function newRun(
  file: string,
  options: TrainOptions,
  output: Output,
  bag: Bag,
  sources: Map<string, SourceFile>,
): Promise<Run | null> {
  const overrides = [
    ...(options.set ?? []),
    ...(options.epochs === undefined ? [] : [`train.epochs=${options.epochs}`]),
  ];
  const compilation = compileSound(file, overrides, bag, sources, options.experiment);
  if (compilation === null) return null;
  const chosen = chooseExperiment(compilation, file, options.experiment, bag);
  if (chosen === null) return null;
  const folds = foldsOf(chosen, options.fold, bag);
  if (folds === null) return null;
  if (!(await canOpenBackend(options.backend, bag))) return null;
  // Everything wrong with the images is told before there is a run; training itself reads them without looking again.
  const { limit } = options;
  const wanted = limit === undefined ? chosen.plan : withLimit(chosen.plan, limit);
  const runs = dirname(options.run ?? join('runs', 'new'));
  const data = await readData(wanted, runs, bag, progressOf(output, 'reading'));
  if (data === null) return null;
  const plan = withStartingRuns(data.plan, bag);
  if (plan === null) return null;
  return createRun(
    {
      folder: options.run ?? null,
      plan,
      workingFolder: process.cwd(),
      folds,
      backend: options.backend ?? null,
      overrides,
      versions: { cmrnet: version(), node: process.version },
      // Names in angle brackets are no files: the command line is in `overrides`.
      sources: [...compilation.sources.values()].filter(({ path }) => !path.startsWith('<')),
      now: new Date(),
    },
    bag,
  );
}

function foldsOf(
  { name, plan }: Pick<Experiment, 'name' | 'plan'>,
  fold: number | undefined,
  bag: Bag,
): readonly number[] | null {
  const { count } = plan.evaluate.folds;
  if (fold === undefined) return Array.from({ length: count }, (_, index) => index + 1);
  if (fold <= count) return [fold];
  bag.report('unknownFold', {
    at: onCommandLine,
    arguments: { fold, experiment: name, count },
    help: [{ message: count === 1 ? 'leave `--fold` out' : `choose a fold from 1 to ${count}` }],
  });
  return null;
}

/** A run that is there, with the fold or the epochs that it is to have besides. */
export async function resumedRun(folder: string, options: TrainOptions, bag: Bag): Promise<Run | null> {
  const run = openRun(folder, bag);
  if (run === null) return null;
  const holder = await lastingTrainer(folder);
  if (holder !== null) {
    bag.report('runBusy', {
      at: nowhere(folder),
      arguments: { path: folder, pid: holder.pid },
      help: [{ message: `watch it: \`cmrc tui ${folder}\`` }],
    });
    return null;
  }
  const held = await checkRunData(run, bag, { accept: options.acceptData === true });
  if (held === null) return null;
  if (options.epochs !== undefined) return extendRun(folder, options.epochs, bag);
  return options.fold === undefined ? held : withFold(held, options.fold, bag);
}

function withFold(run: Run, fold: number, bag: Bag): Run | null {
  const { plan, folds } = run.record;
  if (foldsOf({ name: plan.experiment, plan }, fold, bag) === null) return null;
  if (folds.includes(fold)) return run;
  return updateRecord(run, { folds: [...folds, fold].sort((left, right) => left - right) }, bag);
}
