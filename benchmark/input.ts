// How fast batches are made, and what memory that takes: a first epoch that decodes, a second one from the store, and
// datasets of 1,000 and of more slices. `npm run bench:input -- --slices 100000 --size 64`
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { BatchMaker } from '../src/runtime/data/batches.ts';
import type { Case, Dataset } from '../src/runtime/data/dataset.ts';
import { writeNpz } from '../src/runtime/data/import/write-npz.ts';

const { values } = parseArgs({
  options: { slices: { type: 'string', default: '100000' }, size: { type: 'string', default: '64' } },
});
const size = Number(values.size);
const perVolume = 10;
const batch = 8;
const folder = mkdtempSync(join(tmpdir(), 'cmrnet-input-'));

try {
  for (const slices of [1000, Number(values.slices)]) {
    const maker = new BatchMaker({
      dataset: dataset(slices),
      heads: [],
      augment: { rotate: null, shift: null },
      seed: 1,
      cacheFolder: join(folder, 'cache'),
      input: [size, size, 1],
    } as unknown as ConstructorParameters<typeof BatchMaker>[0]);
    for (const epoch of [1, 2]) {
      const start = performance.now();
      let most = 0;
      for (let first = 0; first < slices; first += batch) {
        // Far apart, as a shuffled epoch asks for them.
        const cases = Array.from({ length: batch }, (_, place) => ((first + place) * 7919) % slices);
        maker.make({ cases, epoch: null, originals: false });
        if (first % 800 === 0) most = Math.max(most, process.memoryUsage.rss());
      }
      const seconds = (performance.now() - start) / 1000;
      console.log(
        `${slices} slices of ${size}×${size}, epoch ${epoch}: ${(slices / seconds).toFixed(0)} images/s, ${(most / 2 ** 20).toFixed(0)} MiB at most`,
      );
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Slices of volumes of which each row names one; the files repeat, since only their number of rows matters here. */
function dataset(slices: number): Dataset {
  const shape = [perVolume, size, size];
  const files = Array.from({ length: Math.min(100, slices / perVolume) }, (_, number) => {
    const path = join(folder, `${number}.npz`);
    const noise = Float32Array.from({ length: perVolume * size * size }, () =>
      Math.floor(Math.random() * 4000),
    );
    writeFileSync(
      path,
      writeNpz({ image: { shape, values: noise }, mask: { shape, values: noise.map((value) => value % 4) } }),
    );
    return path;
  });
  const cases = Array.from({ length: slices }, (_, index): Case => {
    // A path of its own for each volume, which the reader opens as the file that it leads to.
    const volume = Math.floor(index / perVolume);
    const path = join(
      folder,
      './'.repeat(Math.floor(volume / files.length) % 2),
      files[volume % files.length]!.slice(folder.length + 1),
    );
    const file = (array: string) => ({ path, array, slice: index % perVolume });
    return {
      ...{ id: `s${index}`, patient: `p${volume}`, class: null, fold: null, spacing: null },
      source: { kind: 'files', image: file('image'), mask: file('mask') },
    };
  });
  const plan = {
    fit: [{ kind: 'pad', height: size, width: size }],
    intensity: { kind: 'percentile', low: 0.01, high: 0.99 },
    structures: [],
    classes: [],
    positive: '',
  };
  return { plan, cases } as unknown as Dataset;
}
