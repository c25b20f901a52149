import { createHash } from 'node:crypto';
import { averageSlot, type Bag, type GivenWeights } from '../../../compiler/index.ts';
import type { Tensors } from '../../storage/safetensors.ts';
import type { Run } from '../record/store.ts';
import { type Checkpoint, checkpointEpochs } from './checkpoint.ts';
import { readJudgedCheckpoint } from './judged.ts';

/**
 * The weights that a run's folds are judged by, in the order of the folds: of their best or last epochs, averaged where training
 * averages them. Null, reported, when there are none.
 * @param fold only this one; null for all that were trained
 */
export function readWeights(run: Run, fold: number | null, bag: Bag): readonly GivenWeights[] | null {
  const { folds, plan } = run.record;
  const trained = folds.filter((one) => checkpointEpochs(run.folder, one).length > 0);
  const wanted = fold !== null ? [fold] : trained.length > 0 ? trained : [folds[0] ?? 1];
  const all: GivenWeights[] = [];
  for (const one of wanted) {
    const checkpoint = readJudgedCheckpoint(run.folder, one, plan.train, bag);
    if (checkpoint === null) return null;
    const weights = judgedWeights(checkpoint);
    const values = new Map([...weights].map(([name, tensor]) => [name, tensor.values]));
    const digest = weightsDigest(weights).slice(0, 16);
    all.push({ from: `${run.folder}, fold ${one}, epoch ${checkpoint.epoch}, sha256 ${digest}`, values });
  }
  return all;
}

/** A digest of weights, whatever their order: SHA-256 in hexadecimal digits. */
export function weightsDigest(weights: Tensors): string {
  const digest = createHash('sha256');
  for (const name of [...weights.keys()].sort()) {
    const { buffer, byteOffset, byteLength } = weights.get(name)!.values;
    digest.update(name).update(new Uint8Array(buffer, byteOffset, byteLength));
  }
  return digest.digest('hex');
}

/** The weights of a checkpoint as they predict: averaged where training averages them. */
export function judgedWeights({ weights, optimizer }: Pick<Checkpoint, 'weights' | 'optimizer'>): Tensors {
  return new Map(
    [...weights].map(([name, tensor]) => [name, optimizer.get(`${name}/${averageSlot}`) ?? tensor]),
  );
}
