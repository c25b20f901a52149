import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { Bag } from '../../../compiler/index.ts';
import type { Snapshot, StepLoss } from '../../engines/trainer.ts';
import { isTemporary, writeFolderAtomically } from '../../storage/atomic.ts';
import { nowhere } from '../../storage/problems.ts';
import { decodeTensors, encodeTensors, type Tensors } from '../../storage/safetensors.ts';
import { readSealed, sealedText } from '../../storage/seal.ts';
import { systemReason } from '../../storage/system-reason.ts';
import { epochOf, type Place, placeOf, runFiles } from '../record/folder.ts';
import { foreignRun, identityIn } from '../record/identity.ts';
import { selectionIn } from './selection.ts';
import type { Tenure } from './tenure.ts';

/** A fold's training after an epoch, or within the one that follows. */
export interface Checkpoint extends Snapshot {
  /** The last epoch finished. */
  readonly epoch: number;
  /** What was trained of the next epoch; absent after a whole one. Such a checkpoint is there to go on from, and never judged. */
  readonly within?: EpochPart;
}

/** The steps of an epoch that were trained, as its figures need them. */
export interface EpochPart {
  /** Of each step in turn. */
  readonly losses: readonly StepLoss[];
  /** Milliseconds that they took, and of these how long they waited for images. */
  readonly trainedMs: number;
  readonly inputMs: number;
}

/** `checkpoint.json`, sealed: written in the same folder, so that damage to the arrays is seen. */
interface Seal {
  /** 1 of older versions, without a seal. */
  readonly version: 1 | 2;
  readonly epoch: number;
  /** Whose weights they are, as another fold trained on what this one holds out; none in those of older versions. */
  readonly fold?: number;
  /** The run whose weights they are, as `runIdentity` names it; none in those of older versions. */
  readonly run?: string;
  /** The token of the fold's lock under which it was written; none in those of older versions. */
  readonly lease?: string;
  readonly within?: EpochPart;
  readonly state: Readonly<Record<string, unknown>>;
  readonly files: Readonly<Record<string, { readonly bytes: number; readonly sha256: string }>>;
}

const weightsFile = 'weights.safetensors';
const optimizerFile = 'optimizer.safetensors';
const sealFile = 'checkpoint.json';

/**
 * How many checkpoints of whole epochs a fold keeps beside the best: the last, and the one before in case it is damaged. Of
 * those within an epoch it keeps the last, until the epoch is whole.
 */
const kept = 2;

/**
 * Writes a fold's checkpoint, then removes those that are no longer needed. Gives its folder relative to the run.
 * @param tenure what the fold's lock allows; everything where it is left out
 * @throws LeaseLost where the lock is another's by now
 */
export function writeCheckpoint(
  run: string,
  fold: number,
  checkpoint: Checkpoint,
  tenure: Partial<Tenure> = {},
): string {
  const { epoch, within, state } = checkpoint;
  const metadata = { epoch: String(epoch) };
  const arrays = {
    [weightsFile]: encodeTensors(checkpoint.weights, metadata),
    [optimizerFile]: encodeTensors(checkpoint.optimizer, metadata),
  };
  const files = Object.fromEntries(
    Object.entries(arrays).map(([name, bytes]) => [name, { bytes: bytes.length, sha256: checksum(bytes) }]),
  );
  const { lease } = tenure;
  const owner = identityIn(run);
  const seal: Seal = {
    version: 2,
    epoch,
    fold,
    ...(owner === null ? {} : { run: owner }),
    ...(lease === undefined ? {} : { lease }),
    ...(within === undefined ? {} : { within }),
    state,
    files,
  };
  const place = { epoch, step: within?.losses.length ?? 0 };
  const folder = runFiles.checkpoint(fold, place.epoch, place.step);
  writeFolderAtomically(
    join(run, folder),
    { ...arrays, [sealFile]: sealedText(seal, 1) },
    {
      ...tenure,
      ...(tenure.mayRemove && { mayRemove: (retired) => tenure.mayRemove!(retired, basename(folder)) }),
    },
  );
  removeOld(runFiles.checkpoints(run, fold), place, selectionIn(state).epoch, tenure.mayRemove);
  return folder;
}

/**
 * A fold's newest complete checkpoint, to go on from, be it within an epoch. A damaged one is reported as a warning and the one before is taken;
 * null when there is none, which is reported as `noCheckpoint` where `required`.
 */
export function readLastCheckpoint(
  run: string,
  fold: number,
  bag: Bag,
  options: { readonly required: boolean } = { required: false },
): Checkpoint | null {
  for (const { epoch, step } of [...checkpointPlaces(run, fold)].reverse()) {
    const folder = join(run, runFiles.checkpoint(fold, epoch, step));
    const checkpoint = readCheckpoint(folder);
    if (typeof checkpoint !== 'string') return checkpoint;
    bag.report('brokenCheckpoint', {
      at: nowhere(folder),
      arguments: { path: folder, reason: checkpoint },
      help: [{ message: 'the one before is taken; remove the folder to silence this' }],
    });
  }
  if (options.required) {
    bag.report('noCheckpoint', {
      at: nowhere(run),
      arguments: { fold },
      help: [{ message: `train it first: \`cmrc train --resume ${run}\`` }],
    });
  }
  return null;
}

/** Epochs of a fold's checkpoints of whole epochs, ascending: those that can be judged. */
export function checkpointEpochs(run: string, fold: number): readonly number[] {
  return checkpointPlaces(run, fold).flatMap(({ epoch, step }) => (step === 0 ? [epoch] : []));
}

/** Where all of a fold's checkpoints stand, ascending: also the one within an epoch. */
export function checkpointPlaces(run: string, fold: number): readonly Place[] {
  const parent = runFiles.checkpoints(run, fold);
  if (!existsSync(parent)) return [];
  return readdirSync(parent)
    .map(placeOf)
    .filter((place) => place !== null)
    .sort((a, b) => a.epoch - b.epoch || a.step - b.step);
}

/** The checkpoint in a folder of such a name, or in words why it is damaged. */
export function readCheckpoint(folder: string): Checkpoint | string {
  try {
    const found = readSealed(join(folder, sealFile));
    if (typeof found === 'string') return `${sealFile}: ${found}`;
    const seal = found.value as Partial<Seal> | null;
    const known = seal?.version === 1 || seal?.version === 2;
    if (seal === null || !known || !Number.isInteger(seal.epoch) || typeof seal.state !== 'object') {
      return `${sealFile} is malformed`;
    }
    if (!found.sealed && seal.version !== 1) return `${sealFile}: its checksum is missing`;
    const place = placeOf(basename(folder));
    const steps = seal.within?.losses.length ?? 0;
    if (seal.epoch !== place?.epoch || steps !== place?.step) {
      return `it holds ${steps === 0 ? '' : `${steps} steps after `}epoch ${seal.epoch}`;
    }
    const owner = foldOf(folder);
    if (seal.fold !== undefined && owner !== null && seal.fold !== owner) return `it is of fold ${seal.fold}`;
    const foreign = owner === null ? null : foreignRun(dirname(dirname(dirname(folder))), seal.run);
    if (foreign !== null) return foreign;
    const weights = readArrays(folder, weightsFile, seal);
    if (typeof weights === 'string') return weights;
    const optimizer = readArrays(folder, optimizerFile, seal);
    if (typeof optimizer === 'string') return optimizer;
    const { epoch, within, state } = seal as Seal;
    return { epoch, ...(within === undefined ? {} : { within }), weights, optimizer, state };
  } catch (error) {
    const { code, path } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT')
      return existsSync(folder) ? `${basename(path ?? 'a file')} is missing` : 'it is gone';
    if (unreadable.has(code ?? '')) return `${basename(path ?? 'a file')}: ${systemReason(error)}`;
    throw error;
  }
}

/** SHA-256 of a checkpoint's file of weights, as its seal has it; null where there is no whole seal. */
export function weightsDigest(folder: string): string | null {
  const path = join(folder, sealFile);
  const found = existsSync(path) ? readSealed(path) : '';
  return typeof found === 'string'
    ? null
    : ((found.value as Seal | null)?.files?.[weightsFile]?.sha256 ?? null);
}

/** What stays so however often it is tried. */
const unreadable: ReadonlySet<string> = new Set(['EACCES', 'EPERM', 'EIO', 'EISDIR', 'ENOTDIR', 'ELOOP']);

/** The fold in the path of a checkpoint, `fold-1/checkpoints/epoch-003`; null for any other path. */
function foldOf(folder: string): number | null {
  const digits = /^fold-(\d+)$/.exec(basename(dirname(dirname(resolve(folder)))))?.[1];
  return digits === undefined ? null : Number(digits);
}

function readArrays(folder: string, name: string, seal: Partial<Seal>): Tensors | string {
  const bytes = readFileSync(join(folder, name));
  const expected = seal.files?.[name];
  if (expected === undefined) return `${sealFile} does not name ${name}`;
  if (bytes.length !== expected.bytes) return `${name} has ${bytes.length} of ${expected.bytes} bytes`;
  if (checksum(bytes) !== expected.sha256) return `${name} has another checksum than when it was written`;
  const tensors = decodeTensors(bytes);
  return typeof tensors === 'string' ? `${name}: ${tensors}` : tensors;
}

function checksum(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Also clears what a killed process left half-written. */
function removeOld(
  parent: string,
  { epoch: newest, step }: Place,
  best: number,
  mayRemove: Tenure['mayRemove'] = () => true,
): void {
  const names = readdirSync(parent);
  const epochs = names.map(epochOf).filter((epoch) => epoch !== null && epoch <= newest) as number[];
  const old = epochs.sort((a, b) => b - a).slice(kept);
  const stale = names.filter((name) => {
    const place = placeOf(name);
    if (place !== null && place.step > 0) return place.epoch !== newest || place.step !== step;
    const epoch = epochOf(name);
    // A later epoch than the one just written belongs to a damaged checkpoint that was passed over.
    return isTemporary(name) || (epoch !== null && epoch !== best && (epoch > newest || old.includes(epoch)));
  });
  for (const name of stale) {
    const path = join(parent, name);
    if (mayRemove(path, name)) rmSync(path, { recursive: true, force: true });
  }
}
