import type { RunPlan } from '../../compiler/index.ts';
import { evaluatePredictions, metricValues } from '../metrics/evaluate.ts';
import { type Measurement, measureImage, type Truth } from '../metrics/measure.ts';
import { type StoredCase, storeImage } from '../metrics/stored.ts';
import type { Batch, DataSource, Gathering, Prediction } from '../train/data-source.ts';
import { BatchThreads } from './batch-threads.ts';
import { type BatchReply, balancedOrder, epochOrder } from './batches.ts';
import type { Dataset } from './dataset.ts';
import { isFitProblem, planFit, unfit } from './fit.ts';
import { dealFolds, foldsOf } from './folds.ts';
import { type GreyImage, greyImage } from './grey-image.ts';
import type { Grid } from './grid.ts';
import { drawAhead } from './phantom/ahead.ts';
import { Truths } from './truths.ts';

/** One fold's examples, and the measuring of what the network says about the held-out ones. */
export interface FoldSource extends DataSource {
  /** From 1. */
  readonly fold: number;
  /**
   * Compares predictions of held-out images with the truth on the original grid. Their images must have come from
   * {@link DataSource.heldOut} of this source.
   */
  measure(predictions: readonly Prediction[]): readonly Measurement[];
  /** The same, with what is kept of each image on disk. */
  store(predictions: readonly Prediction[]): readonly StoredCase[];
  /** Held-out images on their original grids, from 0 to 255. */
  pictures(ids: readonly string[]): Promise<readonly GreyImage[]>;
  /** Begins gathering the metrics of the plan, of this fold's predictions alone. */
  gather(): Gathering;
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
  const folds = foldsOf(plan, dataset);
  const places = dataset.cases.map((_, index) => index);
  const trainSide = places.filter((index) => folds[index] !== fold);
  const judging = judgesOf(plan, dataset, trainSide);
  const train = trainSide.filter((index) => !judging.has(index));
  const validation = trainSide.filter((index) => judging.has(index));
  const heldOut = places.filter((index) => folds[index] === fold);
  const patients = (members: readonly number[]) =>
    new Set(members.map((index) => dataset.cases[index]!.patient)).size;
  const { batch: size, seed } = plan.train;
  const stepsPerEpoch = Math.ceil(train.length / size);
  const threads = new BatchThreads({
    dataset,
    heads: plan.heads,
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
    const order = orderOf(epoch).slice((step - 1) * size, step * size);
    const reply = threads.make({ cases: order.map((place) => train[place]!), epoch, originals: false });
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
    const { id, patient, spacing, class: name } = dataset.cases[index]!;
    truths.remember({ id, patient, fold, spacing, mask, class: name });
  }

  function truthOf({ id }: Pick<Prediction, 'id'>): Truth {
    const truth = truths.of(id);
    if (truth === null) throw new Error(`${id} is no held-out image of fold ${fold}`);
    return truth;
  }

  function measure(predictions: readonly Prediction[]): readonly Measurement[] {
    return predictions.map((prediction) => {
      const truth = truthOf(prediction);
      return measureImage(plan, truth, originalMaps(plan, prediction, truth), prediction.heads);
    });
  }

  function store(predictions: readonly Prediction[]): readonly StoredCase[] {
    return predictions.map((prediction) => {
      const truth = truthOf(prediction);
      return storeImage(plan, truth, originalMaps(plan, prediction, truth), prediction.heads);
    });
  }

  async function pictures(ids: readonly string[]): Promise<readonly GreyImage[]> {
    const byId = new Map(heldOut.map((index) => [dataset.cases[index]!.id, index]));
    const cases = ids.map((id) => byId.get(id)!);
    const { batch } = await threads.make({ cases, epoch: null, originals: false });
    const length = batch.images.length / Math.max(1, ids.length);
    return ids.map((id, place) => {
      const { mask, spacing } = truthOf({ id });
      return greyImage(plan, batch.images.subarray(place * length, (place + 1) * length), mask, spacing);
    });
  }

  function gather(): Gathering {
    const measurements: Measurement[] = [];
    return {
      add: (predictions) => void measurements.push(...measure(predictions)),
      metrics: () => metricValues(evaluatePredictions(plan, measurements)),
    };
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
    measure,
    store,
    pictures,
    gather,
    dispose: async () => {
      await threads.end();
      await drawing?.terminate();
    },
  };
}

/** The images of the training side that only judge: whole patients, in proportion as the folds are, by the run's seed. */
function judgesOf(plan: RunPlan, dataset: Dataset, trainSide: readonly number[]): ReadonlySet<number> {
  const { validation, seed } = plan.train;
  if (validation === 0) return new Set();
  const settings = { ...plan.evaluate.folds, kind: 'holdout', count: 1, fraction: validation } as const;
  const dealt = dealFolds(
    trainSide.map((index) => dataset.cases[index]!),
    settings,
    seed,
  );
  return new Set(trainSide.filter((_, place) => dealt[place] === 1));
}

/** The mask heads' probabilities, brought back from the network's size to the image's own. */
function originalMaps(
  plan: RunPlan,
  { heads }: Prediction,
  { mask, spacing }: Truth,
): Readonly<Record<string, Grid>> {
  if (mask === null) return {};
  const fitting = planFit(plan.data.fit, mask, spacing);
  if (isFitProblem(fitting)) throw new Error('a mask cannot be fitted that was fitted before');
  const maps: Record<string, Grid> = {};
  for (const { name, kind } of plan.heads) {
    const values = heads[name];
    if (kind !== 'mask' || values === undefined) continue;
    const channels = values.length / (fitting.to.height * fitting.to.width);
    maps[name] = unfit(fitting, { ...fitting.to, channels, values }, 'bilinear');
  }
  return maps;
}
