import { rmSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Bag, type DataPlan } from '../../src/compiler/index.ts';
import { loadDataset } from '../../src/runtime/data/dataset/load.ts';
import { MaskFindings } from '../../src/runtime/data/dataset/mask-findings.ts';
import { CaseReader } from '../../src/runtime/data/dataset/read-case.ts';
import { suggest } from '../../src/runtime/data/look/suggest.ts';
import { npy, temporaryFolder, write } from '../images/samples.ts';

const test = suite('masks that look wrong');
const root = temporaryFolder();
test.after(() => rmSync(root, { recursive: true }));

const size = 64;
const named = [
  { name: 'muscle', values: [2] },
  { name: 'cavity', values: [3] },
];
type Draw = (row: number, column: number) => number;

/** A ring of muscle (2) around a cavity (3), `shift` pixels off the middle. */
const heart =
  (shift = 0): Draw =>
  (row, column) => {
    const outer = Math.hypot(row - 32, column - 32);
    const inner = Math.hypot(row - 32, column - 32 - shift);
    return inner < 8 ? 3 : outer < 14 ? 2 : 0;
  };

function look(masks: readonly Draw[], structures: DataPlan['structures'] = named) {
  const bag = new Bag();
  const plan = { structures } as unknown as DataPlan;
  const findings = new MaskFindings(plan, {
    masks: true,
    labels: false,
    attributes: [],
    training: true,
    input: [size, size, 1],
  });
  for (const [slice, draw] of masks.entries()) {
    const values = Float32Array.from({ length: size * size }, (_, pixel) =>
      draw(Math.floor(pixel / size), pixel % size),
    );
    const at = { file: 'data.yaml', start: 0, end: 0 };
    const place = { id: `s${slice}`, at, notes: [], volume: 'v', slice };
    findings.see({ height: size, width: size, channels: 1, values }, place, bag);
  }
  findings.report(bag);
  return bag.sorted();
}

const words = (masks: readonly Draw[]) =>
  look(masks).map(({ message, notes }) => `${message} (${notes.join()})`);
const usual = [heart(), heart(), heart(), heart()];

test('whole rings, and slices beyond the heart, are not odd', () => {
  assert.equal(look([() => 0, ...usual, heart(1), () => 0]), []);
});

test('a cavity that reaches out of the muscle is told', () => {
  const [found] = words([...usual, heart(10)]);
  assert.match(
    found!,
    /odd: the structure `cavity` reaches out of the structure `muscle` around it, by \d+ pixels \(s4\)/,
  );
});

test('a ring that is not closed is told', () => {
  const open: Draw = (row, column) =>
    heart()(row, column) === 2 && row < 32 && Math.abs(column - 32) < 4 ? 0 : heart()(row, column);
  assert.match(
    words([...usual, open]).join(),
    'the ring of the structure `muscle` around the structure `cavity` is not closed',
  );
});

test('a structure in two pieces far apart is told, and a piece beside the other is not', () => {
  const far: Draw = (row, column) => (row < 6 && column < 6 ? 2 : heart()(row, column));
  assert.match(words([...usual, far]).join(), 'the structure `muscle` lies in 2 pieces');
  const near: Draw = (row, column) =>
    row > 48 && row < 52 && Math.abs(column - 32) < 3 ? 2 : heart()(row, column);
  assert.equal(words([...usual, near]), []);
});

test('a slice that lacks what both its neighbours have, and a cavity without its muscle, are told', () => {
  assert.match(
    words([heart(), () => 0, heart(), heart()]).join(),
    'is missing between two slices that have it (s1)',
  );
  const bare: Draw = (row, column) => (heart()(row, column) === 3 ? 3 : 0);
  assert.match(
    words([bare, ...usual]).join(),
    'the structure `cavity` is there without the structure `muscle` around it (s0)',
  );
});

test('several values without names are told with the lines to paste', () => {
  const [found, ...rest] = look(usual, [{ name: 'myocardium', values: [] }]);
  assert.equal([found?.code, rest.length], ['CMR864', 0]);
  assert.is(found?.message, 'the masks have the values `2` and `3`, which all count as `myocardium`');
  assert.match(found!.help[0]!.message, '`structures { value_2 = 2  value_3 = 3 }`');
  assert.equal(
    look([(row, column) => Math.min(1, heart()(row, column))], [{ name: 'myocardium', values: [] }]),
    [],
  );
});

test('grey masks are an error and nearly whole ones are rounded', () => {
  const noisy: Draw = (row, column) =>
    (column > 30 ? 240 : 0) + Math.floor(Math.random() * 15) * Number(row >= 0);
  assert.equal(
    look([noisy]).map(({ code }) => code),
    ['CMR865'],
  );
  const scaled: Draw = (row, column) => heart()(row, column) * 0.9999999;
  const [found] = look([scaled, scaled]);
  assert.match(found!.message, /^the masks of 2 images are rounded to whole numbers, by up to \de-7$/);
});

test('masks that are nearly whole are told when a run is made, and read as whole', () => {
  const values = Float32Array.from(
    { length: size * size },
    (_, pixel) => heart()(Math.floor(pixel / size), pixel % size) * 0.9999999,
  );
  const image = Float32Array.from(values, (_, pixel) => pixel);
  const manifest = ['version: 1', 'images:'];
  for (const patient of ['a', 'b', 'c']) {
    write(root, `${patient}.npy`, npy([size, size], image, '<f4'));
    write(root, `${patient}-mask.npy`, npy([size, size], values, '<f4'));
    manifest.push(
      `  - { id: ${patient}, patient: ${patient}, image: ${patient}.npy, mask: ${patient}-mask.npy }`,
    );
  }
  const path = write(root, 'data.yaml', `${manifest.join('\n')}\n`);
  const plan = {
    source: path,
    heads: [{ kind: 'mask' }],
    network: { input: { shape: [size, size, 1] } },
    data: {
      ...{
        name: 'Data',
        source: { kind: 'manifest', path },
        image: null,
        fit: [],
        classes: [],
        positive: '',
      },
      ...{ intensity: { kind: 'minmax' }, structures: [{ name: 'myocardium', values: [] }] },
      expect: { images: null, patients: null, classes: {} },
    },
    train: { seed: 1, batch: 1, validation: 0 },
    evaluate: { folds: { kind: 'kfold', count: 3, fraction: 1 / 3, stratify: false, group: 'patient' } },
  } as unknown as Parameters<typeof loadDataset>[0];
  const bag = new Bag();
  const loaded = loadDataset(plan, bag, { complete: true });
  assert.equal(
    bag
      .sorted()
      .map(({ code }) => code)
      .sort(),
    ['CMR864', 'CMR866'],
  );
  const { mask } = new CaseReader(loaded!.dataset, null).read(loaded!.dataset.cases[0]!);
  assert.equal([...new Set(mask!.values)].sort(), [0, 2, 3]);
});

test('a fingerprint proposes names of structures that a spec can hold', () => {
  const facts = { sizes: { '64×64': 1 }, spacings: {}, classes: [], patients: 4 };
  const spread = { least: 0, middle: 0, most: 0 };
  const intensities = {
    whole: true,
    lowest: spread,
    percent1: spread,
    middle: spread,
    percent99: spread,
    highest: spread,
  };
  const proposed = (values: readonly number[]) =>
    suggest({
      ...facts,
      intensities,
      maskValues: values.map((value) => ({ value, name: null, masks: 1, pixels: 1 })),
    } as unknown as Parameters<typeof suggest>[0]).map(({ setting }) => setting);
  assert.ok(proposed([0, 0.5, -1, 2]).includes('structures { structure_2 = 2 }'));
  assert.not(
    proposed(Array.from({ length: 40 }, (_, value) => value))
      .join()
      .includes('structure_'),
  );
});

test.run();
