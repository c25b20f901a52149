import { setTimeout } from 'node:timers/promises';
import { type Bag, runHash } from '../../compiler/index.ts';
import { isTraining } from '../runs/record/at-work.ts';
import { overriddenBy } from '../runs/record/overrides.ts';
import { openRun, type Run, updateRecord } from '../runs/record/store.ts';
import { checkpointEpochs } from '../runs/results/checkpoint.ts';
import { nowhere } from '../storage/problems.ts';
import { stopTraining } from './launch.ts';

/** Schedules whose rates depend on how many epochs there are: what was trained is not what more epochs would begin with. */
const fixedSchedules: ReadonlySet<string> = new Set(['cosine', 'polynomial']);

/**
 * Has a run train to another epoch, which its record then says. A process at work on it is asked to end after its step, and
 * this waits for that; what cannot be is refused before. Training is not started. Null, with the reason in the bag: no such
 * run, a schedule made for its epochs (`fixedEpochs`), fewer epochs than there are (`fewerEpochs`).
 * @param waits called once a process was asked to end
 */
export async function extendRun(
  folder: string,
  epochs: number,
  bag: Bag,
  waits: () => void = () => undefined,
): Promise<Run | null> {
  const before = openRun(folder, bag);
  if (before === null || !canHave(before, epochs, bag)) return null;
  if (isTraining(folder)) {
    if (!stopTraining(folder, bag)) return null;
    waits();
    while (isTraining(folder)) await setTimeout(50);
  }
  // Meanwhile an epoch may have ended, or a rate changed.
  const run = openRun(folder, bag);
  if (run === null || !canHave(run, epochs, bag)) return null;
  const { plan, overrides } = run.record;
  if (epochs === plan.train.epochs) return run;
  const { hash: _, ...rest } = { ...plan, train: { ...plan.train, epochs } };
  return updateRecord(
    run,
    {
      plan: { ...rest, hash: runHash(rest) },
      overrides: overriddenBy(overrides, [`train.epochs=${epochs}`]),
    },
    bag,
  );
}

/** Whether a run can have so many epochs; the reason against it goes to the bag. */
function canHave({ folder, record }: Run, epochs: number, bag: Bag): boolean {
  const { train } = record.plan;
  const at = nowhere(folder);
  if (epochs === train.epochs) return true;
  for (const fold of record.folds) {
    const done = checkpointEpochs(folder, fold).at(-1) ?? 0;
    if (done <= epochs) continue;
    bag.report('fewerEpochs', {
      at,
      arguments: { fold, done, epochs },
      help: [{ message: `ask for ${done} epochs or more, or train anew` }],
    });
    return false;
  }
  const schedule = scheduleOf(train);
  if (!fixedSchedules.has(schedule)) return true;
  bag.report('fixedEpochs', { at, arguments: { schedule, epochs: train.epochs } });
  return false;
}

/** The kind of the learning rate's schedule; records of earlier versions have a constant rate. */
function scheduleOf(train: object): string {
  return 'schedule' in train ? (train.schedule as { readonly kind: string }).kind : 'constant';
}
