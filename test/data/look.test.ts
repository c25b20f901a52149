import { readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Bag } from '../../src/compiler/index.ts';
import { type Fitted, FittedStore } from '../../src/runtime/data/batches/fitted-store.ts';
import type { Dataset } from '../../src/runtime/data/dataset/dataset.ts';
import { fingerprintSchema } from '../../src/runtime/data/look/fingerprint-schema.ts';
import { fingerprintManifest, showManifest } from '../../src/runtime/data/look/look.ts';
import type { Grid } from '../../src/runtime/images/grid.ts';
import { readPng } from '../../src/runtime/images/png.ts';
import { png, temporaryFolder, write } from '../images/samples.ts';

const test = suite('looking at data');
const root = temporaryFolder();
test.after(() => rmSync(root, { recursive: true }));

const heart = (seed: number) => (row: number, column: number) =>
  Math.round(100 + 80 * Math.sin(row / (2 + seed)) * Math.cos(column / (3 + seed)));
const square = (low: number, high: number) => (row: number, column: number) =>
  row >= low && row < high && column >= low && column < high ? 2 : 0;
const rows: string[] = [];
for (const [name, patient, seed, low, high, label] of [
  ['a', 'P01', 0, 8, 20, 'well'],
  ['b', 'P01', 1, 9, 20, 'well'],
  ['c', 'P010', 2, 8, 32, 'ill'],
  ['d', 'P100', 0, 8, 18, 'ill'],
  ['e', 'p1', 4, 8, 18, 'ill'],
] as const) {
  write(root, `${name}.png`, png(32, 32, heart(seed)));
  write(root, `${name}-mask.png`, png(32, 32, square(low, high)));
  rows.push(
    `  - { id: ${name}, patient: ${patient}, image: ${name}.png, mask: ${name}-mask.png, label: ${label} }`,
  );
}
write(
  root,
  'f.png',
  png(32, 32, (row, column) => heart(2)(row, column) + ((row + column) % 2)),
);
rows.push(
  '  - { id: f, patient: P04, image: f.png, label: ill }',
  '  - { id: g, patient: P05, image: gone.png }',
);
const manifest = write(root, 'data.yaml', `version: 1\nimages:\n${rows.join('\n')}\n`);

test('a fingerprint finds equal and nearly equal images, odd masks, and people under two names', () => {
  const bag = new Bag();
  const found = fingerprintManifest(manifest, bag, () => undefined)!;
  assert.equal(bag.sorted(), []);
  const validate = new Ajv({ allowUnionTypes: true }).compile(fingerprintSchema);
  assert.ok(validate(JSON.parse(JSON.stringify(found))), JSON.stringify(validate.errors));
  assert.equal([found.images, found.unreadable, found.patients], [7, 1, 5]);
  assert.equal(found.duplicates.exact, [{ images: ['a', 'd'], samePatient: false }]);
  assert.equal(found.duplicates.near, [{ images: ['c', 'f'], samePatient: false }]);
  assert.equal(found.suspiciousMasks, [{ image: 'c', reason: 'it touches the border of the image' }]);
  assert.is(found.leaks.length, 3);
  assert.match(found.leaks.at(-1)!, 'P01 and p1 differ only in writing');
  assert.equal(
    found.classes.map(({ label, images, patients }) => [label, images, patients]),
    [
      ['ill', 4, 4],
      ['well', 2, 1],
    ],
  );
  assert.match(found.suggestions.map(({ setting }) => setting).join(), 'pad(32, 32)');
});

test('a contact sheet shows grey images with the borders of their masks', () => {
  const bag = new Bag();
  const out = join(root, 'sheet.png');
  const shown = showManifest(manifest, { images: 4, only: 'P0', out, columns: 30 }, bag)!;
  assert.equal([shown.images.length, shown.columns, shown.lines.length > 5], [4, 2, true]);
  const sheet = readPng(readFileSync(out), 'image') as Grid;
  assert.equal([sheet.height, sheet.width, sheet.channels], [66, 66, 3]);
  const pixel = (row: number, column: number) => [
    ...sheet.values.subarray((row * 66 + column) * 3, (row * 66 + column) * 3 + 3),
  ];
  assert.equal(pixel(8, 8), [86, 180, 233]);
  const [red, green, blue] = pixel(12, 12);
  assert.ok(red === green && green === blue);
  assert.is(showManifest(manifest, { images: 4, only: 'nobody', out: null, columns: null }, bag), null);
  assert.is(bag.sorted().at(-1)!.code, 'CMR845');
});

test('a store gives back what it was given, and nothing that is damaged or of changed files', () => {
  const path = write(
    root,
    'x.png',
    png(2, 3, () => 1),
  );
  const file = { path, array: 'image', slice: null };
  const dataset = {
    plan: { fit: [], intensity: { kind: 'minmax' } },
    cases: Array.from({ length: 3 }, (_, index) => ({
      id: String(index),
      source: { kind: 'files', image: file, mask: null },
    })),
  } as unknown as Dataset;
  const folder = join(root, 'store');
  const store = FittedStore.open(dataset, folder, [2, 3, 1])!;
  const grid = (values: number[]): Grid => ({
    height: 2,
    width: 3,
    channels: 1,
    values: Float32Array.from(values),
  });
  const fitted: Fitted = { image: grid([0.1, -2, 3.5, 4, 5, 6]), mask: grid([0, 1, 2, 3, 255, 0]) };
  store.write(2, fitted);
  store.write(0, { ...fitted, mask: null });
  assert.equal(store.read(2), fitted);
  assert.equal(store.read(0), { ...fitted, mask: null });
  assert.is(store.read(1), null);
  store.write(1, { ...fitted, mask: grid([0, 0.5, 0, 0, 0, 0]) });
  assert.is(store.read(1), null);
  store.close();
  const again = FittedStore.open(dataset, folder, [2, 3, 1])!;
  assert.equal(again.read(2), fitted);
  again.close();
  write(
    root,
    'x.png',
    png(2, 3, () => 2, 16),
  );
  assert.ok(statSync(path).size > 0);
  const changed = FittedStore.open(dataset, folder, [2, 3, 1])!;
  assert.is(changed.read(2), null);
  changed.close();
});

test.run();
