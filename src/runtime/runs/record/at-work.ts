import { setTimeout } from 'node:timers/promises';
import { type Holder, liveHolder } from '../../storage/lock.ts';
import { foldsIn, runFiles } from './folder.ts';

/** Who works on a run, or null. Folds are looked at too: one may be left over from a killed parent. */
export function trainer(run: string): Holder | null {
  const whole = liveHolder(runFiles.lock(run));
  if (whole !== null) return whole;
  return foldsIn(run).reduce<Holder | null>(
    (found, fold) => found ?? liveHolder(runFiles.foldLock(run, fold)),
    null,
  );
}

/** How long a fold's process may outlive whoever started it: it hears of that and ends with its step. */
const orphanPatienceMs = 10_000;

/**
 * Who works on a run and stays, or null. A fold's process whose supervisor was killed is waited for, as it ends within
 * seconds; one that does not is named.
 */
export async function lastingTrainer(run: string): Promise<Holder | null> {
  for (const end = Date.now() + orphanPatienceMs; ; await setTimeout(50)) {
    const holder = trainer(run);
    const isOrphan = holder !== null && liveHolder(runFiles.lock(run)) === null;
    if (!isOrphan || Date.now() > end) return holder;
  }
}

/** Whether a process works on a run. */
export function isTraining(run: string): boolean {
  return trainer(run) !== null;
}
