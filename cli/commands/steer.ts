import { Bag } from '../../src/compiler/index.ts';
import { changeLearningRate, nowhere, openRun, pauseTraining, readControl } from '../../src/runtime/index.ts';
import { type ExitCode, exit } from '../exit.ts';
import type { Output } from '../output.ts';
import { fail, report } from '../report.ts';

/** `cmrc pause`: lets the process at work on a run wait before its next step. */
export function pause(output: Output, folder: string, _options: object): Promise<ExitCode> {
  return setPaused(output, folder, true);
}

/** `cmrc resume`: ends a pause. */
export function resume(output: Output, folder: string, _options: object): Promise<ExitCode> {
  return setPaused(output, folder, false);
}

async function setPaused(output: Output, folder: string, paused: boolean): Promise<ExitCode> {
  const bag = new Bag();
  if (openRun(folder, bag) === null) return fail(output, bag.sorted());
  if (!pauseTraining(folder, paused)) {
    output.print(
      `nothing is being trained in ${folder}${paused ? '' : `; go on with a stopped run: cmrc train --resume ${folder}`}`,
    );
  } else {
    output.print(
      paused
        ? `${folder} waits before its next step; let it go on with: cmrc resume ${folder}`
        : `${folder} goes on`,
    );
  }
  return exit.fine;
}

/** `cmrc rate`: another learning rate for a run that trains, or will go on. */
export async function rate(
  output: Output,
  folder: string,
  learningRate: number,
  _options: object,
): Promise<ExitCode> {
  const bag = new Bag();
  const before = openRun(folder, bag);
  if (before === null) return fail(output, bag.sorted());
  const { optimizer } = before.record.plan.train;
  const from = readControl(folder).learningRate ?? optimizer.lr;
  const run = changeLearningRate(folder, learningRate, bag);
  if (run === null) return fail(output, bag.sorted());
  output.print(
    from === learningRate
      ? `the learning rate of ${folder} is ${from} already`
      : `the learning rate of ${folder} is ${learningRate} from the next step on (it was ${from})`,
  );
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
  report(output, bag.sorted());
  return exit.fine;
}
