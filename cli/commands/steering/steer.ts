import { Bag } from '../../../src/compiler/index.ts';
import {
  changeLearningRate,
  checkRunData,
  extendRun,
  isTraining,
  launchTraining,
  nowhere,
  openRun,
  pauseTraining,
  type Run,
  readControl,
  runFiles,
  stopTraining,
} from '../../../src/runtime/index.ts';
import { type ExitCode, exit } from '../../output/exit.ts';
import type { Output } from '../../output/output.ts';
import { fail, report } from '../../output/report.ts';
import { valueOfRun } from '../../runs/value.ts';

export interface ExtendOptions {
  readonly acceptData?: boolean;
}

/** `cmrc pause`: lets the process at work on a run wait before its next step. */
export function pause(output: Output, folder: string, _options: object): Promise<ExitCode> {
  return setPaused(output, folder, true);
}

/** `cmrc resume`: ends a pause. */
export function resume(output: Output, folder: string, _options: object): Promise<ExitCode> {
  return setPaused(output, folder, false);
}

function setPaused(output: Output, folder: string, paused: boolean): Promise<ExitCode> {
  return withRun(output, folder, (_run, bag) => {
    if (!pauseTraining(folder, paused, bag)) return null;
    return paused
      ? `${folder} waits before its next step; let it go on with: cmrc resume ${folder}`
      : `${folder} goes on`;
  });
}

/** `cmrc stop`: asks the process at work on a run to end after its step. */
export function stop(output: Output, folder: string, _options: object): Promise<ExitCode> {
  return withRun(output, folder, (_run, bag) => {
    // Whoever wants it to rest has what is wanted.
    if (!isTraining(folder)) return `nothing is being trained in ${folder}`;
    if (!stopTraining(folder, bag)) return null;
    return `${folder} stops after its current step; go on with: cmrc train --resume ${folder}`;
  });
}

/** `cmrc extend`: trains a run to another epoch in the background; a run at work stops after its step and goes on. */
export function extend(
  output: Output,
  folder: string,
  epochs: number,
  options: ExtendOptions,
): Promise<ExitCode> {
  return withRun(output, folder, async (run, bag) => {
    const { record } = run;
    const before = record.plan.train.epochs;
    if (before === epochs && isTraining(folder)) return `${folder} trains to epoch ${epochs} already`;
    if ((await checkRunData(run, bag, { accept: options.acceptData === true })) === null) return null;
    const waits = () => output.say(`${folder} stops after its current step, then goes on`);
    if ((await extendRun(folder, epochs, bag, waits)) === null) return null;
    if (!(await launchTraining(folder)))
      return `${folder} has ${epochs} epochs, but training did not start; ${runFiles.log(folder)} says why`;
    return `${folder} goes on to epoch ${epochs} (it was ${before})\n  watch: cmrc tui ${folder}`;
  });
}

/** `cmrc rate`: another learning rate for a run that trains. */
export function rate(
  output: Output,
  folder: string,
  learningRate: number,
  _options: object,
): Promise<ExitCode> {
  return withRun(output, folder, ({ record }, bag) => {
    const { optimizer } = record.plan.train;
    const from = readControl(folder).learningRate ?? optimizer.lr;
    const run = changeLearningRate(folder, learningRate, bag);
    if (run === null) return null;
    if ((run.record.byHand ?? []).length > 0) {
      bag.report('changedByHand', {
        at: nowhere(folder),
        arguments: { path: folder },
        help: [
          {
            message: `to compare with it, write the rate as a variant: \`train.optimizer = ${optimizer.kind}(lr = ${learningRate})\``,
          },
        ],
      });
    }
    return from === learningRate
      ? `the learning rate of ${folder} is ${from} already`
      : `the learning rate of ${folder} is ${learningRate} from the next step on (it was ${from})`;
  });
}

/**
 * Does something to a run, says what came of it, and what the run is then.
 * @param act what came of it; null when it could not be done, with the reason in the bag
 */
export async function withRun(
  output: Output,
  folder: string,
  act: (run: Run, bag: Bag) => string | null | Promise<string | null>,
): Promise<ExitCode> {
  const bag = new Bag();
  const run = openRun(folder, bag);
  const said = run === null ? null : await act(run, bag);
  if (said === null) return fail(output, bag.sorted());
  output.print(said);
  report(output, bag.sorted());
  output.value(valueOfRun(folder));
  return exit.fine;
}
