import { dirname } from 'node:path';
import { Bag, type SourceFile } from '../../../src/compiler/index.ts';
import {
  busyLoad,
  busyText,
  hasLastCheckpoint,
  isDiskFull,
  launchTraining,
  logLength,
  nowhere,
  progressOf,
  type Run,
  readEvaluation,
  readEvents,
  runFiles,
  systemProblem,
} from '../../../src/runtime/index.ts';
import { fileSources } from '../../environment/host.ts';
import { type ExitCode, exit } from '../../output/exit.ts';
import type { Output } from '../../output/output.ts';
import { fail, report } from '../../output/report.ts';
import { isDumb } from '../../output/terminal.ts';
import { followPlainly, watchInterrupts } from '../../runs/follow.ts';
import { conclude, waysBack } from './conclusion.ts';
import { newRun, resumedRun } from './run-to-train.ts';
import type { TrainOptions } from './train-options.ts';

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
  const resumed = options.resume ?? (file === undefined ? options.run : undefined);
  const run =
    resumed === undefined
      ? await newRun(file!, options, output, bag, sources)
      : await resumedRun(resumed, options, bag);
  const texts = { get: (path: string) => sources.get(path) ?? fileSources.get(path) };
  if (run === null) return fail(output, bag.sorted(), texts);
  const evaluated = isEvaluated(run, bag);
  report(output, bag.sorted(), texts);
  const log = logLength(run.folder);
  if (evaluated) return conclude(output, run, log);
  return (await watch(output, run, options)) ?? conclude(output, run, log);
}

/** Starts training and shows it. An exit code when there is nothing more to say. */
async function watch(output: Output, run: Run, options: TrainOptions): Promise<ExitCode | null> {
  const { folder } = run;
  const bag = new Bag();
  const busy = busyLoad();
  if (busy !== null && output.format === 'text')
    output.say(`${busyText(busy)}: training takes longer than it would alone`);
  const seen = readEvents(runFiles.events(folder)).length;
  const interrupts = watchInterrupts(output, run);
  try {
    if (!(await launchTraining(folder))) {
      if (isDiskFull(folder)) bag.report('diskFull', { at: nowhere(folder), arguments: { path: folder } });
      else output.say(`training did not start; ${runFiles.log(folder)} says why`);
      report(output, bag.sorted());
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
function isEvaluated({ folder, record }: Run, bag: Bag): boolean {
  const { folds } = progressOf(folder, bag);
  const done = record.folds.every((number) => {
    const fold = folds.get(number);
    const all = fold?.state === 'finished' && fold.started.epochs >= record.plan.train.epochs;
    return all && hasLastCheckpoint(folder, number);
  });
  const evaluation = readEvaluation(folder, bag);
  const accepted = evaluation?.data?.accepted.length ?? 0;
  return (
    done && evaluation?.folds.length === record.folds.length && accepted === (record.accepted ?? []).length
  );
}

function usageProblem(file: string | undefined, options: TrainOptions): string | null {
  const { resume, experiment, fold, epochs, set, run, limit } = options;
  const adds = resume === undefined && file === undefined && run !== undefined && fold !== undefined;
  if (resume === undefined && !adds) {
    return file === undefined ? 'name a spec, a run with --resume, or a --fold to add to a --run' : null;
  }
  if (file !== undefined) return 'a run goes on from its own record: name a spec or --resume, not both';
  const refused = adds ? { experiment, epochs, set, limit } : { experiment, fold, set, run, limit };
  const given = Object.entries(refused).find(([, value]) => value !== undefined)?.[0];
  return given === undefined ? null : `--${given} cannot change a run that has begun`;
}

function isTerminal(): boolean {
  const { stdin, stdout, env } = process;
  return stdout.isTTY === true && stdin.isTTY === true && env['CI'] === undefined && !isDumb();
}
