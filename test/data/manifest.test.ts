import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Bag, type Diagnostic } from '../../src/compiler/index.ts';
import type { DataPlan, HeadPlan, RunPlan } from '../../src/compiler/plan/run-plan.ts';
import { encodeKnown } from '../../src/runtime/data/dataset/attributes.ts';
import { gatherManifestFacts } from '../../src/runtime/data/dataset/dataset-facts.ts';
import { foldsOf } from '../../src/runtime/data/dataset/folds.ts';
import { type Loaded, loadDataset } from '../../src/runtime/data/dataset/load.ts';
import { npy, npz, png, temporaryFolder, write } from '../images/samples.ts';
import { paperPlan } from '../metrics/plans.ts';

const test = suite('the manifest');
const folder = temporaryFolder();
test.after(() => rmSync(folder, { recursive: true }));

const size = [16, 12] as const;
const texture = (row: number, column: number) => 20 + row * 3 + column;
const ring = (row: number, column: number) => (Math.abs(Math.hypot(row - 8, column - 6) - 3) < 1 ? 2 : 0);

for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) {
  write(folder, `img/${name}.png`, png(...size, texture));
  write(folder, `mask/${name}.png`, png(...size, ring));
}
const volume = Float32Array.from({ length: 3 * 16 * 12 }, (_, index) => index % 251);
write(
  folder,
  'volume.npz',
  npz({
    image: npy([3, 16, 12], volume, '<f4'),
    label: npy([3, 16, 12], new Uint8Array(3 * 16 * 12).fill(2, 0, 500), '|u1'),
    broken: npy([3, 16, 12], volume.with(400, Number.NaN).with(401, Number.POSITIVE_INFINITY), '<f4'),
  }),
);

const plan: RunPlan = {
  ...paperPlan,
  network: { input: { name: 'image', node: 0, shape: [16, 16, 1] } } as unknown as RunPlan['network'],
  data: {
    ...paperPlan.data,
    name: 'Sample',
    image: [16, 12, 1],
    fit: [{ kind: 'pad', height: 16, width: 16 }],
    structures: [{ name: 'myocardium', values: [2] }],
  },
  evaluate: { ...paperPlan.evaluate, folds: { ...paperPlan.evaluate.folds, count: 2, fraction: 0.5 } },
};

let written = 0;

interface Outcome {
  readonly text: string;
  readonly found: readonly Diagnostic[];
  readonly loaded: Loaded | null;
}

function check(text: string, data: Partial<DataPlan> = {}, change: Partial<RunPlan> = {}): Outcome {
  written += 1;
  const path = write(folder, `manifest-${written}.yaml`, text);
  const bag = new Bag();
  const changed = {
    ...plan,
    ...change,
    data: { ...plan.data, ...data, source: { kind: 'manifest' as const, path } },
  };
  const loaded = loadDataset(changed, bag, { complete: true });
  return { text, found: bag.sorted(), loaded };
}

const good = ['a', 'b', 'c', 'd'].map((name, index) =>
  row(name, { label: index < 2 ? 'healthy' : 'diseased' }),
);

/** A row of its own patient, with some keys changed or (null) left out. */
function row(name: string, keys: Readonly<Record<string, string | number | null>> = {}): string {
  const all = {
    id: name,
    patient: `p-${name}`,
    image: `img/${name}.png`,
    mask: `mask/${name}.png`,
    label: 'healthy',
    ...keys,
  };
  const pairs = Object.entries(all).filter(([, value]) => value !== null);
  return `  - { ${pairs.map(([key, value]) => `${key}: ${value}`).join(', ')} }`;
}

function manifest(...rows: readonly string[]): string {
  return ['version: 1', 'images:', ...rows, ''].join('\n');
}

/** The one finding, and the text that it marks. */
function only(
  { found, text }: Outcome,
  code: string,
): { readonly finding: Diagnostic; readonly marked: string } {
  assert.equal(
    found.map((item) => item.code),
    [code],
    found.map(({ message }) => message).join('\n'),
  );
  const finding = found[0]!;
  return { finding, marked: text.slice(finding.primary.span.start, finding.primary.span.end) };
}

test('a correct manifest loads, and its facts are counted', () => {
  const { found, loaded } = check(manifest(...good));
  assert.equal(found, []);
  assert.is(loaded?.dataset.cases.length, 4);
  assert.equal(loaded?.dataset.cases[2], {
    id: 'c',
    patient: 'p-c',
    class: 'diseased',
    fold: null,
    spacing: null,
    source: {
      kind: 'files',
      image: { path: join(folder, 'img/c.png'), array: 'image', slice: null },
      mask: { path: join(folder, 'mask/c.png'), array: 'mask', slice: null },
    },
    place: { phase: null, trigger: null, voxelVolume: null, front: null },
  });
  assert.equal([...loaded!.facts!.sizes], [['16×12×1', 4]]);
  assert.is(loaded!.facts!.structures.get('myocardium')!.masks, 4);
});

test('slices of a volume load, the mask from the same file', () => {
  const slices = [0, 1].map(
    (slice) =>
      `  - { id: s${slice}, patient: p${slice}, image: volume.npz, mask_array: label, slice: ${slice}, label: healthy, spacing: [1.2, 1.4] }`,
  );
  const { found, loaded } = check(manifest(...slices, good[2]!, good[3]!));
  assert.equal(found, []);
  const first = loaded!.dataset.cases[0]!;
  assert.equal(first.spacing, [1.2, 1.4]);
  assert.is(first.source.kind === 'files' && first.source.mask?.array, 'label');
});

test('a manifest that is not there is told with its dataset', () => {
  const bag = new Bag();
  const source = { kind: 'manifest' as const, path: join(folder, 'nowhere.yaml') };
  assert.is(loadDataset({ ...plan, data: { ...plan.data, source } }, bag, { complete: true }), null);
  assert.is(bag.sorted()[0]!.code, 'CMR801');
  assert.match(bag.sorted()[0]!.message, 'nowhere.yaml');
});

test('text that is no YAML is told at its place', () => {
  const { finding, marked } = only(check('version: 1\nimages: [ { id: a\n'), 'CMR802');
  assert.match(finding.message, 'not YAML');
  assert.ok(marked.length < 20);
});

test('a misspelt key is told with the right one', () => {
  const { finding, marked } = only(
    check(manifest(...good.slice(1), good[0]!.replace('patient', 'pateint').replace('}', ', patient: x }'))),
    'CMR803',
  );
  assert.is(marked, 'pateint');
  assert.match(finding.help[0]!.message, '`patient`');
  assert.equal(finding.notes[0], 'row 4');
});

test('a key of the manifest itself is told too', () => {
  assert.is(only(check(`${manifest(...good)}author: me\n`), 'CMR803').marked, 'author');
});

test('a row without a patient, and a patient that YAML reads as a number', () => {
  const missing = only(check(manifest(...good.slice(0, 3), row('d', { patient: null }))), 'CMR804');
  assert.is(missing.finding.message, 'row 4 needs the key `patient`');
  assert.match(missing.marked, 'id: d');
  const number = only(check(manifest(...good.slice(0, 3), row('d', { patient: '007' }))), 'CMR804');
  assert.is(number.marked, '007');
  assert.is(number.finding.message, 'row 4 has a `patient` that must be a text');
  assert.match(number.finding.help[0]!.message, 'quote it');
});

test('another version of the format is refused', () => {
  assert.match(only(check(manifest(...good).replace('1', '2')), 'CMR804').finding.message, 'must be 1');
});

test('a manifest without rows, or without images, is no dataset', () => {
  only(check('version: 1\nimages: []\n'), 'CMR805');
  only(check('version: 1\n'), 'CMR804');
  only(check(''), 'CMR804');
});

test('aliases that name nothing, or blow a small text up, are no YAML', () => {
  only(check('version: 1\nimages: *nothing\n'), 'CMR802');
  const nine = (of: string) => `[${Array.from({ length: 9 }, () => of).join(', ')}]`;
  const bomb = `a: &a ${nine('x')}\nb: &b ${nine('*a')}\nc: &c ${nine('*b')}\nversion: 1\nimages: ${nine('*c')}\n`;
  only(check(bomb), 'CMR802');
});

test('several documents in one file are told as that', () => {
  const { finding } = only(check(`${manifest(...good)}---\nversion: 1\n`), 'CMR802');
  assert.is(finding.message, 'the manifest is not YAML: it holds several documents');
});

test('a manifest that is a folder is not called missing', () => {
  const path = join(folder, 'folder.yaml');
  mkdirSync(path);
  const bag = new Bag();
  const data = { ...plan.data, source: { kind: 'manifest' as const, path } };
  assert.is(loadDataset({ ...plan, data }, bag, { complete: true }), null);
  assert.equal(
    bag.sorted().map(({ code }) => code),
    ['CMR922'],
  );
});

test('an id that two rows have is told with both places', () => {
  const { finding, marked } = only(check(manifest(...good, row('e', { id: 'a' }))), 'CMR806');
  assert.is(marked, 'a');
  assert.equal(finding.notes, ['rows 1 and 5']);
  assert.is(finding.secondary.length, 1);
});

test('a missing image and a missing mask are told with file and row', () => {
  const image = only(check(manifest(...good, row('e', { image: 'img/gone.png' }))), 'CMR810');
  assert.is(image.marked, 'img/gone.png');
  assert.equal(image.finding.notes, [
    'row 5 of the manifest',
    `the file is \`${join(folder, 'img/gone.png')}\``,
  ]);
  const mask = only(check(manifest(...good, row('e', { mask: 'mask/gone.png' }))), 'CMR810');
  assert.is(mask.finding.message, 'the mask file of `e` does not exist');
});

test('a file that many rows name is told once, with how many', () => {
  const rows = [0, 1, 2].map((slice) => row(`s${slice}`, { image: 'gone.npz', mask: 'mask/a.png' }));
  const { finding } = only(check(manifest(...good, ...rows)), 'CMR810');
  assert.ok(finding.notes.includes('2 more rows name it'));
});

test('a truncated PNG and a truncated npz are told with the reason', () => {
  write(folder, 'cut.png', png(...size, texture).subarray(0, 60));
  const cut = only(check(manifest(...good, row('e', { image: 'cut.png' }))), 'CMR811');
  assert.match(cut.finding.message, 'the image file of `e` cannot be read: the file ends');
  write(folder, 'cut.npz', npz({ mask: npy([16, 12], new Uint8Array(192), '|u1') }).subarray(0, 90));
  only(check(manifest(...good, row('e', { mask: 'cut.npz' }))), 'CMR811');
});

test('an array that a file does not hold is told with those it does', () => {
  const { finding } = only(
    check(
      manifest(
        ...good,
        row('e', {
          image: 'volume.npz',
          image_array: 'imgae',
          slice: 0,
          mask: 'volume.npz',
          mask_array: 'label',
        }),
      ),
    ),
    'CMR812',
  );
  assert.ok(finding.notes.includes('it holds `image`, `label` and `broken`'));
  assert.match(finding.help[0]!.message, '`image`');
});

test('a slice beyond the volume is told of image and mask', () => {
  const { found, text } = check(
    manifest(...good, row('e', { image: 'volume.npz', slice: 3, mask: null, mask_array: 'label' })),
  );
  assert.equal(
    found.map(({ code, message }) => `${code} ${message}`),
    ['CMR813 the image of `e` has slices 0 to 2, not 3', 'CMR813 the mask of `e` has slices 0 to 2, not 3'],
  );
  assert.is(text.slice(found[0]!.primary.span.start, found[0]!.primary.span.end), '3');
});

test('an image of another size than declared is told, and exchanged sides are recognised', () => {
  write(folder, 'wide.png', png(12, 16, texture));
  write(
    folder,
    'wide-mask.png',
    png(12, 16, () => 2),
  );
  const { finding } = only(
    check(manifest(...good, row('e', { image: 'wide.png', mask: 'wide-mask.png' }))),
    'CMR814',
  );
  assert.is(finding.message, 'the image of `e` is 12×16×1, declared are 16×12×1');
  assert.match(finding.help[0]!.message, 'exchanged');
});

test('a mask of another size than its image is told with both', () => {
  write(
    folder,
    'mask-small.png',
    png(8, 6, () => 2),
  );
  const { finding } = only(check(manifest(...good, row('e', { mask: 'mask-small.png' }))), 'CMR815');
  assert.is(finding.message, 'the mask of `e` is 8×6, its image 16×12');
});

test('values that are no numbers are counted', () => {
  const { finding } = only(
    check(
      manifest(
        ...good,
        row('e', {
          image: 'volume.npz',
          image_array: 'broken',
          slice: 2,
          mask: 'volume.npz',
          mask_array: 'label',
        }),
      ),
    ),
    'CMR816',
  );
  assert.is(finding.message, 'the image of `e` holds values that are no finite numbers, 2 in all');
  assert.equal(finding.notes.slice(0, 2), [
    'row 5 of the manifest',
    `the file is \`${join(folder, 'volume.npz')}\`, slice 2`,
  ]);
});

test('an image of one grey is a warning, and loads', () => {
  write(
    folder,
    'flat.png',
    png(...size, () => 9),
  );
  const outcome = check(manifest(...good, row('e', { image: 'flat.png' })));
  assert.is(only(outcome, 'CMR817').finding.severity, 'warning');
  assert.is(outcome.loaded?.dataset.cases.length, 5);
});

test('images that the fit cannot take, or leaves at another size, are told once', () => {
  const tooSmall = only(
    check(manifest(...good), { fit: [{ kind: 'pad', height: 16, width: 10 }] }),
    'CMR818',
  );
  assert.is(tooSmall.finding.message, 'the image of `a` is 16×12 where `pad(16, 10)` needs it no larger');
  const resampled = check(manifest(...good), { fit: [{ kind: 'resample', spacing: 1.4 }] });
  assert.is(
    only(resampled, 'CMR836').finding.message,
    '`resample(1.4)` needs the spacing of `a`, which is not known',
  );
  const otherSize = only(check(manifest(...good), { fit: [] }), 'CMR819');
  assert.is(otherSize.finding.message, 'the image of `a` is fitted to 16×12×1, the network takes 16×16×1');
});

test('a label that is no class is told with the labels there are', () => {
  const { finding, marked } = only(check(manifest(...good, row('e', { label: 'helthy' }))), 'CMR820');
  assert.is(marked, 'helthy');
  assert.match(finding.help[0]!.message, '`healthy`');
});

test('labels and masks are needed by the heads that learn them, and only by those', () => {
  const bare = row('e', { label: null, mask: null });
  assert.equal(
    check(manifest(...good, bare)).found.map(({ code }) => code),
    ['CMR821', 'CMR821'],
  );
  const segmentation = plan.heads.filter(({ kind }) => kind === 'mask');
  only(check(manifest(...good, bare), {}, { heads: segmentation }), 'CMR821');
  assert.equal(check(manifest(...good, row('e', { label: null })), {}, { heads: segmentation }).found, []);
});

test('a patient with two diagnoses is told', () => {
  const { finding } = only(
    check(manifest(...good, row('e', { patient: 'p-a', label: 'diseased' }))),
    'CMR822',
  );
  assert.is(finding.message, 'the patient `p-a` is both `healthy` and `diseased`');
  assert.equal(finding.notes, ['rows 1 and 5']);
});

test('masks that show nothing are noted, a structure that none shows is a warning', () => {
  write(
    folder,
    'none.png',
    png(...size, () => 0),
  );
  const blank = only(check(manifest(...good, row('e', { mask: 'none.png' }))), 'CMR823');
  assert.is(blank.finding.message, '1 of 5 masks show none of the structures');
  const absent = only(
    check(manifest(...good), {
      structures: [
        { name: 'myocardium', values: [2] },
        { name: 'cavity', values: [7, 8] },
      ],
    }),
    'CMR824',
  );
  assert.equal(absent.finding.notes, ['its mask values are 7, 8']);
});

test('counts that differ from what the dataset expects are told', () => {
  const outcome = check(manifest(...good), {
    expect: { images: 654, patients: 4, classes: { healthy: 2, diseased: 77 } },
  });
  assert.equal(
    outcome.found.map(({ message }) => message),
    [
      'the manifest has 4 images, expected are 654',
      'the manifest has 2 images of class `diseased`, expected are 77',
    ],
  );
});

test('folds that the manifest gives are kept; a patient in two of them is an error', () => {
  const folds = (...numbers: readonly (number | null)[]) =>
    manifest(
      ...['a', 'b', 'c', 'd'].map((name, index) =>
        row(name, {
          label: index < 2 ? 'healthy' : 'diseased',
          fold: numbers[index]!,
          ...(index === 1 ? { patient: 'p-a' } : {}),
        }),
      ),
    );
  const kept = check(folds(1, 1, 2, 2));
  assert.equal(
    kept.found.filter(({ severity }) => severity === 'error'),
    [],
  );
  assert.equal(
    kept.loaded!.dataset.cases.map(({ fold }) => fold),
    [1, 1, 2, 2],
  );
  const errors = (outcome: Outcome) =>
    outcome.found
      .filter(({ severity }) => severity === 'error')
      .map(({ code, message }) => `${code} ${message}`);
  assert.equal(errors(check(folds(1, 2, 2, 2))), ['CMR830 the patient `p-a` is in folds 1 and 2']);
  assert.equal(errors(check(folds(1, 1, null, 2))), ['CMR831 1 of 4 rows name no fold']);
  assert.equal(errors(check(folds(1, 1, 3, 2))), ['CMR832 `c` is in fold 3, the experiment has 2']);
});

test('with a holdout, fold 1 is held out and rows without a fold train', () => {
  const rows = ['a', 'b', 'c', 'd'].map((name, index) =>
    row(name, { label: index < 2 ? 'healthy' : 'diseased', fold: index % 2 === 0 ? 1 : null }),
  );
  const folds = { ...plan.evaluate.folds, kind: 'holdout' as const, count: 1, fraction: 0.5 };
  const change = { evaluate: { ...plan.evaluate, folds } };
  const { found, loaded } = check(manifest(...rows), {}, change);
  assert.equal(found, []);
  assert.equal(foldsOf({ ...plan, ...change }, loaded!.dataset), [1, 0, 1, 0]);
});

test('too few patients for the folds are told', () => {
  const few = check(manifest(row('a'), row('b', { patient: 'p-a' })));
  assert.ok(
    few.found.some(({ code, message }) => code === 'CMR833' && message === '1 patients cannot fill 2 folds'),
  );
  assert.is(only(check(manifest(...good.slice(0, 3))), 'CMR834').finding.severity, 'warning');
});

test('a holdout that leaves a side without images is told', () => {
  const share = (fraction: number) => ({
    evaluate: {
      ...plan.evaluate,
      folds: { ...plan.evaluate.folds, kind: 'holdout' as const, count: 1, fraction },
    },
  });
  const none = only(check(manifest(...good), {}, share(0.01)), 'CMR835');
  assert.is(none.finding.message, 'fold 1 leaves no images to hold out');
  const all = only(check(manifest(...good), {}, share(0.99)), 'CMR835');
  assert.is(all.finding.message, 'fold 1 leaves no images to train on');
});

test('a manifest that no spec names is held against no folds', () => {
  const path = write(folder, 'alone.yaml', manifest(row('a', { fold: 3 })));
  const bag = new Bag();
  assert.is(gatherManifestFacts(path, bag)?.images, 1);
  assert.equal(bag.sorted(), []);
});

test('everything wrong is found in one run, in reading order', () => {
  const { found, loaded } = check(
    manifest(
      good[0]!,
      row('b', { image: 'img/gone.png' }),
      row('c', { label: 'sick', mask: 'mask-small.png' }),
      row('d', { lable: 'healthy' }),
      row('e', { id: 'a', image: 'cut.png' }),
      row('f', { label: 'diseased' }),
    ),
  );
  assert.is(loaded, null);
  const codes = found.filter(({ severity }) => severity === 'error').map(({ code }) => code);
  assert.equal(codes, ['CMR810', 'CMR815', 'CMR820', 'CMR803', 'CMR806', 'CMR811']);
  const starts = found.map(({ primary }) => primary.span.start);
  assert.equal(
    starts,
    [...starts].sort((left, right) => left - right),
  );
});

test('a phantom that does not fit the network is told as well', () => {
  const source: DataPlan['source'] = {
    kind: 'phantom',
    images: 6,
    seed: 1,
    difficulty: 'easy',
    diseased: 0.5,
    size: [16, 12],
  };
  const bag = new Bag();
  assert.is(loadDataset({ ...plan, data: { ...plan.data, source, fit: [] } }, bag, { complete: true }), null);
  assert.equal(
    bag.sorted().map(({ code }) => code),
    ['CMR819'],
  );
});

/** A plan whose heads predict attributes that the manifest gives. */
function asking(of: 'image' | 'patient' = 'image') {
  const head = (name: string, kind: HeadPlan['kind'], encoding: HeadPlan['encoding']): HeadPlan => {
    return { name, kind, encoding, channels: 1, attribute: name, trained: true };
  };
  const classes = (names: readonly string[]) => names.map((name) => ({ name, labels: [name] }));
  const data: Partial<DataPlan> = {
    attributes: [
      { kind: 'value', name: 'ef', column: 'EF', unit: '%', scale: 10, of, margin: 0 },
      {
        kind: 'label',
        name: 'sex',
        column: 'sex',
        classes: classes(['f', 'm']),
        positive: 'f',
        several: false,
      },
      {
        ...{ kind: 'label', name: 'findings', column: 'findings', positive: null, several: true },
        classes: classes(['scar', 'oedema']),
      },
    ],
  };
  const heads = [
    head('ef', 'value', 'number'),
    head('sex', 'label', 'binary'),
    head('findings', 'label', 'multilabel'),
  ];
  return { data, heads };
}

const known = '{ EF: 55.5, sex: f, findings: [scar] }';

test('attributes that heads predict are read from the rows, and become their truths', () => {
  const { data, heads } = asking();
  const rows = good.map((_, index) => row('abcd'[index]!, { label: null, attributes: known }));
  const { found, loaded } = check(manifest(...rows), data, { heads });
  assert.equal(found, []);
  const [one] = loaded!.dataset.cases;
  assert.equal(one!.attributes, { ef: 55.5, sex: 'f', findings: ['scar'] });
  const truths = heads.map((head) => Array.from(encodeKnown(head, one!, loaded!.dataset.plan)!));
  assert.equal(
    truths.map((values) => values.map((value) => Math.round(100 * value) / 100)),
    [[5.55], [1], [1, 0]],
  );
});

test('an attribute that is missing, or is not what it should be, is told with its row', () => {
  const { data, heads } = asking();
  const one = (attributes: string | null) =>
    check(
      manifest(...['a', 'b', 'c'].map((name) => row(name, { attributes: known })), row('d', { attributes })),
      data,
      { heads },
    );
  const codes = ({ found }: Outcome) => [...new Set(found.map(({ code }) => code))];
  assert.equal(codes(one(null)), ['CMR821']);
  assert.match(only(one('{ sex: f, findings: [] }'), 'CMR821').finding.message, 'attribute `EF`');
  const { message } = only(one('{ EF: "55", sex: f, findings: [] }'), 'CMR722').finding;
  assert.is(message, '`d` gives "55" as `EF`, which is to be a number in %');
  assert.equal(codes(one('{ EF: 55, sex: x, findings: [] }')), ['CMR722']);
  assert.equal(codes(one('{ EF: 55, sex: f, findings: [pale] }')), ['CMR722']);
  assert.equal(codes(one('{ EF: 55, sex: f, findings: scar }')), []);
});

test('a number of a patient must be the same in all of its rows', () => {
  const rows = ['a', 'b', 'c', 'd'].map((name, index) =>
    row(name, { patient: index < 2 ? 'p' : name, attributes: known.replace('55.5', String(50 + index)) }),
  );
  const { data, heads } = asking('patient');
  assert.match(only(check(manifest(...rows), data, { heads }), 'CMR723').finding.message, 'both 50 and 51');
  const free = asking('image');
  assert.equal(check(manifest(...rows), free.data, { heads: free.heads }).found, []);
});

test.run();
