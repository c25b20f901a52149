import { once as happens } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Bag } from '../../src/compiler/index.ts';
import type { RunPlan } from '../../src/compiler/plan/run-plan.ts';
import { BatchMaker } from '../../src/runtime/data/batches/batches.ts';
import type { Batch } from '../../src/runtime/data/batches/data-source.ts';
import { type FoldSource, openFold } from '../../src/runtime/data/batches/source.ts';
import type { Dataset } from '../../src/runtime/data/dataset/dataset.ts';
import { foldsOf } from '../../src/runtime/data/dataset/folds.ts';
import { loadDataset } from '../../src/runtime/data/dataset/load.ts';
import { drawAhead } from '../../src/runtime/data/phantom/ahead.ts';
import { drawCached } from '../../src/runtime/data/phantom/cache.ts';
import { cohort } from '../../src/runtime/data/phantom/cohort.ts';
import { drawPhantom } from '../../src/runtime/data/phantom/phantom.ts';
import { evaluatePredictions, metricValues } from '../../src/runtime/metrics/evaluate.ts';
import { judgeOf } from '../../src/runtime/metrics/judge.ts';
import type { Prediction } from '../../src/runtime/metrics/prediction.ts';
import { paperPlan } from '../metrics/plans.ts';

const test = suite('a fold as a data source');

/** Small phantoms, so that the thread is soon done. */
const plan: RunPlan = {
  ...paperPlan,
  network: { input: { name: 'image', node: 0, shape: [48, 48, 1] } } as unknown as RunPlan['network'],
  data: {
    ...paperPlan.data,
    source: { kind: 'phantom', images: 23, seed: 5, difficulty: 'easy', diseased: 0.4, size: [48, 40] },
    image: [48, 40, 1],
    fit: [{ kind: 'pad', height: 48, width: 48 }],
  },
  train: { ...paperPlan.train, batch: 4, seed: 3 },
  evaluate: { ...paperPlan.evaluate, folds: { ...paperPlan.evaluate.folds, count: 3, fraction: 1 / 3 } },
};

function load(): Dataset {
  const bag = new Bag();
  const loaded = loadDataset(plan, bag, { complete: true });
  assert.equal(bag.sorted(), []);
  return loaded!.dataset;
}

const dataset = load();
const folder = mkdtempSync(join(tmpdir(), 'cmrnet-source-'));
const open: FoldSource[] = [];

function fresh(fold: number): FoldSource {
  const opened = openFold(plan, dataset, fold, { cacheFolder: folder });
  open.push(opened);
  return opened;
}

const shared = new Map<number, FoldSource>();

/** One source per fold for all tests: what was asked of it before must not matter. */
function source(fold: number): FoldSource {
  const opened = shared.get(fold) ?? fresh(fold);
  shared.set(fold, opened);
  return opened;
}

test.after(async () => {
  await Promise.all(open.map((opened) => opened.dispose()));
  rmSync(folder, { recursive: true });
});

async function heldOut(opened: FoldSource): Promise<readonly Batch[]> {
  const batches: Batch[] = [];
  for await (const batch of opened.heldOut()) batches.push(batch);
  return batches;
}

/** A network that answers the truth, at its own size. */
function perfect(batches: readonly Batch[]): readonly Prediction[] {
  return batches.flatMap((batch) =>
    batch.ids.map((id, place): Prediction => {
      const part = (values: Float32Array) => {
        const size = values.length / batch.ids.length;
        return values.slice(place * size, (place + 1) * size);
      };
      const targets = Object.fromEntries(
        Object.entries(batch.targets).map(([head, values]) => [head, part(values)]),
      );
      return { id, image: part(batch.images), heads: targets, targets };
    }),
  );
}

test('an epoch shows every training image once, and the fold holds out the rest', async () => {
  const opened = source(1);
  const shown: string[] = [];
  for (let step = 1; step <= opened.stepsPerEpoch; step += 1)
    shown.push(...(await opened.trainBatch(1, step)).ids);
  const kept = (await heldOut(opened)).flatMap(({ ids }) => ids);
  assert.is(shown.length, opened.trainImages);
  assert.is(kept.length, opened.heldOutImages);
  assert.equal([...shown, ...kept].sort(), dataset.cases.map(({ id }) => id).sort());
  const patientOf = (id: string) => dataset.cases.find((one) => one.id === id)!.patient;
  const held = new Set(kept.map(patientOf));
  assert.not.ok(shown.some((id) => held.has(patientOf(id))));
});

test("batches have the network's size, and truths of 0 and 1", async () => {
  const batch = await source(1).trainBatch(1, 1);
  assert.is(batch.images.length, 4 * 48 * 48);
  assert.is(batch.targets['segmentation']!.length, 4 * 48 * 48);
  assert.is(batch.targets['diagnosis']!.length, 4);
  for (const values of Object.values(batch.targets))
    assert.ok(values.every((value) => value === 0 || value === 1));
  assert.ok(batch.images.every((value) => value >= 0 && value <= 1.5));
  assert.ok(batch.targets['segmentation']!.some((value) => value === 1));
});

test('a batch is the same in whatever order it is asked for, also after a restart', async () => {
  const forward = source(2);
  const inOrder: Batch[] = [];
  for (let step = 1; step <= forward.stepsPerEpoch; step += 1)
    inOrder.push(await forward.trainBatch(2, step));
  const other = fresh(2);
  for (const step of [3, 1, 3, 2]) assert.equal(await other.trainBatch(2, step), inOrder[step - 1]);
  const together = await Promise.all([1, 2].map((step) => forward.trainBatch(2, step)));
  assert.equal(together, inOrder.slice(0, 2));
});

test('the thread gives what the same code gives without a thread', async () => {
  const maker = new BatchMaker({
    dataset,
    heads: plan.heads,
    augment: plan.augment,
    seed: plan.train.seed,
    cacheFolder: null,
    input: plan.network.input.shape,
  });
  const batch = await source(1).trainBatch(1, 2);
  const cases = batch.ids.map((id) => dataset.cases.findIndex((one) => one.id === id));
  assert.equal(maker.make({ cases, epoch: 1, originals: false }).batch, batch);
});

test('another epoch has another order and other movements', async () => {
  const opened = source(1);
  const [first, second] = [await opened.trainBatch(1, 1), await opened.trainBatch(2, 1)];
  assert.not.equal(first.ids, second.ids);
});

test('predicting the truth scores 1 on the original grid', async () => {
  const opened = source(3);
  const predictions = perfect(await heldOut(opened));
  const gathered = judgeOf(plan, opened).gather();
  for (const prediction of predictions) gathered.add([prediction]);
  const values = gathered.metrics();
  assert.is(values['segmentation.dsc'], 1);
  assert.is(values['diagnosis.accuracy'], 1);
  const measured = judgeOf(plan, opened).measure(predictions);
  assert.is(measured[0]!.masks['segmentation']![0]!.pixels, 48 * 40);
  assert.ok(measured.every(({ fold }) => fold === 3));
});

test('the measurements of all folds pool into one evaluation of all images', async () => {
  const measured = [];
  for (const fold of [1, 2, 3]) {
    const opened = source(fold);
    measured.push(...judgeOf(plan, opened).measure(perfect(await heldOut(opened))));
  }
  const evaluation = evaluatePredictions(plan, measured);
  assert.is(evaluation.images, 23);
  assert.equal(evaluation.folds, [1, 2, 3]);
  assert.is(metricValues(evaluation)['segmentation.jaccard'], 1);
});

test("held-out batches come in the dataset's order and are never augmented", async () => {
  const opened = source(1);
  const [once, again] = [await heldOut(opened), await heldOut(opened)];
  assert.equal(again, once);
  const folds = foldsOf(plan, dataset);
  assert.equal(
    once.flatMap(({ ids }) => ids),
    dataset.cases.filter((_, index) => folds[index] === 1).map(({ id }) => id),
  );
});

test('drawn images are kept in the cache folder, and nothing half written stays there', () => {
  const [store, drawn, ...others] = readdirSync(folder).sort();
  assert.equal(others, []);
  assert.match(store!, /^fitted-[0-9a-f]{24}\.bin$/);
  const files = readdirSync(join(folder, drawn!));
  assert.is(files.length, 23);
  assert.ok(files.every((file) => file.endsWith('.bin')));
});

test('a thread draws the whole cohort into the cache, the same images as without', async () => {
  const ahead = mkdtempSync(join(tmpdir(), 'cmrnet-ahead-'));
  const { source } = plan.data;
  assert.ok(source.kind === 'phantom');
  const worker = drawAhead({ source, folder: ahead });
  await happens(worker, 'exit');
  for (const image of cohort(source).slice(0, 3)) {
    const { T1, mask } = drawPhantom(source, image);
    assert.equal(drawCached(source, image, ahead), { T1, mask });
  }
  assert.is(readdirSync(join(ahead, readdirSync(ahead)[0]!)).length, 23);
  rmSync(ahead, { recursive: true });
});

test('a prediction of an image that the fold does not hold out is our mistake', async () => {
  const opened = source(1);
  const predictions = perfect(await heldOut(opened));
  assert.throws(() => judgeOf(plan, source(3)).measure(predictions), /no held-out image/);
});

test.run();
