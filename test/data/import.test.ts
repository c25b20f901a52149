import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Bag } from '../../src/compiler/index.ts';
import { type ImportOptions, importDataset } from '../../src/runtime/data/import/import.ts';
import { parseTable } from '../../src/runtime/data/import/layouts/csv.ts';
import type { Layout } from '../../src/runtime/data/import/layouts/layout-facts.ts';
import { parseManifest } from '../../src/runtime/data/manifest/manifest.ts';
import { readVolume } from '../../src/runtime/images/formats/read-volume.ts';
import type { Volume } from '../../src/runtime/images/formats/volume.ts';
import { dicom, nifti, npy, npz, png, temporaryFolder, write } from '../images/samples.ts';

const test = suite('importing a folder');
const root = temporaryFolder();
test.after(() => rmSync(root, { recursive: true }));

let imports = 0;

async function run(layout: Layout, folder: string, options?: ImportOptions) {
  imports += 1;
  const out = join(root, 'data', `${imports}.yaml`);
  const bag = new Bag();
  const imported = await importDataset(layout, join(root, folder), out, bag, options);
  return { imported, out, found: bag.sorted() };
}

/** The rows that were written, read back without complaint. */
function rows(path: string) {
  const bag = new Bag();
  const manifest = parseManifest(readFileSync(path, 'utf8'), path, bag);
  assert.equal(bag.sorted(), []);
  return manifest!.rows.map(({ entry }) => entry);
}

test('ACDC volumes become a row per slice', async () => {
  write(
    root,
    'acdc/index.csv',
    'file,patient,group,phase,slices,voxel_volume_mm3\npatient001_frame01.npz,patient001,DCM,ED,2,24.5\npatient001_frame12.npz,patient001,DCM,ES,1,24.5\n',
  );
  write(
    root,
    'acdc/volumes/patient001_frame01.npz',
    npz({ image: npy([2, 4, 4], new Uint16Array(32), '<u2') }),
  );
  const { imported, out, found } = await run('acdc', 'acdc');
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
    phase: 'ED',
    voxel_volume: 24.5,
  });
});

test('EMIDEC pairs become a row per file', async () => {
  write(
    root,
    'emidec/index.csv',
    'file,patient,label,px_lv\nCase_1_s0.png,Case_1,normal,551\r\nCase_2_s0.png,Case_2,pathological,9\n',
  );
  const { imported, out } = await run('emidec', 'emidec');
  assert.equal([imported?.images, imported?.patients], [2, 2]);
  assert.equal(rows(out)[1], {
    id: 'Case_2_s0',
    patient: 'Case_2',
    image: '../emidec/images/Case_2_s0.png',
    mask: '../emidec/masks/Case_2_s0.png',
    label: 'pathological',
  });
});

test('pairs of equal names are matched; the patient comes from the name and the label from a table', async () => {
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
  const { out, imported } = await run('pairs', 'pairs', { patient: /^(p\d+)-/ });
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
  assert.equal(rows((await run('pairs', 'pairs')).out)[0], {
    id: 'p1-0',
    patient: 'p1-0',
    image: '../pairs/images/p1-0.png',
    mask: '../pairs/masks/p1-0.png',
  });
});

test('further columns of labels.csv are attributes: numbers, texts, or several texts', async () => {
  for (const name of ['p1-0', 'p2-0']) {
    for (const kind of ['images', 'masks']) {
      write(
        root,
        `known/${kind}/${name}.png`,
        png(2, 2, () => 1),
      );
    }
  }
  write(
    root,
    'known/labels.csv',
    'patient,EF,vendor,findings,code\np1,55.2,Siemens,scar;oedema,007\np2,,GE,scar,1\n',
  );
  const { out, found } = await run('pairs', 'known', { patient: /^(p\d+)-/ });
  assert.equal(found, []);
  assert.equal(
    rows(out).map(({ label, attributes }) => [label, attributes]),
    [
      [undefined, { EF: 55.2, vendor: 'Siemens', findings: ['scar', 'oedema'], code: '007' }],
      [undefined, { vendor: 'GE', findings: 'scar', code: 1 }],
    ],
  );
  const hidden = await run('pairs', 'known', { patient: /^(p\d+)-/, deidentify: true });
  assert.ok(rows(hidden.out).every(({ attributes }) => attributes === undefined));
  assert.ok(hidden.found.some(({ message }) => message.includes('`EF`')));
  write(root, 'known/labels.csv', 'file,patient,EF\np1-0.png,p1,55\n,p1,54\n,p2,40\n');
  const wrong = await run('pairs', 'known', { patient: /^(p\d+)-/ });
  assert.ok(wrong.found.some(({ message }) => message.includes('gives `54` as `EF`')));
});

test('a dataset.json names the structures, as nnU-Net or the Decathlon write it; known data sets have theirs', async () => {
  const said = (out: string) =>
    Object.fromEntries(
      [...parseManifest(readFileSync(out, 'utf8'), out, new Bag())!.structures].map(([name, { value }]) => [
        name,
        value,
      ]),
    );
  const texts = {
    nnunet: { labels: { background: 0, 'left ventricle': 1, 'whole heart': [1, 2] } },
    decathlon: { labels: { 0: 'background', 1: 'RV', 2: '心筋' } },
  };
  for (const [name, text] of Object.entries(texts)) {
    for (const kind of ['images', 'masks'])
      write(
        root,
        `${name}/${kind}/a.png`,
        png(32, 32, (row) => row % 3),
      );
    write(root, `${name}/dataset.json`, JSON.stringify(text));
  }
  const first = await run('pairs', 'nnunet');
  assert.equal(first.found, []);
  assert.equal(said(first.out), { left_ventricle: 1 });
  assert.equal(said((await run('pairs', 'decathlon')).out), { rv: 1, structure_2: 2 });
  assert.equal(said((await run('acdc', 'acdc')).out), {
    right_ventricle: 1,
    myocardium: 2,
    left_ventricle: 3,
  });
  // Masks that are decoded stand in the file of their image.
  write(root, 'decoded/a.nii', nifti([1, 1, 2], [1, 2]));
  write(root, 'decoded/a_gt.nii', nifti([1, 1, 2], [1, 0]));
  write(root, 'decoded/dataset.json', JSON.stringify(texts.nnunet));
  assert.equal(said((await run('volumes', 'decoded')).out), { left_ventricle: 1 });
  write(root, 'decathlon/dataset.json', '{ labels');
  const broken = await run('pairs', 'decathlon');
  assert.equal([broken.found.map(({ code }) => code), said(broken.out)], [['CMR842'], {}]);
});

test('names that YAML would read as something else stay what they are', async () => {
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
    rows((await run('pairs', 'odd')).out).map(({ id }) => id),
    ['007', 'a b, c', 'null', 'true'],
  );
});

test('a folder of another layout is refused, and nothing is written', async () => {
  mkdirSync(join(root, 'bare/images'), { recursive: true });
  mkdirSync(join(root, 'bare/masks'), { recursive: true });
  const cases: readonly [Layout, string, string][] = [
    ['acdc', 'bare', 'it has neither index.csv nor a patient folder with Info.cfg'],
    ['acdc', 'emidec', 'index.csv has no column `group` or `slices`'],
    ['pairs', 'emidec', 'it has no folder images/'],
    ['pairs', 'bare', 'it holds no images'],
    ['emidec', 'nowhere', 'it cannot be listed'],
  ];
  for (const [layout, folder, reason] of cases) {
    const { imported, out, found } = await run(layout, folder);
    assert.is(imported, null);
    assert.is(found[0]!.code, 'CMR840');
    assert.ok(found[0]!.message.endsWith(reason), found[0]!.message);
    assert.not(existsSync(out));
  }
});

test('rows that are not filled, and images without a mask, are all told', async () => {
  write(root, 'gaps/index.csv', 'file,patient,group,slices\na.npz,,DCM,2\nb.npz,p,DCM,many\nc.npz,p,DCM,1\n');
  assert.equal(
    (await run('acdc', 'gaps')).found.map(({ code, message }) => `${code} ${message}`),
    ['CMR841 line 2 of `index.csv` leaves `patient` empty', 'CMR841 line 3 of `index.csv` has `many` slices'],
  );
  write(
    root,
    'single/images/a.png',
    png(2, 2, () => 1),
  );
  mkdirSync(join(root, 'single/masks'));
  assert.match((await run('pairs', 'single')).found[0]!.message, 'masks/ has no `a.png`');
});

test('an import replaces the manifest whole', async () => {
  const out = join(root, 'data/twice.yaml');
  for (const folder of ['emidec', 'emidec'])
    await importDataset('emidec', join(root, folder), out, new Bag());
  assert.is(rows(out).length, 2);
  assert.not.ok(readdirSync(join(root, 'data')).some((name) => name.endsWith('.partial')));
});

test('a table may have quotes, empty lines and line ends of Windows', async () => {
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

test('a table is read as spreadsheets of any country and system write it', () => {
  const expected = [
    { patient: 'p1', label: 'ill, or\nnot' },
    { patient: 'p2', label: 'he said "well"' },
  ];
  for (const separator of [',', ';', '\t']) {
    for (const end of ['\n', '\r\n', '\r']) {
      const lines = [
        ['Patient', ' LABEL '],
        ['p1', '"ill, or\nnot"'],
        [' "p2"', '"he said ""well"""'],
      ];
      const text = lines.map((cells) => cells.join(separator)).join(end);
      const { columns, rows: found, open } = parseTable(text, ['patient', 'label']);
      assert.equal([columns, open], [['patient', 'label'], null]);
      assert.equal(
        found.map(({ cells }) => cells),
        expected,
        JSON.stringify([separator, end]),
      );
    }
  }
  const numbers = parseTable('a,b\n"1\n2",3\r\n4,5,6\n7,8,,\n').rows;
  assert.equal(
    numbers.map(({ line, beyond }) => [line, beyond]),
    [
      [2, 0],
      [4, 1],
      [5, 0],
    ],
  );
  assert.is(parseTable('a,b\n1,2\n"3,4\n5,6\n').open, 3);
});

test('a table that would be read wrongly is refused in words', async () => {
  const make = async (name: string, bytes: Uint8Array | string) => {
    write(root, `${name}/p1.nii`, nifti([1, 1, 2], [1, 2]));
    write(root, `${name}/labels.csv`, bytes);
    return run('volumes', name);
  };
  for (const [name, bytes, words] of [
    ['utf16', Buffer.from('\uFEFFpatient,label\np1,x\n', 'utf16le'), 'it is UTF-16: save it'],
    ['latin', Buffer.from('patient,label\np1,schön\n', 'latin1'), 'it is not UTF-8: save it'],
    ['quote', 'patient,label\n"p1,x\n', 'a quote in line 2 that does not end'],
    ['doubled', 'patient,label,Label\np1,x,y\n', 'two columns `label`'],
    ['beyond', 'patient,label\np1,ill, very\n', 'has 3 cells where the header names 2 columns'],
  ] as const) {
    const { imported, found } = await make(name, bytes);
    const told = found.map(({ message }) => message).join();
    assert.is(imported, null);
    assert.ok(told.includes(words), `${name}: ${told}`);
  }
  const composed = 'Jo\u0308rg';
  write(root, 'nfd/J\u00f6rg.nii', nifti([1, 1, 2], [1, 2]));
  write(root, 'nfd/labels.csv', `patient,label\n${composed},ill\n`);
  const { found, imported } = await run('volumes', 'nfd');
  assert.equal([found, imported?.images], [[], 1]);
});

test('files that are no images are passed over', async () => {
  for (const part of ['images', 'masks']) {
    write(
      root,
      `mixed/${part}/a.png`,
      png(4, 4, () => 1),
    );
  }
  write(root, 'mixed/images/Thumbs.db', 'x');
  mkdirSync(join(root, 'mixed/images/more'));
  const { imported, found } = await run('pairs', 'mixed');
  assert.equal(found, []);
  assert.is(imported?.images, 1);
});

test('a manifest that cannot be written is told', async () => {
  write(root, 'in-the-way', 'x');
  const bag = new Bag();
  assert.is(await importDataset('pairs', join(root, 'mixed'), join(root, 'in-the-way/out.yaml'), bag), null);
  assert.equal(
    bag.sorted().map(({ code }) => code),
    ['CMR918'],
  );
});

test('two DICOM series of a patient are the channels of one image where that is asked for and they show the same places', async () => {
  const put = (folder: string, patient: string, series: string, depths: readonly number[], first: number) =>
    depths.map((z, index) =>
      write(
        root,
        `${folder}/${patient}-${series}-${index}`,
        dicom({
          ...{ patient, series, z, instance: index + 1, rows: 1, columns: 2 },
          pixels: [first + 10 * z, first + 10 * z + 1],
        }),
      ),
    );
  put('t1t2', 'A', '1.1', [0, 8], 1000);
  put('t1t2', 'A', '1.2', [8, 0], 2000);
  put('t1t2', 'B', '1.3', [0, 8], 5);
  const { imported, out, found } = await run('dicom', 't1t2', { channels: 2 });
  assert.equal([imported?.images, imported?.patients], [2, 1]);
  assert.equal(
    found.map(({ code }) => code),
    ['CMR856', 'CMR842'],
  );
  assert.match(found[1]!.message, 'its patient has 1 series, where an image has 2 for its channels');
  assert.match(
    String(found[0]!.notes),
    /channel 1: `.*A-1.1-0` and 1 more,channel 2: `.*A-1.2-0` and 1 more/,
  );
  const volume = (await readVolume(join(root, 'data', String(rows(out)[0]!.image)), 'image')) as Volume;
  assert.equal([...volume.values], [1000, 2000, 1001, 2001, 1080, 2080, 1081, 2081]);

  put('apart', 'A', '1.1', [0, 8], 1000);
  put('apart', 'A', '1.2', [3, 11], 2000);
  const apart = await run('dicom', 'apart', { channels: 2 });
  assert.is(apart.imported, null);
  assert.match(
    String(apart.found.map(({ message }) => message)),
    'its channel lies between the pixels of its image',
  );
  put('fewer', 'A', '1.1', [0, 8], 1000);
  put('fewer', 'A', '1.2', [0], 2000);
  const fewer = await run('dicom', 'fewer', { channels: 2 });
  assert.is(fewer.imported, null);
  assert.match(String(fewer.found.map(({ message }) => message)), /its channel (covers a part|has)/);
});

const below = (name: string) => join(root, name);

test('a DICOM folder becomes series in the order of their places, and no byte written names a person', async () => {
  const place = (patient: string, z: number, instance: number, series = '1.2') =>
    write(
      root,
      `scanner/${patient}/${instance}-${series}`,
      dicom({ patient, series, z, instance, rows: 2, columns: 2, pixels: Array(4).fill(100 * z + instance) }),
    );
  for (const [index, z] of [16, 0, 8].entries()) place('DOE-4711', z, index + 1);
  place('ROE-0815', 3, 1, '1.9');
  write(root, 'scanner/labels.csv', 'patient,label\nDOE-4711,diseased\nROE-0815,healthy\n');
  write(root, 'scanner/readme.txt', 'not an image');
  const { imported, out, found } = await run('dicom', 'scanner');
  assert.equal(
    found.map(({ code, primary }) => [code, primary.span.file]),
    [['CMR842', below('scanner/readme.txt')]],
  );
  assert.equal([imported?.images, imported?.patients, imported?.skipped], [4, 2, 0]);
  const written = rows(out);
  assert.equal(
    written.map(({ slice, label, spacing, thickness }) => [slice, label, spacing, thickness]),
    [
      [0, 'diseased', [1.5, 1.25], 8],
      [1, 'diseased', [1.5, 1.25], 8],
      [2, 'diseased', [1.5, 1.25], 8],
      [0, 'healthy', [1.5, 1.25], undefined],
    ],
  );
  const volume = (await readVolume(join(root, 'data', String(written[0]!.image)), 'image')) as Volume;
  assert.equal([volume.values[0], volume.values[4], volume.values[8]], [2, 803, 1601]);
  for (const name of everyFile(below('data'))) {
    assert.not.match(`${name} ${readFileSync(name, 'latin1')}`, /DOE|4711|ROE|0815|Anne/);
  }
  const again = await run('dicom', 'scanner');
  assert.equal(rows(again.out)[0]!.patient, written[0]!.patient);
  const other = await run('dicom', 'scanner', {
    key: write(root, 'other.key', 'another key of enough length'),
  });
  assert.is.not(rows(other.out)[0]!.patient, written[0]!.patient);
  assert.is(
    (await run('dicom', 'scanner', { key: write(root, 'short.key', 'short') })).found.at(-1)!.code,
    'CMR843',
  );
});

function everyFile(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

test('the challenge folders of ACDC and EMIDEC are read as they are handed out', async () => {
  const image = nifti([2, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8]);
  const mask = nifti([2, 2, 2], [0, 1, 2, 3, 0, 0, 2, 3]);
  write(root, 'challenge/patient007/Info.cfg', 'ED: 1\nES: 12\nGroup: HCM\nHeight: 180.0\n');
  write(root, 'challenge/patient007/patient007_frame01.nii', image);
  write(root, 'challenge/patient007/patient007_frame01_gt.nii', mask);
  const acdc = rows((await run('acdc', 'challenge')).out);
  assert.equal(
    acdc.map(({ id, patient, label, spacing }) => [id, patient, label, spacing]),
    [
      ['patient007_frame01_s00', 'patient007', 'HCM', [1.5, 1.25]],
      ['patient007_frame01_s01', 'patient007', 'HCM', [1.5, 1.25]],
    ],
  );
  write(root, 'enhanced/Case_P009/Images/Case_P009.nii', image);
  write(root, 'enhanced/Case_P009/Contours/Case_P009.nii', mask);
  assert.is(rows((await run('emidec', 'enhanced')).out)[1]!.label, 'pathological');
});

test('outlines become masks of muscle and cavity; slices with the inner one alone are left out and named', async () => {
  const square = (low: number, high: number) =>
    [
      [low, low],
      [high, low],
      [high, high],
      [low, high],
    ]
      .map((point) => point.join(' '))
      .join('\n');
  const contours = 'sunny/contours/SC-HF-I-01/contours-manual/IRCCI-expert';
  write(root, `${contours}/IM-0001-0048-icontour-manual.txt`, square(3, 5));
  write(root, `${contours}/IM-0001-0048-ocontour-manual.txt`, square(2, 6));
  write(root, `${contours}/IM-0001-0068-icontour-manual.txt`, square(3, 5));
  const pixels = Array.from({ length: 81 }, (_, index) => index);
  write(root, 'sunny/images/SC-HF-I-1/IM-0004-0048.dcm', dicom({ rows: 9, columns: 9, pixels }));
  const { out, found } = await run('sunnybrook', 'sunny');
  assert.equal(
    found.map(({ code, message }) => `${code} ${message.split('left out: ')[1]}`),
    ['CMR842 it is an inner outline without the outer one: the muscle lies between both'],
  );
  const [row, ...more] = rows(out);
  assert.equal([more.length, row!.patient, row!.label], [0, 'SC-HF-I-1', 'HF-I']);
  const { values } = (await readVolume(join(root, 'data', String(row!.image)), 'mask')) as Volume;
  assert.equal(
    [2, 3].map((value) => values.filter((one) => one === value).length),
    [12, 4],
  );
});

test('files that cannot be read are left out, each with its reason, and the rest is imported', async () => {
  write(root, 'study/a.nii', nifti([1, 2, 2], [1, 2, 3, 4]));
  write(root, 'study/a_gt.nii', nifti([1, 2, 2], [0, 1, 1, 0]));
  write(root, 'study/b.nii', nifti([1, 2, 2], [1, 2, 3, 4]).slice(0, -1));
  write(root, 'study/c.npz', npz({ image: npy([3, 2, 2], new Uint8Array(12), '|u1') }));
  const { imported, found, out } = await run('volumes', 'study', { deidentify: true });
  assert.equal([imported?.images, imported?.skipped], [4, 1]);
  assert.equal(
    found.map(({ code, message }) => `${code} ${message.replace(/`.*`/, 'b')}`),
    ['CMR842 b is left out: it declares 8 bytes of values and holds 7'],
  );
  assert.ok(rows(out).every(({ id, patient }) => /^p-[0-9a-f]{12}$/.test(patient) && id.startsWith(patient)));
});

test.run();
