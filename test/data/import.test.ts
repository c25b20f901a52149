import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Bag } from '../../src/compiler/index.ts';
import { parseTable } from '../../src/runtime/data/csv.ts';
import { type ImportOptions, importDataset, type Layout } from '../../src/runtime/data/import.ts';
import { parseManifest } from '../../src/runtime/data/manifest.ts';
import { npy, npz, png, temporaryFolder, write } from './samples.ts';

const test = suite('importing a folder');
const root = temporaryFolder();
test.after(() => rmSync(root, { recursive: true }));

let imports = 0;

function run(layout: Layout, folder: string, options?: ImportOptions) {
  imports += 1;
  const out = join(root, 'data', `${imports}.yaml`);
  const bag = new Bag();
  const imported = importDataset(layout, join(root, folder), out, bag, options);
  return { imported, out, found: bag.sorted() };
}

/** The rows that were written, read back without complaint. */
function rows(path: string) {
  const bag = new Bag();
  const manifest = parseManifest(readFileSync(path, 'utf8'), path, bag);
  assert.equal(bag.sorted(), []);
  return manifest!.rows.map(({ entry }) => entry);
}

test('ACDC volumes become a row per slice', () => {
  write(
    root,
    'acdc/index.csv',
    'file,patient,group,phase,slices\npatient001_frame01.npz,patient001,DCM,ED,2\npatient001_frame12.npz,patient001,DCM,ES,1\n',
  );
  write(
    root,
    'acdc/volumes/patient001_frame01.npz',
    npz({ image: npy([2, 4, 4], new Uint16Array(32), '<u2') }),
  );
  const { imported, out, found } = run('acdc', 'acdc');
  assert.equal(found, []);
  assert.equal([imported?.images, imported?.patients], [3, 1]);
  assert.equal(rows(out)[1], {
    id: 'patient001_frame01_s01',
    patient: 'patient001',
    image: '../acdc/volumes/patient001_frame01.npz',
    image_array: 'image',
    mask: '../acdc/volumes/patient001_frame01.npz',
    mask_array: 'label',
    slice: 1,
    label: 'DCM',
  });
});

test('EMIDEC pairs become a row per file', () => {
  write(
    root,
    'emidec/index.csv',
    'file,patient,label,px_lv\nCase_1_s0.png,Case_1,normal,551\r\nCase_2_s0.png,Case_2,pathological,9\n',
  );
  const { imported, out } = run('emidec', 'emidec');
  assert.equal([imported?.images, imported?.patients], [2, 2]);
  assert.equal(rows(out)[1], {
    id: 'Case_2_s0',
    patient: 'Case_2',
    image: '../emidec/images/Case_2_s0.png',
    mask: '../emidec/masks/Case_2_s0.png',
    label: 'pathological',
  });
});

test('pairs of equal names are matched; the patient comes from the name and the label from a table', () => {
  for (const name of ['p1-0', 'p1-1', 'p2-0']) {
    write(
      root,
      `pairs/images/${name}.png`,
      png(2, 2, () => 1),
    );
    write(
      root,
      `pairs/masks/${name}.png`,
      png(2, 2, () => 1),
    );
  }
  write(root, 'pairs/labels.csv', 'patient,label\np1,healthy\np2,"diseased"\n');
  const { out, imported } = run('pairs', 'pairs', { patient: /^(p\d+)-/ });
  assert.equal([imported?.images, imported?.patients], [3, 2]);
  assert.equal(
    rows(out).map(({ id, patient, label }) => [id, patient, label]),
    [
      ['p1-0', 'p1', 'healthy'],
      ['p1-1', 'p1', 'healthy'],
      ['p2-0', 'p2', 'diseased'],
    ],
  );
  rmSync(join(root, 'pairs/labels.csv'));
  assert.equal(rows(run('pairs', 'pairs').out)[0], {
    id: 'p1-0',
    patient: 'p1-0',
    image: '../pairs/images/p1-0.png',
    mask: '../pairs/masks/p1-0.png',
  });
});

test('names that YAML would read as something else stay what they are', () => {
  for (const name of ['007', 'true', 'a b, c', 'null']) {
    write(
      root,
      `odd/images/${name}.png`,
      png(2, 2, () => 1),
    );
    write(
      root,
      `odd/masks/${name}.png`,
      png(2, 2, () => 1),
    );
  }
  assert.equal(
    rows(run('pairs', 'odd').out).map(({ id }) => id),
    ['007', 'a b, c', 'null', 'true'],
  );
});

test('a folder of another layout is refused, and nothing is written', () => {
  mkdirSync(join(root, 'bare/images'), { recursive: true });
  mkdirSync(join(root, 'bare/masks'), { recursive: true });
  const cases: readonly [Layout, string, string][] = [
    ['acdc', 'bare', 'it has no index.csv'],
    ['acdc', 'emidec', 'index.csv has no column `group` or `slices`'],
    ['pairs', 'emidec', 'it has no folder images/'],
    ['pairs', 'bare', 'it holds no images'],
    ['emidec', 'nowhere', 'it has no index.csv'],
  ];
  for (const [layout, folder, reason] of cases) {
    const { imported, out, found } = run(layout, folder);
    assert.is(imported, null);
    assert.is(found[0]!.code, 'CMR840');
    assert.ok(found[0]!.message.endsWith(reason), found[0]!.message);
    assert.not(existsSync(out));
  }
});

test('rows that are not filled, and images without a mask, are all told', () => {
  write(root, 'gaps/index.csv', 'file,patient,group,slices\na.npz,,DCM,2\nb.npz,p,DCM,many\nc.npz,p,DCM,1\n');
  assert.equal(
    run('acdc', 'gaps').found.map(({ code, message }) => `${code} ${message}`),
    ['CMR841 line 2 of `index.csv` leaves `patient` empty', 'CMR841 line 3 of `index.csv` has `many` slices'],
  );
  write(
    root,
    'single/images/a.png',
    png(2, 2, () => 1),
  );
  mkdirSync(join(root, 'single/masks'));
  assert.match(run('pairs', 'single').found[0]!.message, 'masks/ has no `a.png`');
});

test('an import replaces the manifest whole', () => {
  const out = join(root, 'data/twice.yaml');
  for (const folder of ['emidec', 'emidec']) importDataset('emidec', join(root, folder), out, new Bag());
  assert.is(rows(out).length, 2);
  assert.not.ok(readdirSync(join(root, 'data')).some((name) => name.endsWith('.partial')));
});

test('a table may have quotes, empty lines and line ends of Windows', () => {
  const { columns, rows: lines } = parseTable('\uFEFFa,b\r\n"x, ""y""",2\r\n\r\n,3\n');
  assert.equal(columns, ['a', 'b']);
  assert.equal(
    lines.map(({ cells, line }) => [cells, line]),
    [
      [{ a: 'x, "y"', b: '2' }, 2],
      [{ a: '', b: '3' }, 4],
    ],
  );
});

test('files that are no images are passed over', () => {
  for (const part of ['images', 'masks']) {
    write(
      root,
      `mixed/${part}/a.png`,
      png(4, 4, () => 1),
    );
  }
  write(root, 'mixed/images/Thumbs.db', 'x');
  mkdirSync(join(root, 'mixed/images/more'));
  const { imported, found } = run('pairs', 'mixed');
  assert.equal(found, []);
  assert.is(imported?.images, 1);
});

test('a manifest that cannot be written is told', () => {
  write(root, 'in-the-way', 'x');
  const bag = new Bag();
  assert.is(importDataset('pairs', join(root, 'mixed'), join(root, 'in-the-way/out.yaml'), bag), null);
  assert.equal(
    bag.sorted().map(({ code }) => code),
    ['CMR918'],
  );
});

test.run();
