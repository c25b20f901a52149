import { existsSync, readdirSync } from 'node:fs';
import { type Holder, liveHolder } from '../../storage/lock.ts';
import { runFiles } from './folder.ts';

/** Who works on a run, or null. Folds are looked at too: one may be left over from a killed parent. */
export function trainer(run: string): Holder | null {
  const whole = liveHolder(runFiles.lock(run));
  if (whole !== null) return whole;
  return foldFolders(run).reduce<Holder | null>(
    (found, fold) => found ?? liveHolder(runFiles.foldLock(run, fold)),
    null,
  );
}

/** Whether a process works on a run. */
export function isTraining(run: string): boolean {
  return trainer(run) !== null;
}

function foldFolders(run: string): readonly number[] {
  if (!existsSync(run)) return [];
  return readdirSync(run).flatMap((name) => {
    const digits = /^fold-(\d+)$/.exec(name)?.[1];
    return digits === undefined ? [] : [Number(digits)];
  });
}
