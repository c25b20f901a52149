import { mkdirSync, readdirSync, rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { RunPlan } from '../../src/compiler/plan/run-plan.ts';
import { BatchMaker } from '../../src/runtime/data/batches/batches.ts';
import { type Fitted, FittedStore } from '../../src/runtime/data/batches/fitted-store.ts';
import { openFold } from '../../src/runtime/data/batches/source.ts';
import type { Case, Dataset } from '../../src/runtime/data/dataset/dataset.ts';
import { writeNpz } from '../../src/runtime/data/import/convert/write-npz.ts';
import { judgeOf } from '../../src/runtime/metrics/judge.ts';
import { temporaryFolder } from '../images/samples.ts';
import { paperPlan } from '../metrics/plans.ts';

const test = suite('the store of fitted images');

const [volumes, slices, size] = [4, 3, 8];
const input = [size, size, 1];
const folders: string[] = [];

test.after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** Volumes of noise with masks of a structure numbered 600, in a folder by themselves. */
function cohort(): { readonly folder: string; readonly dataset: Dataset } {
  const folder = temporaryFolder();
  folders.push(folder);
  const shape = [slices, size, size];
  const cases = Array.from({ length: volumes }, (_, volume) => {
    const path = join(folder, `${volume}.npz`);
    const values = Float32Array.from({ length: slices * size * size }, () => 2000 * Math.random());
    const mask = values.map((value) => (value > 1500 ? 600 : 0));
    writeFileSync(path, writeNpz({ image: { shape, values }, mask: { shape, values: mask } }));
    return Array.from({ length: slices }, (_, slice): Case => {
      const file = (array: string) => ({ path, array, slice });
      return {
        ...{ id: `${volume}-${slice}`, patient: `p${volume}`, class: 'healthy', fold: null, spacing: null },
        source: { kind: 'files', image: file('image'), mask: file('mask') },
      };
    });
  }).flat();
  const plan = { ...paperPlan.data, fit: [{ kind: 'pad', height: size, width: size }] as const };
  return { folder, dataset: { plan, cases } };
}

function makerOf(dataset: Dataset, cacheFolder: string | null): BatchMaker {
  return new BatchMaker({
    ...{ dataset, cacheFolder, input, seed: 1 },
    ...{ heads: paperPlan.heads, augment: paperPlan.augment },
  });
}

const all = Array.from({ length: volumes * slices }, (_, index) => index);

function sample(): Fitted {
  const values = Float32Array.from({ length: size * size }, () => Math.random());
  const mask = values.map((value) => Math.floor(65_535 * value));
  const grid = { height: size, width: size, channels: 1 };
  return { image: { ...grid, values }, mask: { ...grid, values: mask } };
}

function fresh(): { readonly store: FittedStore; readonly cache: string; readonly dataset: Dataset } {
  const { folder, dataset } = cohort();
  const cache = join(folder, 'cache');
  return { store: FittedStore.open(dataset, cache, input)!, cache, dataset };
}

function storesIn(cache: string): readonly string[] {
  return readdirSync(cache).filter((name) => name.startsWith('fitted-'));
}

test('an image and its mask come back as they were written, and others are absent', () => {
  const { store } = fresh();
  const [first, last] = [sample(), { ...sample(), mask: null }];
  store.write(1, first);
  store.write(11, last);
  assert.equal(store.read(1), first);
  assert.equal(store.read(11), last);
  assert.ok(store.has(1));
  assert.not.ok(store.has(0));
  assert.is(store.read(0), null);
  assert.is(store.read(500), null);
});

test('a record that is damaged or half written counts as absent, and may be written again', () => {
  const { store, cache } = fresh();
  const one = sample();
  store.write(0, one);
  store.write(1, one);
  const path = join(cache, storesIn(cache)[0]!);
  truncateSync(path, 1.5 * (16 + size * size * 6));
  assert.equal(store.read(0), one);
  assert.is(store.read(1), null);
  store.write(1, one);
  assert.equal(store.read(1), one);
});

test('another size, and masks of fractions, are not kept', () => {
  const { store } = fresh();
  const one = sample();
  store.write(0, { ...one, image: { ...one.image, height: size / 2 } });
  store.write(1, { ...one, mask: { ...one.image } });
  assert.is(store.read(0), null);
  assert.is(store.read(1), null);
});

test('a second epoch decodes nothing: the files may be gone', () => {
  const { folder, dataset } = cohort();
  const cache = join(folder, 'cache');
  const request = { cases: all, epoch: 2, originals: false };
  const decoded = makerOf(dataset, null).make(request);
  assert.equal(makerOf(dataset, cache).make(request), decoded);
  const maker = makerOf(dataset, cache);
  for (const name of readdirSync(folder)) if (name.endsWith('.npz')) rmSync(join(folder, name));
  assert.equal(maker.make(request), decoded);
});

test('changed files and other settings have a store by themselves', () => {
  const { cache, dataset } = fresh();
  FittedStore.open(dataset, cache, input);
  assert.is(storesIn(cache).length, 1);
  const { source } = dataset.cases[0]!;
  assert.ok(source.kind === 'files');
  utimesSync(source.image.path, new Date(0), new Date(0));
  FittedStore.open(dataset, cache, input);
  assert.is(storesIn(cache).length, 2);
  FittedStore.open(
    { ...dataset, plan: { ...dataset.plan, intensity: { kind: 'zscore' } } as Dataset['plan'] },
    cache,
    input,
  );
  assert.is(storesIn(cache).length, 3);
});

test('a store that no run has opened for a month is removed, and nothing else', () => {
  const { cache, dataset } = fresh();
  const old = new Date(Date.now() - 40 * 86_400_000);
  mkdirSync(join(cache, 'phantom'), { recursive: true });
  for (const name of ['fitted-0123.bin', 'other.bin']) {
    writeFileSync(join(cache, name), 'old');
    utimesSync(join(cache, name), old, old);
  }
  FittedStore.open(dataset, cache, input);
  assert.equal(
    readdirSync(cache)
      .filter((name) => !name.startsWith('fitted-'))
      .sort(),
    ['other.bin', 'phantom'],
  );
  assert.is(storesIn(cache).length, 1);
});

test('held-out masks are measured as the files have them, epoch after epoch', async () => {
  const { folder, dataset } = cohort();
  const plan: RunPlan = {
    ...paperPlan,
    data: dataset.plan,
    network: { input: { name: 'image', node: 0, shape: input } } as unknown as RunPlan['network'],
    evaluate: { ...paperPlan.evaluate, folds: { ...paperPlan.evaluate.folds, count: 2, fraction: 0.5 } },
  };
  const source = openFold(plan, dataset, 1, { cacheFolder: join(folder, 'cache') });
  const pixels: number[][] = [];
  for (const _ of [1, 2]) {
    const seen: number[] = [];
    for await (const { ids, targets } of source.heldOut()) {
      const length = size * size;
      const predictions = ids.map((id, place) => ({
        ...{ id, image: new Float32Array(length), targets: {} },
        heads: { segmentation: targets['segmentation']!.slice(place * length, (place + 1) * length) },
      }));
      for (const { masks } of judgeOf(plan, source).measure(predictions)) {
        const { truth, both } = masks['segmentation']![0]!;
        assert.is(both, truth);
        seen.push(truth);
      }
    }
    pixels.push(seen);
  }
  await source.dispose();
  assert.ok(pixels[0]!.some((count) => count > 0));
  assert.equal(pixels[1], pixels[0]);
});

test.run();
