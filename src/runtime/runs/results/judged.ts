import { join } from 'node:path';
import type { Bag, TrainSettings } from '../../../compiler/index.ts';
import { nowhere } from '../../storage/problems.ts';
import { progressOf } from '../journal/progress-of.ts';
import { runFiles } from '../record/folder.ts';
import { type Checkpoint, checkpointEpochs, readCheckpoint } from './checkpoint.ts';
import { selectionIn } from './selection.ts';

/**
 * The checkpoint whose weights a fold is judged by: that of its last epoch, or with `keep = best` that of the best
 * validation loss so far. The last epoch is the one that the journal says training ended with, or kept last: another one
 * never takes its place. Null, reported as `noCheckpoint` where nothing was trained and as `lostCheckpoint` where the
 * weights are gone.
 * @param asked an epoch to judge instead; null for the one that counts
 */
export function readJudgedCheckpoint(
  run: string,
  fold: number,
  { keep }: Pick<TrainSettings, 'keep'>,
  bag: Bag,
  asked: number | null = null,
): Checkpoint | null {
  const last = asked ?? lastEpoch(run, fold, bag);
  if (last === 0) {
    bag.report('noCheckpoint', {
      at: nowhere(run),
      arguments: { fold },
      help: [{ message: `train it first: \`cmrc train --resume ${run}\`` }],
    });
    return null;
  }
  const found = checkpointOf(run, fold, last, bag);
  if (found === null || keep === 'last' || asked !== null) return found;
  const best = selectionIn(found.state).epoch;
  return best === 0 || best === last ? found : checkpointOf(run, fold, best, bag);
}

/** The epoch that a fold was trained to, by its journal or, where that says less, by its checkpoints; 0 before any. */
export function lastEpoch(run: string, fold: number, bag?: Bag): number {
  const progress = progressOf(run, bag).folds.get(fold);
  if (progress?.end != null) return progress.end;
  return Math.max(progress?.checkpoint?.epoch ?? 0, checkpointEpochs(run, fold).at(-1) ?? 0);
}

/** Whether a fold's last checkpoint is there and whole, so that its training need not go on. */
export function hasLastCheckpoint(run: string, fold: number): boolean {
  const epoch = lastEpoch(run, fold);
  return epoch > 0 && typeof readCheckpoint(join(run, runFiles.checkpoint(fold, epoch))) !== 'string';
}

function checkpointOf(run: string, fold: number, epoch: number, bag: Bag): Checkpoint | null {
  const folder = join(run, runFiles.checkpoint(fold, epoch));
  const found = readCheckpoint(folder);
  if (typeof found !== 'string') return found;
  const others = checkpointEpochs(run, fold).filter((one) => one !== epoch);
  const older = others.at(-1);
  bag.report('lostCheckpoint', {
    at: nowhere(folder),
    arguments: { fold, epoch, reason: found },
    notes: [
      others.length === 0 ? 'there is no other checkpoint' : `there are those of epoch ${others.join(', ')}`,
    ],
    help: [
      { message: `train the epoch again: \`cmrc train --resume ${run}\`` },
      ...(older === undefined
        ? []
        : [{ message: `judge another beside the results: \`cmrc evaluate ${run} --epoch ${older}\`` }]),
    ],
  });
  return null;
}
