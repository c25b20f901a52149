import type { Bag } from '../../compiler/index.ts';
import { readControl, writeControl } from '../runs/record/control.ts';
import { openRun, type Run, updateRecord } from '../runs/record/store.ts';
import { systemProblem } from '../storage/problems.ts';

/**
 * Gives a run another learning rate, for the step after the one under way and all that follow, also after a stop. The
 * record says so before training hears of it: from then on the run is not what its spec describes.
 */
export function changeLearningRate(folder: string, rate: number, bag: Bag): Run | null {
  const run = openRun(folder, bag);
  if (run === null) return null;
  const { byHand = [], plan } = run.record;
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
