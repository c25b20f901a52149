import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Bag } from '../../src/compiler/index.ts';
import { sortFiles } from '../../src/runtime/data/import/layouts/dicom-series.ts';
import type { Search } from '../../src/runtime/data/import/layouts/found.ts';
import { listTree } from '../../src/runtime/data/import/layouts/list-files.ts';
import { decodeText } from '../../src/runtime/images/dicom/character-sets.ts';
import { readSeries } from '../../src/runtime/images/dicom/series/read-series.ts';
import { Findings } from '../../src/runtime/images/formats/findings.ts';
import { ReaderThread } from '../../src/runtime/images/formats/reader-thread.ts';
import { imageOf, type Volume } from '../../src/runtime/images/formats/volume.ts';
import { dicomSeries, type SeriesFile, type SeriesSample } from './dicom-series.ts';
import { dicom, png, temporaryFolder, write } from './samples.ts';

const test = suite('DICOM series as volumes');
const root = temporaryFolder();
const reader = new ReaderThread();
test.after(async () => {
  await reader.end();
  rmSync(root, { recursive: true });
});

let folders = 0;

function put(files: readonly Pick<SeriesFile, 'name' | 'bytes'>[]): string {
  folders += 1;
  const folder = join(root, `series${folders}`);
  for (const { name, bytes } of files) write(folder, name, bytes);
  return folder;
}

/** The volumes of a folder, and what was said of it by code and file. */
async function read(folder: string) {
  const bag = new Bag();
  const search = { folder, bag, layout: 'dicom', needs: '' } as Search;
  const { series, others } = await sortFiles(bag, listTree(search), reader);
  const volumes: Volume[] = [];
  for (const { image } of series) {
    if (image.kind !== 'series') throw new Error('no series');
    const volume = await readSeries(image.frames, reader);
    if ('problem' in volume)
      bag.report('importFile', {
        at: at(folder),
        arguments: { path: folder, reason: JSON.stringify(volume) },
      });
    else {
      volumes.push(volume);
      const findings = new Findings();
      findings.add(folder, volume.findings);
      findings.report(bag);
    }
  }
  const said = bag
    .sorted()
    .map(({ code, primary }) => `${code} ${primary.span.file.slice(folder.length + 1)}`);
  return {
    volumes,
    others,
    said,
    messages: bag.sorted().map(({ message, notes }) => [message, ...notes].join('\n')),
  };
}

const at = (path: string) => ({ file: path, start: 0, end: 0 });

async function readSample(
  sample: SeriesSample,
  change: (files: readonly SeriesFile[]) => readonly SeriesFile[] = (files) => files,
) {
  const files = change(dicomSeries(sample));
  return { files, ...(await read(put(shuffled(files)))) };
}

function shuffled<T>(values: readonly T[]): readonly T[] {
  return [...values].sort(() => Math.random() - 0.5);
}

/** Millilitres of a volume by the determinant of its affine, and by the product of its spacing. */
function millilitres({ affine, spacing, slices, rows, columns }: Volume): readonly number[] {
  const [a, b, c, , d, e, f, , g, h, i] = affine as number[];
  const determinant = a! * (e! * i! - f! * h!) - b! * (d! * i! - f! * g!) + c! * (d! * h! - e! * g!);
  const product = spacing![0] * spacing![1] * spacing![2];
  return [Math.abs(determinant), product].map((voxel) =>
    Number(((voxel * slices * rows * columns) / 1000).toFixed(6)),
  );
}

const voxels = (1.5 * 1.25 * 12) / 1000;

function shape({ frames, slices }: Volume) {
  return [frames, slices];
}

test('every image of a cine lies at its place and phase, and phases carry their trigger times', async () => {
  const { volumes, files, said } = await readSample({ places: 3, phases: 5, interval: 41.5 });
  assert.equal(said, []);
  const [volume] = volumes as [Volume];
  assert.equal(shape(volume), [5, 3]);
  for (const { place, phase, pixels } of files) {
    assert.equal([...imageOf(volume, phase * 3 + place).values], pixels);
  }
  assert.equal(volume.times, [0, 41.5, 83, 124.5, 166]);
  assert.equal(millilitres(volume), [3 * 8 * voxels, 3 * 8 * voxels]);
});

test('a series that was sent again under another number counts once, and its files are named', async () => {
  const series = dicomSeries({ places: 3 });
  const again = (number: string, changed: Parameters<typeof dicom>[0] | object = {}, from = series) =>
    from.map(({ name, place, pixels }, index) => ({
      name: `x${number}/${name}`,
      bytes: dicom({
        ...{ rows: 3, columns: 4, pixels, position: [-10, 20, 8 * place], series: number },
        ...{ instance: 70 + index, sopInstance: `1.2.3.${number}.${index}` },
        ...changed,
      }),
    }));
  const resent = await read(put([...series, ...again('1.9')]));
  assert.equal(resent.volumes.map(shape), [[1, 3]]);
  assert.equal(resent.said, ['CMR846 x1.9/IM001']);
  assert.match(
    resent.messages[0]!,
    /its 3 files have the same pixels, places and times\n.*`.*x1.9.IM001` is `.*IM001`/,
  );
  assert.match(resent.messages[0]!, 'IM003');

  // Of one that lacks an image, the whole one stays.
  const part = await read(put([...series.slice(1), ...again('1.9')]));
  assert.equal([part.volumes.map(shape), part.said], [[[1, 3]], ['CMR846 IM002']]);
  // Other pixels, another scale, another place, another patient: other images.
  for (const changed of [
    { pixels: Array(12).fill(7) },
    { slope: 2, intercept: 0 },
    { position: [-10, 20, 100] },
    { patient: 'Somebody' },
  ]) {
    const { volumes, said } = await read(put([...series, ...again('1.9', changed)]));
    assert.is(volumes.length, 2, JSON.stringify(changed));
    assert.not.ok(said.includes('CMR846 x1.9/IM001'), JSON.stringify(changed));
  }
  // Sent twice more.
  const thrice = await read(put([...series, ...again('1.8'), ...again('1.9')]));
  assert.equal([thrice.volumes.length, thrice.said.length], [1, 2]);
});

test('directions, spacings and places that differ in their last digits are one series', async () => {
  const jitter = () => (Math.random() - 0.5) * 0.06;
  const { volumes, said } = await readSample({
    places: 3,
    phases: 4,
    image: (place, phase) => ({
      orientation: [1, phase % 2 === 0 ? -0.0004 : 1e-10, 0, 0, 1, -1e-10],
      position: [-10, 20, 8 * place + jitter()],
    }),
  });
  assert.equal(said, []);
  assert.equal(volumes.map(shape), [[4, 3]]);
  assert.ok(Math.abs(volumes[0]!.spacing![2] - 8) < 0.05);
});

test('planes of other directions, sizes and kinds are other volumes', async () => {
  const { volumes } = await readSample({
    places: 4,
    image: (place) => ({ orientation: place < 2 ? [1, 0, 0, 0, 1, 0] : [1, 0, 0, 0, 0, 1] }),
  });
  assert.is(volumes.length, 2);
});

test('the thickness of a sheared stack is that along the normal', async () => {
  const { volumes, said } = await readSample({ shear: 3 });
  assert.equal(said, []);
  assert.equal(millilitres(volumes[0]!), [4 * 8 * voxels, 4 * 8 * voxels]);
  assert.equal(volumes[0]!.spacing![2], 8);
});

test('an image that is there twice counts once, under whatever name', async () => {
  for (const other of [{}, { sopInstance: '1.2.3.77', instance: 77 }]) {
    const series = dicomSeries({ places: 3, phases: 2 });
    const twin = dicom({
      rows: 3,
      columns: 4,
      pixels: series[3]!.pixels,
      instance: 4,
      position: [-10, 20, 8],
      trigger: 50,
      ...other,
    });
    const { volumes, said } = await read(put([...series, { name: 'IM004copy', bytes: twin }]));
    assert.equal(volumes.map(shape), [[2, 3]]);
    assert.is(said.length, 1);
    assert.match(said[0]!, /^CMR850 IM004/);
    assert.equal(millilitres(volumes[0]!)[0], 3 * 8 * voxels);
  }
});

test('of two images of one place and phase the later is taken, and the other named', async () => {
  const series = dicomSeries({ places: 4 });
  const again = dicom({
    rows: 3,
    columns: 4,
    pixels: Array(12).fill(7),
    instance: 9,
    position: [-10, 20, 16],
  });
  const { volumes, said } = await read(put([...series, { name: 'IM009', bytes: again }]));
  assert.equal(said, ['CMR842 IM003']);
  assert.equal(volumes.map(shape), [[1, 4]]);
  assert.is(imageOf(volumes[0]!, 2).values[0], 7);
});

test('a missing slice is named, and its neighbours keep their thickness', async () => {
  const { volumes, said, messages } = await readSample({ places: 5 }, (files) =>
    files.filter(({ place }) => place !== 2),
  );
  assert.equal(said, ['CMR851 IM004']);
  assert.match(messages[0]!, 'lies at 8 mm and');
  const [volume] = volumes as [Volume];
  assert.equal([volume.slices, volume.slots], [4, [0, 1, 3, 4]]);
  assert.equal(millilitres(volume), [4 * 8 * voxels, 4 * 8 * voxels]);
});

for (const [words, sample] of [
  ['trigger times', { interval: 50 }],
  [
    'trigger times that differ from place to place',
    { interval: 50, image: (place: number, phase: number) => ({ trigger: phase * (50 + place) }) },
  ],
  ['numbers of images alone', { interval: null }],
] as const) {
  test(`a missing phase is found by ${words}, and only whole phases are kept`, async () => {
    for (const missing of [0, 1, 3]) {
      const { volumes, said, messages, files } = await readSample(
        { places: 3, phases: 4, ...sample },
        (all) => all.filter(({ place, phase }) => place !== 1 || phase !== missing),
      );
      assert.equal(said.filter((line) => line.startsWith('CMR852')).length, 1, said.join());
      assert.equal(said.filter((line) => line.startsWith('CMR842')).length, 2);
      assert.match(messages.join('\n'), `lacks phase ${missing + 1}`);
      const [volume] = volumes as [Volume];
      assert.equal(shape(volume), [3, 3]);
      assert.equal(millilitres(volume), [3 * 8 * voxels, 3 * 8 * voxels]);
      const kept = [0, 1, 2, 3].filter((phase) => phase !== missing);
      for (const { place, phase, pixels } of files.filter((one) => one.phase !== missing)) {
        assert.equal([...imageOf(volume, kept.indexOf(phase) * 3 + place).values], pixels);
      }
    }
  });
}

test('a place of which most phases are missing is left out, so that the others stay whole', async () => {
  const { volumes, said } = await readSample({ places: 4, phases: 6 }, (all) =>
    all.filter(({ place, phase }) => place !== 3 || phase === 2),
  );
  assert.equal(volumes.map(shape), [[6, 3]]);
  assert.equal(
    said.filter((line) => line.startsWith('CMR842')),
    ['CMR842 IM021'],
  );
});

test('a place in the middle that is left out is a gap, and its neighbours keep their thickness', async () => {
  const { volumes, said } = await readSample({ places: 5, phases: 6 }, (all) =>
    all.filter(({ place, phase }) => place !== 2 || phase === 4),
  );
  assert.equal(volumes.map(shape), [[6, 4]]);
  assert.is(volumes[0]!.spacing![2], 8);
  assert.equal(volumes[0]!.slots, [0, 1, 3, 4]);
  assert.ok(said.some((line) => line.startsWith('CMR851')));
});

test('of two phases the whole one is kept rather than a place given up', async () => {
  const { volumes } = await readSample({ places: 3, phases: 2 }, (all) =>
    all.filter(({ place, phase }) => place !== 1 || phase !== 1),
  );
  assert.equal(volumes.map(shape), [[1, 3]]);
  assert.equal(millilitres(volumes[0]!), [3 * 8 * voxels, 3 * 8 * voxels]);
});

test('images of one place that say nothing of time are told to be taken for points in time', async () => {
  const { volumes, said, messages } = await readSample({ places: 2, phases: 3, interval: null });
  assert.equal([volumes.map(shape), said], [[[3, 2]], ['CMR853 IM001']]);
  assert.match(messages.join(), 'do not say when they were taken');
  const timed = await readSample({ places: 2, phases: 3 });
  assert.equal(timed.said, []);
});

test('images that do not say where they lie are slices without a volume, and never time', async () => {
  const { volumes, said, files } = await readSample({ image: () => ({ position: null, thickness: 8 }) });
  assert.equal(said, ['CMR853 IM001']);
  assert.equal(volumes.map(shape), [[1, 4]]);
  assert.equal([volumes[0]!.spacing, volumes[0]!.affine], [[1.5, 1.25, 0], null]);
  assert.equal([...imageOf(volumes[0]!, 2).values], files[2]!.pixels);
});

test('one image without a place among others is left out, and leaves a gap', async () => {
  const { volumes, said } = await readSample({ image: (place) => (place === 2 ? { position: null } : {}) });
  assert.equal(said, ['CMR842 IM003', 'CMR851 IM004']);
  assert.equal(volumes[0]!.slots, [0, 1, 3]);
});

test('unevenly placed slices give no volume, and directions that are none no place', async () => {
  const uneven = await readSample({ image: (place) => ({ position: [0, 0, [0, 8, 20, 29][place]!] }) });
  assert.equal(uneven.said, ['CMR853 IM001']);
  assert.equal([uneven.volumes[0]!.spacing![2], uneven.volumes[0]!.affine], [0, null]);
  const far = await readSample({ image: (place) => ({ position: [0, 0, [0, 8, 16, 8000][place]!] }) });
  assert.equal(far.said, ['CMR853 IM001']);
  const flat = await readSample({ image: () => ({ orientation: [1, 0, 0, 1, 0, 0] }) });
  assert.equal(flat.said, ['CMR853 IM001']);
});

test('a file whose pixels cannot be read is named, and its neighbours are not stretched', async () => {
  const { volumes, said } = await readSample({}, (files) =>
    files.map((file) => (file.place === 1 ? { ...file, bytes: file.bytes.subarray(0, -10) } : file)),
  );
  assert.equal(
    said.map((line) => line.slice(0, 6)),
    ['CMR842', 'CMR851'],
  );
  assert.is(volumes[0]!.spacing![2], 8);
});

test('a file without the 128 bytes and DICM is read, with and without its meta elements', async () => {
  const { volumes, said, files } = await readSample({}, (all) =>
    all.map((file) => {
      const body = Buffer.from(file.bytes).indexOf(Buffer.from([8, 0, 0x16, 0]));
      return {
        ...file,
        bytes:
          file.place === 1
            ? file.bytes.subarray(132)
            : file.place === 2
              ? file.bytes.subarray(body)
              : file.bytes,
      };
    }),
  );
  assert.equal(said, []);
  assert.equal(volumes.map(shape), [[1, 4]]);
  assert.equal([...imageOf(volumes[0]!, 2).values], files[2]!.pixels);
});

test('a table of the modality is applied, low that is bright is turned round or refused', async () => {
  const pixels = [0, 1, 2, 3, 9, 255];
  const table = Array.from({ length: 8 }, (_, value) => 7 * value + 3);
  const own = { rows: 2, columns: 3, pixels };
  const values = async (...samples: Parameters<typeof dicom>) => {
    const { volumes, said } = await read(put([{ name: 'one', bytes: dicom(...samples) }]));
    return [volumes.length === 0 ? null : [...volumes[0]!.values], said];
  };
  assert.equal(await values({ ...own, table }), [[3, 10, 17, 24, 52, 52], []]);
  assert.equal(await values({ ...own, photometric: 'MONOCHROME1' }), [
    pixels.map((value) => 65535 - value),
    ['CMR854 one'],
  ]);
  assert.equal((await values({ ...own, photometric: 'MONOCHROME1', slope: 2 }))[0], null);
  assert.equal((await values({ ...own, photometric: 'PALETTE COLOR' }))[0], null);
});

test('links are followed, circles and dead ends are named, and nothing is read twice', async () => {
  const folder = put(dicomSeries({ places: 2 }));
  const elsewhere = put(dicomSeries({ places: 4 }).slice(2));
  symlinkSync(join(elsewhere, 'IM003'), join(folder, 'IM003'));
  mkdirSync(join(folder, 'more'));
  symlinkSync(elsewhere, join(folder, 'more', 'all'));
  symlinkSync(folder, join(folder, 'circle'));
  symlinkSync(join(folder, 'nowhere'), join(folder, 'dead'));
  write(
    folder,
    'preview.png',
    png(2, 2, () => 1),
  );
  const { volumes, others, said } = await read(folder);
  assert.equal(volumes.map(shape), [[1, 4]]);
  const [circle, dead, copy] = [...said].sort();
  assert.equal([said.length, circle, dead], [3, 'CMR842 circle', 'CMR842 dead']);
  assert.match(copy!, /^CMR850 (IM003|more.all.IM003)$/);
  assert.equal(
    others.map(({ format }) => format),
    ['png'],
  );
});

test('texts are read in the character set of their file', () => {
  const bytes = (hex: string) => Buffer.from(hex.replaceAll(' ', ''), 'hex');
  const cases: readonly [string, Uint8Array, string][] = [
    ['ISO_IR 100', Buffer.from('Müller^Jörg ', 'latin1'), 'Müller^Jörg'],
    ['ISO_IR 192', Buffer.from('张三^王'), '张三^王'],
    ['', Buffer.from('Plain^Ann'), 'Plain^Ann'],
    ['ISO_IR 144', bytes('bb ee da'), 'Люк'],
    ['GB18030', bytes('cdf5 5e d0a1b6ab'), '王^小东'],
    // The examples of PS3.5 annexes H and I.
    [
      '\\ISO 2022 IR 87',
      Buffer.concat([
        Buffer.from('Yamada^Tarou='),
        bytes('1b2442 3b33 4544 1b2842 5e 1b2442 4240 4f3a 1b2842'),
      ]),
      'Yamada^Tarou=山田^太郎',
    ],
    [
      '\\ISO 2022 IR 149',
      Buffer.concat([Buffer.from('Hong^Gildong='), bytes('1b242943 fbf3 5e 1b242943 d1ce d4d7')]),
      'Hong^Gildong=洪^吉洞',
    ],
  ];
  for (const [terms, text, expected] of cases) assert.is(decodeText(text, terms), expected);
});

test.run();
