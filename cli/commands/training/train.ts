import { dirname } from 'node:path';
import { Bag, type SourceFile } from '../../../src/compiler/index.ts';
import {
  advance,
  canOpenBackend,
  checkDataset,
  checkpointEpochs,
  createRun,
  epochsDone,
  extendRun,
  type FoldProgress,
  launchTraining,
  noProgress,
  noticeText,
  nowhere,
  openRun,
  type Run,
  readEvaluation,
  readEvents,
  runFiles,
  systemProblem,
  trainer,
  updateRecord,
} from '../../../src/runtime/index.ts';
import { fileSources } from '../../environment/host.ts';
import { version } from '../../environment/package.ts';
import { type ExitCode, exit } from '../../output/exit.ts';
import { exitCodeFor, type Output } from '../../output/output.ts';
import { fail, onCommandLine, report } from '../../output/report.ts';
import { followPlainly, watchInterrupts } from '../../runs/follow.ts';
import { chooseExperiment, compileSound, type Experiment } from '../../study/selection.ts';
import { evaluationText } from '../../text/evaluation.ts';

export interface TrainOptions {
  readonly format: 'text' | 'json';
  readonly experiment?: string;
  readonly fold?: number;
  readonly epochs?: number;
  readonly set?: readonly string[];
  readonly run?: string;
  readonly resume?: string;
  readonly backend?: string;
  readonly plain?: boolean;
  readonly detach?: boolean;
}

/** `cmrc train`: makes a run or goes on with one, and shows it until it ends or the user leaves. */
export async function train(
  output: Output,
  file: string | undefined,
  options: TrainOptions,
): Promise<ExitCode> {
  const misuse = usageProblem(file, options);
  if (misuse !== null) {
    output.say(`error: ${misuse}\n(\`cmrc train --help\` says more)`);
    return exit.commandLine;
  }
  const bag = new Bag();
  const sources = new Map<string, SourceFile>();
  const known = options.resume ?? (file === undefined ? options.run : undefined);
  const run =
    known === undefined ? await newRun(file!, options, bag, sources) : await resumedRun(known, options, bag);
  const texts = { get: (path: string) => sources.get(path) ?? fileSources.get(path) };
  if (run === null) return fail(output, bag.sorted(), texts);
  report(output, bag.sorted(), texts);
  if (isEvaluated(run)) return conclude(output, run);
  return (await watch(output, run, options)) ?? conclude(output, run);
}

/** Starts training and shows it. An exit code when there is nothing more to say. */
async function watch(output: Output, run: Run, options: TrainOptions): Promise<ExitCode | null> {
  const { folder } = run;
  const seen = readEvents(runFiles.events(folder)).length;
  const interrupts = watchInterrupts(output, run);
  try {
    if (!(await launchTraining(folder))) {
      output.say(`training did not start; ${runFiles.log(folder)} says why`);
      return exit.environment;
    }
    if (options.detach === true) {
      output.print(`training in ${folder}\n${waysBack(folder)}`);
      output.value({
        version: 1,
        run: folder,
        state: 'training',
        folds: [],
        failure: null,
        evaluation: null,
      });
      return exit.fine;
    }
    if (output.format === 'text' && options.plain !== true && isTerminal()) {
      interrupts.end();
      const { attach } = await import('../../tui/app/app.tsx');
      await attach({ parent: dirname(run.folder), run: run.folder });
    } else {
      output.print(`run ${folder}`);
      await followPlainly(output, run, seen, interrupts);
    }
    return null;
  } catch (error) {
    // A folder that cannot be written, such as one on a read-only disk; anything else is thrown on.
    return fail(output, [systemProblem(error, folder)]);
  } finally {
    interrupts.end();
  }
}

/** Whether there is nothing left to do. */
function isEvaluated({ folder, record }: Run): boolean {
  const { folds } = advance(noProgress, readEvents(runFiles.events(folder)));
  const done = record.folds.every((number) => {
    const fold = folds.get(number);
    return fold?.state === 'finished' && fold.started.epochs >= record.plan.train.epochs;
  });
  return done && readEvaluation(folder)?.folds.length === record.folds.length;
}

function waysBack(folder: string): string {
  return `  watch: cmrc tui ${folder}\n  stop:  cmrc stop ${folder}`;
}

function usageProblem(file: string | undefined, options: TrainOptions): string | null {
  const { resume, experiment, fold, epochs, set, run } = options;
  const adds = resume === undefined && file === undefined && run !== undefined && fold !== undefined;
  if (resume === undefined && !adds) {
    return file === undefined ? 'name a spec, a run with --resume, or a --fold to add to a --run' : null;
  }
  if (file !== undefined) return 'a run goes on from its own record: name a spec or --resume, not both';
  const refused = adds ? { experiment, epochs, set } : { experiment, fold, set, run };
  const given = Object.entries(refused).find(([, value]) => value !== undefined)?.[0];
  return given === undefined ? null : `--${given} cannot change a run that has begun`;
}

async function newRun(
  file: string,
  options: TrainOptions,
  bag: Bag,
  sources: Map<string, SourceFile>,
): Promise<Run | null> {
  const overrides = [
    ...(options.set ?? []),
    ...(options.epochs === undefined ? [] : [`train.epochs=${options.epochs}`]),
  ];
  const compilation = compileSound(file, overrides, bag, sources);
  if (compilation === null) return null;
  const chosen = chooseExperiment(compilation, file, options.experiment, bag);
  if (chosen === null) return null;
  const folds = foldsOf(chosen, options.fold, bag);
  if (folds === null) return null;
  if (!(await canOpenBackend(options.backend, bag))) return null;
  // Everything wrong with the images is told before there is a run; training itself reads them without looking again.
  if ((await checkDataset(chosen.plan, bag)) === null) return null;
  return createRun(
    {
      folder: options.run ?? null,
      plan: chosen.plan,
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
async function resumedRun(folder: string, options: TrainOptions, bag: Bag): Promise<Run | null> {
  const run = openRun(folder, bag);
  if (run === null) return null;
  const holder = trainer(folder);
  if (holder !== null) {
    bag.report('runBusy', {
      at: nowhere(folder),
      arguments: { path: folder, pid: holder.pid },
      help: [{ message: `watch it: \`cmrc tui ${folder}\`` }],
    });
    return null;
  }
  if (options.epochs !== undefined) return extendRun(folder, options.epochs, bag);
  return options.fold === undefined ? run : withFold(run, options.fold, bag);
}

function withFold(run: Run, fold: number, bag: Bag): Run | null {
  const { plan, folds } = run.record;
  if (foldsOf({ name: plan.experiment, plan }, fold, bag) === null) return null;
  if (folds.includes(fold)) return run;
  return updateRecord(run, { folds: [...folds, fold].sort((left, right) => left - right) }, bag);
}

function isTerminal(): boolean {
  return process.stdout.isTTY === true && process.stdin.isTTY === true && process.env['CI'] === undefined;
}

/** What is left to say after the user stopped watching: how it ended, or that it goes on. */
function conclude(output: Output, run: Run): ExitCode {
  const { folder, record } = run;
  const progress = advance(noProgress, readEvents(runFiles.events(folder)));
  const folds = record.folds.map((fold) => progress.folds.get(fold));
  const { failure } = progress;
  const finished = folds.every((fold) => fold?.state === 'finished');
  const training = trainer(folder) !== null;
  const evaluation = finished ? readEvaluation(folder) : null;
  const state = training ? 'training' : finished ? 'finished' : failure === null ? 'stopped' : 'failed';
  output.value({
    version: 1,
    run: folder,
    state,
    folds: folds.flatMap(foldValue),
    failure: failure && { code: failure.code, message: failure.message },
    evaluation,
  });
  if (training) {
    output.print(`training goes on in ${folder}\n${waysBack(folder)}`);
  } else if (finished) {
    for (const line of evaluation === null ? [] : evaluationText(evaluation)) output.print(line);
    output.print(`\nrun ${folder}`);
  } else {
    if (failure !== null) output.say(noticeText(failure));
    const kept = record.folds.flatMap((fold) => {
      const epoch = checkpointEpochs(folder, fold).at(-1);
      return epoch === undefined ? [] : [`epoch ${epoch} of fold ${fold}`];
    });
    output.print(
      kept.length > 0
        ? `kept in ${folder}: ${kept.join(', ')}`
        : 'no epoch was finished, so no weights were kept',
    );
    output.print(
      failure?.code === 'CMR904'
        ? 'going on would give the same numbers: train anew with a smaller learning rate'
        : `go on with: cmrc train --resume ${folder}`,
    );
  }
  if (failure === null || training) return exit.fine;
  return exitCodeFor(failure.code);
}

function foldValue(fold: FoldProgress | undefined) {
  if (fold === undefined) return [];
  const last = fold.epochs.at(-1);
  return [
    {
      fold: fold.fold,
      state: fold.state,
      epochs: epochsDone(fold),
      loss: last?.loss ?? null,
      heads: last?.heads ?? {},
      heldOut: last?.heldOut ?? {},
      checkpoint: fold.checkpoint?.folder ?? null,
    },
  ];
}
