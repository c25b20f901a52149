import { join } from 'node:path';
import { runFiles } from '../record/folder.ts';
import { foreignRun, runIdentity } from '../record/identity.ts';
import type { RunRecord } from '../record/store.ts';
import { weightsDigest } from './checkpoint.ts';

/**
 * Whose results are. It is kept with them, because those of another run of the same data would fit fold, data and epoch, and
 * a file is copied easily.
 */
export interface Belonging {
  /** The run, as `runIdentity` names it. */
  readonly run: string;
  /** SHA-256 of the file of the weights that made them. */
  readonly weights: string;
}

/** Whose the results of a fold of this run, judged at this epoch, are. */
export function belongingOf(
  folder: string,
  record: RunRecord,
  fold: number,
  epoch: number,
): Belonging | undefined {
  const weights = weightsDigest(join(folder, runFiles.checkpoint(fold, epoch)));
  return weights === null ? undefined : { run: runIdentity(record), weights };
}

/**
 * Why results in this run's folder are another's, in words; null where they are its own, or where it cannot be said: older
 * versions do not name whose they are, and a checkpoint may have been removed to save room.
 */
export function foreignReason(
  folder: string,
  fold: number,
  epoch: number,
  of: Partial<Belonging> | undefined,
): string | null {
  const foreign = foreignRun(folder, of?.run);
  if (foreign !== null) return foreign;
  const weights = weightsDigest(join(folder, runFiles.checkpoint(fold, epoch)));
  if (of?.weights === undefined || weights === null || weights === of.weights) return null;
  return `it was made by other weights than those of epoch ${epoch} in fold ${fold}`;
}
