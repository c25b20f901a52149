import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Bag } from '../../src/compiler/index.ts';
import { type ImportOptions, importDataset } from '../../src/runtime/data/import/import.ts';
import type { Layout } from '../../src/runtime/data/import/layouts/layout-facts.ts';
import { fileName, fileNames } from '../../src/runtime/data/import/unique-names.ts';
import { parseManifest } from '../../src/runtime/data/manifest/manifest.ts';
import { readVolume } from '../../src/runtime/images/formats/read-volume.ts';
import type { Volume } from '../../src/runtime/images/formats/volume.ts';
import { nifti, npy, npz, png, temporaryFolder, write } from '../images/samples.ts';

const test = suite('importing files as they come');
const root = temporaryFolder();
test.after(() => rmSync(root, { recursive: true }));
let imports = 0;

async function run(layout: Layout, folder: string, options?: ImportOptions, to?: string) {
  imports += 1;
  const out = to ?? join(root, 'data', `${imports}.yaml`);
  const bag = new Bag();
  const imported = await importDataset(layout, join(root, folder), out, bag, options);
  const told = bag.sorted().map(({ code, message }) => `${code} ${message.replaceAll(root, '')}`);
  return { imported, out, told };
}

function rows(path: string) {
  const bag = new Bag();
  const manifest = parseManifest(readFileSync(path, 'utf8'), path, bag);
  assert.equal(bag.sorted(), []);
  return manifest!.rows.map(({ entry }) => entry);
}

async function arrayOf(out: string, array: 'image' | 'mask', row = 0): Promise<readonly number[]> {
  const found = (await readVolume(join(out, '..', String(rows(out)[row]!.image)), array)) as Volume;
  return [...found.values];
}

const size = [2, 3, 4] as const;
const grey = Array.from({ length: 24 }, (_, index) => index + 10);
const labels = Array.from({ length: 24 }, () => Math.floor(Math.random() * 4));
const voxel = (x: number, y: number, z: number) => (z * 3 + y) * 4 + x;

/** The mask as another program might have stored it: mirrored along columns, or with rows and columns exchanged. */
const stored = {
  mirrored: {
    values: labels.map(
      (_, index) => labels[voxel(3 - (index % 4), Math.floor(index / 4) % 3, Math.floor(index / 12))]!,
    ),
    size: [2, 3, 4] as const,
    affine: [-1.25, 0, 0, -7.1 + 3 * 1.25, 0, 1.5, 0, 3.3, 0, 0, 8, 0.1],
    says: 'its mask is mirrored along columns: it is brought to its image’s grid',
  },
  exchanged: {
    values: labels.map(
      (_, index) => labels[voxel(Math.floor(index / 3) % 4, index % 3, Math.floor(index / 12))]!,
    ),
    size: [2, 4, 3] as const,
    affine: [0, 1.25, 0, -7.1, 1.5, 0, 0, 3.3, 0, 0, 8, 0.1],
    says: 'its mask has other axes: it is brought to its image’s grid',
  },
  upside: {
    values: labels.map(
      (_, index) => labels[voxel(index % 4, Math.floor(index / 4) % 3, 1 - Math.floor(index / 12))]!,
    ),
    size: [2, 3, 4] as const,
    affine: [1.25, 0, 0, -7.1, 0, 1.5, 0, 3.3, 0, 0, -8, 8.1],
    says: 'its mask is mirrored along slices: it is brought to its image’s grid',
  },
};

for (const [name, { values, size: own, affine, says }] of Object.entries(stored)) {
  test(`a mask that is stored ${name} is brought to the grid of its image`, async () => {
    write(root, `${name}/a.nii`, nifti(size, grey));
    write(
      root,
      `${name}/a_gt.nii`,
      nifti(own, values, { affine, sizes: name === 'exchanged' ? [1.5, 1.25, 8] : [1.25, 1.5, 8] }),
    );
    const { out, told } = await run('volumes', name);
    assert.equal(await arrayOf(out, 'mask'), labels);
    assert.equal(await arrayOf(out, 'image'), grey);
    assert.equal(told, [`CMR860 \`/${name}/a_gt.nii\`: ${says.replace('’', "'")}`]);
  });
}

test('a mask of a part of the image lands where it lies, and one between the pixels is left out', async () => {
  write(root, 'part/a.nii', nifti(size, grey));
  write(
    root,
    'part/a_gt.nii',
    nifti([1, 2, 2], [1, 2, 3, 4], { affine: [1.25, 0, 0, -5.85, 0, 1.5, 0, 3.3, 0, 0, 8, 8.1] }),
  );
  const { out, told } = await run('volumes', 'part');
  const expected = new Array<number>(24).fill(0);
  for (const [index, value] of [1, 2, 3, 4].entries())
    expected[voxel(1 + (index % 2), index >> 1, 1)] = value;
  assert.equal(await arrayOf(out, 'mask'), expected);
  assert.match(told[0]!, 'covers another part of the patient: it is brought');
  write(root, 'half/a.nii', nifti(size, grey));
  write(
    root,
    'half/a_gt.nii',
    nifti(size, labels, { affine: [1.25, 0, 0, -6.5, 0, 1.5, 0, 3.3, 0, 0, 8, 0.1] }),
  );
  const half = await run('volumes', 'half');
  assert.is(half.imported, null);
  assert.equal(
    half.told[0],
    'CMR842 `/half/a_gt.nii` is left out: its mask lies between the pixels of its image, by up to 0.48 of them',
  );
  write(root, 'far/a.nii', nifti(size, grey));
  write(
    root,
    'far/a_gt.nii',
    nifti(
      size,
      labels.map((one) => one + 1),
      { affine: [1.25, 0, 0, -7.1, 0, 1.5, 0, 3.3, 0, 0, 8, 80.1] },
    ),
  );
  assert.match((await run('volumes', 'far')).told[0]!, 'its mask lies wholly outside of its image');
});

test('names in any script stay apart, also where capitals or spaces tell them apart', async () => {
  const names = [
    '张三',
    '李四',
    'Müller',
    'Möller',
    'a b',
    'a_b',
    'scan(1)',
    'scan[1]',
    'Scan_1_',
    'x/y',
    'x_y',
  ];
  for (const [index, name] of names.entries()) {
    write(root, `names/${name}.nii`, nifti([1, 1, 2], [index, index]));
    write(root, `names/${name}_gt.nii`, nifti([1, 1, 2], [index % 3, 0]));
  }
  const { imported, out, told } = await run('volumes', 'names');
  assert.equal([imported?.images, told], [names.length, []]);
  const files = rows(out).map(({ image }) => String(image));
  assert.is(new Set(files.map((file) => file.normalize('NFKC').toLowerCase())).size, names.length);
  assert.is(new Set(rows(out).map(({ id }) => id)).size, names.length);
  const seen = await Promise.all(rows(out).map((_, row) => arrayOf(out, 'image', row)));
  assert.equal(
    seen.map(([value]) => value).sort((one, other) => one! - other!),
    names.map((_, index) => index),
  );
  assert.ok(files.some((file) => basename(file) === '张三.npz'));
  assert.equal(fileNames(['é', 'e\u0301', 'É', 'CON', '..', '']), ['é', 'é-2', 'É-3', '_CON', '_', '_-2']);
  assert.ok(Buffer.byteLength(fileName('心'.repeat(300))) < 200);
  assert.is.not(fileName(`${'x'.repeat(300)}1`), fileName(`${'x'.repeat(300)}2`));
});

test('nothing is written into a source, and no file that an import did not write is replaced', async () => {
  const original = npz({
    image: npy([1, 2, 2], Float64Array.of(0.1, 0.2, 0.3, 0.4), '<f8'),
    more: npy([1], Uint8Array.of(7), '|u1'),
  });
  for (const name of ['a', 'b']) write(root, `own/scans/${name}.npz`, original);
  const { out, told, imported } = await run('volumes', 'own/scans', {}, join(root, 'own/scans.yaml'));
  assert.is(imported?.images, 2);
  assert.equal(told, [
    'CMR863 the images are written to `/own/scans-images`, because `/own/scans` holds other files',
  ]);
  assert.equal(readdirSync(join(root, 'own/scans')), ['a.npz', 'b.npz']);
  assert.equal([...readFileSync(join(root, 'own/scans/a.npz'))], [...original]);
  assert.is(rows(out)[0]!.image, 'scans-images/a.npz');
  // The folder is known again, and not another one made each time.
  await run('volumes', 'own/scans', {}, out);
  assert.equal(readdirSync(join(root, 'own')).sort(), ['scans', 'scans-images', 'scans.yaml']);
  write(root, 'own/other/a.npz', 'somebody else’s');
  write(root, 'own/raw/a.nii', nifti(size, grey));
  const beside = await run('volumes', 'own/raw', {}, join(root, 'own/other.yaml'));
  assert.is(rows(beside.out)[0]!.image, 'other-images/a.npz');
  assert.is(readFileSync(join(root, 'own/other/a.npz'), 'utf8'), 'somebody else’s');
  for (const [to, options] of [
    ['own/scans/data.yaml', {}],
    ['own/data.yaml', { deidentify: true, key: join(root, 'own/scans/key') }],
  ] as const) {
    const refused = await run('volumes', 'own/scans', options, join(root, to));
    assert.match(refused.told[0]!, /^CMR862/);
    assert.not(existsSync(join(root, to)));
  }
  await run('volumes', 'own/scans', { deidentify: true }, join(root, 'own/hidden.yaml'));
  assert.equal(readdirSync(join(root, 'own/scans')), ['a.npz', 'b.npz']);
  assert.ok(existsSync(join(root, 'own/.cmrnet-key')));
});

test('labels that contradict each other are refused, and what is open about a table is told', async () => {
  const make = (folder: string, table: string) => {
    for (const name of ['p1', 'p2']) write(root, `${folder}/${name}.nii`, nifti([1, 1, 2], [1, 2]));
    write(root, `${folder}/labels.csv`, table);
    return run('volumes', folder);
  };
  const twice = await make('twice', 'patient,label\np1,NOR\np2,NOR\np1,DCM\n');
  assert.is(twice.imported, null);
  assert.equal(twice.told, [
    'CMR841 line 4 of `labels.csv` gives the label `DCM` where line 2 gives `NOR` to `p1`',
  ]);
  const mixed = await make('mixed', 'file,patient,label\np1.nii,,NOR\n,p1,DCM\np2.nii,,DCM\n');
  assert.match(mixed.told.join(), 'line 3 of `labels.csv` gives the label `DCM` where line 2 gives `NOR`');
  const open = await make('open', 'file,patient,label\n,p1,NOR\n,p3,DCM\n,,DCM\n');
  assert.is(open.told.at(-1), 'CMR841 line 4 of `labels.csv` leaves `file` and `patient` empty');
  const rest = await make('rest', 'file,patient,label\n,p1,NOR\n,p3,DCM\n');
  assert.equal(rest.told, [
    'CMR861 `labels.csv` has no row for `p2`',
    'CMR861 line 2 of `labels.csv` leaves `file` empty, so its label is that of all images of `p1`',
    'CMR861 line 3 of `labels.csv` leaves `file` empty, so its label is that of all images of `p3`',
    'CMR861 line 3 of `labels.csv` names `p3`, which is no image or patient of the folder',
  ]);
  assert.equal(
    rows(rest.out).map(({ label }) => label),
    ['NOR', undefined],
  );
  assert.match((await make('neither', 'name,label\np1,NOR\n')).told[0]!, 'has no column `file` or `patient`');
});

test('images whose names differ in how letters are composed keep their own masks', async () => {
  const names = ['M\u00fcller', 'Mu\u0308ller'];
  for (const [index, name] of names.entries()) {
    write(root, `composed/${name}.nii`, nifti([1, 1, 2], [index + 5, 2]));
    write(root, `composed/${name}_gt.nii`, nifti([1, 1, 2], [0, index + 1]));
  }
  // Composed otherwise than its image, and the only one.
  write(root, 'composed/Jo\u0308rg.nii', nifti([1, 1, 2], [9, 2]));
  write(root, 'composed/J\u00f6rg_gt.nii', nifti([1, 1, 2], [0, 3]));
  const { out, told } = await run('volumes', 'composed');
  assert.equal(told, []);
  const pairs = await Promise.all(
    rows(out).map(async (_, row) => [await arrayOf(out, 'image', row), await arrayOf(out, 'mask', row)]),
  );
  assert.equal(
    pairs.map(([image, mask]) => [image![0], mask![1]]).sort(([one], [other]) => one! - other!),
    [
      [5, 1],
      [6, 2],
      [9, 3],
    ],
  );
});

test('two masks for an image and a mask without one are told', async () => {
  for (const name of ['a', 'a_gt', 'a_seg', 'b_gt', 'c'])
    write(root, `pairing/${name}.nii`, nifti([1, 1, 2], [1, 0]));
  const { imported, told } = await run('volumes', 'pairing');
  assert.is(imported?.images, 1);
  assert.equal([...told].sort(), [
    'CMR842 `/pairing/a.nii` is left out: it has 2 masks, `a_gt.nii` and `a_seg.nii`, and one is to be chosen',
    'CMR842 `/pairing/b_gt.nii` is left out: it is a mask, and no image belongs to it',
  ]);
  for (const name of ['images/a.png', 'masks/a.png', 'masks/b.png'])
    write(
      root,
      `sides/${name}`,
      png(2, 2, () => 1),
    );
  assert.match((await run('pairs', 'sides')).told[0]!, 'b.png` is left out: it is a mask');
  write(root, 'sides/masks/a.nii', nifti([1, 2, 2], [1, 1, 1, 1]));
  assert.match(
    (await run('pairs', 'sides')).told.join(),
    'masks/ has `a.nii` and `a.png` for the one image `a.png`',
  );
});

for (const [images, masks, channel] of [
  ['imagesTr', 'labelsTr', '_0000'],
  ['images', 'masks', ''],
  ['.', 'labels', ''],
] as const) {
  test(`the masks in ${masks}/ belong to the images in ${images}/`, async () => {
    const folder = `folders-${masks}`;
    for (const name of ['la_1', 'la_2']) {
      write(root, `${folder}/${images}/${name}${channel}.nii`, nifti(size, grey));
      write(root, `${folder}/${masks}/${name}.nii`, nifti(size, labels));
    }
    write(root, `${folder}/${masks}/la_3.nii`, nifti(size, labels));
    const { out, told, imported } = await run('volumes', folder);
    assert.is(imported?.images, 4);
    assert.equal(await arrayOf(out, 'mask'), labels);
    assert.equal(told, [
      `CMR842 \`/${folder}/${masks}/la_3.nii\` is left out: it is a mask, and no image belongs to it`,
    ]);
  });
}

test('a folder of masks beside the folder of images is told of', async () => {
  write(root, 'siblings/imagesTr/a.nii', nifti(size, grey));
  write(root, 'siblings/labelsTr/a.nii', nifti(size, labels));
  const { told, imported } = await run('volumes', 'siblings/imagesTr');
  assert.is(imported?.images, 2);
  assert.match(told[0]!, 'the folder `labelsTr` beside it is not looked at');
});

test('masks that are nearly whole numbers are rounded and told; grey ones and those between numbers are left out', async () => {
  const scale = Math.fround(0.1);
  write(root, 'values/a.nii', nifti(size, grey));
  write(
    root,
    'values/a_gt.nii',
    nifti(
      size,
      labels.map((one) => one * 10),
      { slope: scale, inter: 0.001 },
    ),
  );
  const { out, told } = await run('volumes', 'values');
  assert.equal(await arrayOf(out, 'mask'), labels);
  assert.match(told[0]!, 'values of its mask are rounded to whole numbers, by up to 0.001');
  write(root, 'between/a.nii', nifti(size, grey));
  write(
    root,
    'between/a_gt.nii',
    nifti(
      size,
      labels.map((one) => 2 * one + 1),
      { slope: 0.5 },
    ),
  );
  assert.match((await run('volumes', 'between')).told[0]!, 'lie between whole numbers');
  const noise = Array.from(
    { length: 20 * 20 },
    (_, index) => (index % 20 > 8 ? 240 : 0) + Math.floor(Math.random() * 15),
  );
  write(root, 'grey/a.nii', nifti([1, 20, 20], noise));
  write(root, 'grey/a_gt.nii', nifti([1, 20, 20], noise));
  assert.match((await run('volumes', 'grey')).told[0]!, 'most of them scattered: it is grey');
});

test('sixteen segments of the heart are a mask and no noise', async () => {
  const segments = Array.from(
    { length: 32 * 32 },
    (_, index) => 1 + (Math.floor(index / 32) >> 3) * 4 + ((index % 32) >> 3),
  );
  write(root, 'segments/a.nii', nifti([1, 32, 32], segments));
  write(root, 'segments/a_gt.nii', nifti([1, 32, 32], segments));
  mkdirSync(join(root, 'data'), { recursive: true });
  const { out, told } = await run('volumes', 'segments');
  assert.equal([told, await arrayOf(out, 'mask')], [[], segments]);
});

test.run();
