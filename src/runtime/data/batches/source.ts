import type { RunPlan } from '../../../compiler/index.ts';
import { type GreyImage, greyImage } from '../../images/grey-image.ts';
import type { Grid } from '../../images/grid.ts';
import type { Dataset } from '../dataset/dataset.ts';
import { splitOf } from '../dataset/split.ts';
import { drawAhead } from '../phantom/ahead.ts';
import { BatchThreads } from './batch-threads.ts';
import { type BatchReply, balancedOrder, epochOrder, showingsIn } from './batches.ts';
import type { Batch, DataSource } from './data-source.ts';
import { type Truth, Truths } from './truths.ts';

/** One fold's examples, and the truth of the held-out ones. */
export interface FoldSource extends DataSource {
  /** From 1. */
  readonly fold: number;
  /**
   * What the data says about a held-out image, on its original grid. It must have come from {@link DataSource.heldOut} of
   * this source.
   */
  truth(id: string): Truth;
  /** Held-out images on their original grids, from 0 to 255. */
  pictures(ids: readonly string[]): Promise<readonly GreyImage[]>;
}

/** How many training batches are prepared ahead, for each thread that prepares them. */
const aheadPerThread = 2;

/**
 * Opens one fold of a dataset. Images are read, fitted and augmented by threads of its own, phantoms drawn by another one
 * as well.
 * @param options.cacheFolder where drawn phantoms and fitted images are kept between runs; null keeps none
 */
export function openFold(
  plan: RunPlan,
  dataset: Dataset,
  fold: number,
  options: { readonly cacheFolder: string | null },
): FoldSource {
  const { train, validation, heldOut } = splitOf(plan, dataset, fold);
  const patients = (members: readonly number[]) =>
    new Set(members.map((index) => dataset.cases[index]!.patient)).size;
  const { batch: size, seed } = plan.train;
  const stepsPerEpoch = Math.ceil(train.length / size);
  const threads = new BatchThreads({
    dataset,
    heads: plan.heads,
    loss: plan.loss,
    augment: plan.augment,
    seed,
    cacheFolder: options.cacheFolder,
    input: plan.network.input.shape,
  });
  const { source } = dataset.plan;
  const drawing =
    source.kind === 'phantom' && options.cacheFolder !== null
      ? drawAhead({ source, folder: options.cacheFolder })
      : null;
  const truths = new Truths();
  const prepared = new Map<string, Promise<BatchReply>>();

  const orderOf = (epoch: number) =>
    plan.train.sampling === 'balanced'
      ? balancedOrder(
          train.map((index) => dataset.cases[index]!.class),
          seed,
          fold,
          epoch,
        )
      : epochOrder(train.length, seed, fold, epoch);

  function prepare(epoch: number, step: number): Promise<BatchReply> {
    const key = `${epoch}/${step}`;
    const known = prepared.get(key);
    if (known !== undefined) return known;
    const order = orderOf(epoch);
    const part = [(step - 1) * size, step * size] as const;
    const reply = threads.make({
      cases: order.slice(...part).map((place) => train[place]!),
      epoch,
      showings: showingsIn(order).slice(...part),
      originals: false,
    });
    prepared.set(key, reply);
    return reply;
  }

  async function trainBatch(epoch: number, step: number): Promise<Batch> {
    if (step < 1 || step > stepsPerEpoch)
      throw new Error(`an epoch has steps 1 to ${stepsPerEpoch}, not ${step}`);
    const current = prepare(epoch, step);
    const window = new Set([`${epoch}/${step}`]);
    for (let next = 1, at = [epoch, step] as const; next <= aheadPerThread * threads.count; next += 1) {
      at = at[1] < stepsPerEpoch ? [at[0], at[1] + 1] : [at[0] + 1, 1];
      prepare(...at);
      window.add(at.join('/'));
    }
    for (const key of prepared.keys()) if (!window.has(key)) prepared.delete(key);
    const { batch } = await current;
    // Its arrays belong to the caller now; asking again makes them anew.
    prepared.delete(`${epoch}/${step}`);
    return batch;
  }

  function requestHeldOut(start: number): Promise<BatchReply> {
    const cases = heldOut.slice(start, start + size);
    const originals = cases.some((index) => !truths.has(dataset.cases[index]!.id));
    return threads.make({ cases, epoch: null, originals });
  }

  async function* heldOutBatches(): AsyncIterable<Batch> {
    let next = heldOut.length > 0 ? requestHeldOut(0) : null;
    for (let start = 0; next !== null; start += size) {
      const reply: BatchReply = await next;
      next = start + size < heldOut.length ? requestHeldOut(start + size) : null;
      for (const [place, mask] of reply.originals.entries()) remember(heldOut[start + place]!, mask);
      yield reply.batch;
    }
  }

  async function* plainBatches(members: readonly number[]): AsyncIterable<Batch> {
    for (let start = 0; start < members.length; start += size) {
      const cases = members.slice(start, start + size);
      yield (await threads.make({ cases, epoch: null, originals: false })).batch;
    }
  }

  function remember(index: number, mask: Grid | null): void {
    const { id, patient, spacing, class: name, attributes = {} } = dataset.cases[index]!;
    truths.remember({ id, patient, fold, spacing, mask, class: name, attributes });
  }

  function truth(id: string): Truth {
    const known = truths.of(id);
    if (known === null) throw new Error(`${id} is no held-out image of fold ${fold}`);
    return known;
  }

  async function pictures(ids: readonly string[]): Promise<readonly GreyImage[]> {
    const byId = new Map(heldOut.map((index) => [dataset.cases[index]!.id, index]));
    const cases = ids.map((id) => byId.get(id)!);
    const { batch } = await threads.make({ cases, epoch: null, originals: false });
    const length = batch.images.length / Math.max(1, ids.length);
    return ids.map((id, place) => {
      const { mask, spacing } = truth(id);
      return greyImage(plan, batch.images.subarray(place * length, (place + 1) * length), mask, spacing);
    });
  }

  return {
    fold,
    trainImages: train.length,
    trainPatients: patients(train),
    heldOutImages: heldOut.length,
    heldOutPatients: patients(heldOut),
    stepsPerEpoch,
    trainBatch,
    validationImages: validation.length,
    training: () => plainBatches(train),
    validation: () => plainBatches(validation),
    heldOut: heldOutBatches,
    truth,
    pictures,
    dispose: async () => {
      await threads.end();
      await drawing?.terminate();
    },
  };
}
