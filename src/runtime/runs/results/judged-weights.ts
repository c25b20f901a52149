import { averageSlot, type Bag, type GivenWeights } from '../../../compiler/index.ts';
import type { Tensors } from '../../storage/safetensors.ts';
import { openRun } from '../record/store.ts';
import { type Checkpoint, checkpointEpochs } from './checkpoint.ts';
import { readJudgedCheckpoint } from './judged.ts';

/**
 * The weights that a run's first trained fold is judged by: of its best or last epoch, averaged where it averages them.
 * Null, reported, when there are none.
 */
export function readWeights(folder: string, bag: Bag): GivenWeights | null {
  const run = openRun(folder, bag);
  if (run === null) return null;
  const { folds, plan } = run.record;
  const fold = folds.find((one) => checkpointEpochs(run.folder, one).length > 0) ?? folds[0] ?? 0;
  const checkpoint = readJudgedCheckpoint(run.folder, fold, plan.train, bag);
  if (checkpoint === null) return null;
  const values = new Map([...judgedWeights(checkpoint)].map(([name, tensor]) => [name, tensor.values]));
  return { from: `${folder}, fold ${fold}, epoch ${checkpoint.epoch}`, values };
}

/** The weights of a checkpoint as they predict: averaged where training averages them. */
export function judgedWeights({ weights, optimizer }: Pick<Checkpoint, 'weights' | 'optimizer'>): Tensors {
  return new Map(
    [...weights].map(([name, tensor]) => [name, optimizer.get(`${name}/${averageSlot}`) ?? tensor]),
  );
}
