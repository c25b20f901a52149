import type { Bag } from '../../compiler/index.ts';
import { progressOf } from '../runs/journal/progress-of.ts';
import { isTraining } from '../runs/record/at-work.ts';
import { readControl, writeControl } from '../runs/record/control.ts';
import { openRun, type Run, updateRecord } from '../runs/record/store.ts';
import { systemProblem } from '../storage/problems.ts';
import { notTrained } from './launch.ts';

/**
 * Gives a run at work another learning rate, for the step after the one under way and all that follow, also after a stop.
 * The record says so before training hears of it: from then on the run is not what its spec describes. Null, with
 * `notTraining` in the bag, where no process would hear of it: a finished run stays what it is.
 */
export function changeLearningRate(folder: string, rate: number, bag: Bag): Run | null {
  const run = openRun(folder, bag);
  if (run === null) return null;
  const { byHand = [], folds, plan } = run.record;
  const known = progressOf(folder).folds;
  // Whoever evaluates a run is at work on it, and takes no steps.
  const over = folds.every(
    (fold) => known.get(fold)?.state === 'finished' && known.get(fold)!.started.epochs >= plan.train.epochs,
  );
  if (over || !isTraining(folder)) {
    notTrained(folder, bag);
    return null;
  }
  const from = readControl(folder).learningRate ?? plan.train.optimizer.lr;
  if (from === rate) return run;
  const change = { time: Date.now(), learningRate: { from, to: rate } };
  const changed = updateRecord(run, { byHand: [...byHand, change] }, bag);
  if (changed === null) return null;
  try {
    writeControl(folder, { learningRate: rate });
    return changed;
  } catch (error) {
    bag.add(systemProblem(error, folder));
    return null;
  }
}
