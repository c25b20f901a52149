import { readSealed } from '../../storage/seal.ts';
import { runFiles } from './folder.ts';
import type { RunRecord } from './store.ts';

/** What stays the same of a run wherever it is moved or copied to, and however it is extended: `Paper of 2026-12-01T08:00:00.000Z`. */
export function runIdentity({ created, plan }: Pick<RunRecord, 'created' | 'plan'>): string {
  return `${plan.experiment} of ${new Date(created).toISOString()}`;
}

/** Why something in this run's folder is another run's, in words; null where it is its own, or where one of them is not known. */
export function foreignRun(folder: string, owner: string | undefined): string | null {
  const own = owner === undefined ? null : identityIn(folder);
  return own === null || own === owner ? null : `it is of another run, \`${owner}\`; this one is \`${own}\``;
}

/** The identity of the run in a folder; null where there is none. */
export function identityIn(folder: string): string | null {
  try {
    const found = readSealed(runFiles.record(folder));
    return typeof found === 'string' ? null : runIdentity(found.value as RunRecord);
  } catch {
    return null; // A record that is missing or lacks what a run has is told by whoever opens the run.
  }
}
