// How fast a fold's images come, and what memory that takes: a first epoch that decodes and a second one from the store,
// augmented, then the held-out images measured; with 1,000 and with more slices.
// `npm run bench:input -- --slices 100000 --size 32`, and `--only` for that number alone
import { linkSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { RunPlan } from '../src/compiler/index.ts';
import { openFold } from '../src/runtime/data/batches/source.ts';
import type { Case, Dataset } from '../src/runtime/data/dataset/dataset.ts';
import { writeNpz } from '../src/runtime/data/import/convert/write-npz.ts';
import { judgeOf } from '../src/runtime/metrics/judge.ts';
import { predictionsOf } from '../src/runtime/metrics/prediction.ts';
import { paperPlan } from '../test/metrics/plans.ts';

const { values } = parseArgs({
  options: {
    slices: { type: 'string', default: '100000' },
    size: { type: 'string', default: '64' },
    only: { type: 'boolean', default: false },
  },
});
const size = Number(values.size);
const perVolume = 10;
const folder = mkdtempSync(join(tmpdir(), 'cmrnet-input-'));

const plan: RunPlan = {
  ...paperPlan,
  network: { input: { name: 'image', node: 0, shape: [size, size, 1] } } as unknown as RunPlan['network'],
  data: { ...paperPlan.data, image: [size, size, 1], fit: [{ kind: 'pad', height: size, width: size }] },
  train: { ...paperPlan.train, batch: 8 },
  evaluate: { ...paperPlan.evaluate, folds: { ...paperPlan.evaluate.folds, count: 5, fraction: 0.2 } },
};

try {
  const counts = values.only ? [Number(values.slices)] : [1000, Number(values.slices)];
  for (const slices of counts) await measure(slices);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function measure(slices: number): Promise<void> {
  const source = openFold(plan, dataset(slices), 1, { cacheFolder: join(folder, 'cache') });
  for (const epoch of [1, 2]) {
    const start = performance.now();
    let most = 0;
    for (let step = 1; step <= source.stepsPerEpoch; step += 1) {
      await source.trainBatch(epoch, step);
      if (step % 50 === 0) most = Math.max(most, process.memoryUsage.rss());
    }
    const trained = performance.now();
    const gathered = judgeOf(plan, source).gather();
    for await (const batch of source.heldOut()) {
      gathered.add(predictionsOf(batch, batch.targets));
      most = Math.max(most, process.memoryUsage.rss());
    }
    const judged = performance.now();
    console.log(
      [
        `${slices} slices of ${size}×${size}, epoch ${epoch}`,
        `${rate(source.trainImages, trained - start)} images/s for training`,
        `${rate(source.heldOutImages, judged - trained)} held out and measured`,
        `${(most / 1e6).toFixed(0)} MB at most, ${Object.keys(gathered.metrics()).length} metrics`,
      ].join(' · '),
    );
  }
  await source.dispose();
}

function rate(images: number, ms: number): string {
  return ((1000 * images) / ms).toFixed(0);
}

/** Slices of volumes, each with a file by itself; the files' contents repeat. */
function dataset(slices: number): Dataset {
  const shape = [perVolume, size, size];
  const volumes = Array.from({ length: slices / perVolume }, (_, number) => {
    const path = join(folder, `${slices}`, `${Math.floor(number / 1000)}`, `${number}.npz`);
    mkdirSync(join(path, '..'), { recursive: true });
    if (number >= 100) {
      linkSync(join(folder, `${slices}`, '0', `${number % 100}.npz`), path);
      return path;
    }
    const disc = Float32Array.from({ length: perVolume * size * size }, (_, index) => {
      const [row, column] = [Math.floor(index / size) % size, index % size];
      return Math.hypot(row - size / 2, column - size / 2 - (number % 5)) < size / 5 ? 1 : 0;
    });
    const noise = disc.map((inside) => 800 + 400 * inside + Math.floor(Math.random() * 400));
    writeFileSync(path, writeNpz({ image: { shape, values: noise }, mask: { shape, values: disc } }));
    return path;
  });
  const cases = Array.from({ length: slices }, (_, index): Case => {
    const volume = Math.floor(index / perVolume);
    const file = (array: string) => ({ path: volumes[volume]!, array, slice: index % perVolume });
    return {
      ...{ id: `s${index}`, patient: `p${volume}`, class: index % 3 === 0 ? 'diseased' : 'healthy' },
      ...{ fold: null, spacing: null },
      source: { kind: 'files', image: file('image'), mask: file('mask') },
    };
  });
  return { plan: plan.data, cases };
}
