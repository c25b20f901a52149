import { rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { FileProblem } from '../../src/runtime/images/files.ts';
import { readVolume } from '../../src/runtime/images/formats/read-volume.ts';
import { ReaderThread } from '../../src/runtime/images/formats/reader-thread.ts';
import type { Volume } from '../../src/runtime/images/formats/volume.ts';
import { type DicomSample, dicom, nifti, npy, npz, png, temporaryFolder, write } from './samples.ts';

const test = suite('formats');
const root = temporaryFolder();
test.after(() => rmSync(root, { recursive: true }));
let count = 0;

async function read(content: Uint8Array, name = 'file', array = 'image'): Promise<Volume | FileProblem> {
  count += 1;
  return readVolume(write(root, `${count}/${name}`, content), array);
}

async function volume(content: Uint8Array, name?: string): Promise<Volume> {
  const found = await read(content, name);
  if ('problem' in found) throw new Error(JSON.stringify(found));
  return found;
}

async function refused(content: Uint8Array, name?: string): Promise<string> {
  const found = await read(content, name);
  return 'problem' in found ? (found.problem === 'damaged' ? found.reason : found.problem) : 'it was read';
}

const random = () => Math.floor(Math.random() * 4000);
const values = Array.from({ length: 2 * 3 * 4 }, () => random() - 1000);

for (const version of [1, 2]) {
  for (const little of [true, false]) {
    test(`NIfTI-${version}, the ${little ? 'lowest' : 'highest'} byte first, packed or not, is read with its scale and place`, async () => {
      const bytes = nifti([2, 3, 4], values, { version, little, slope: 0.5, inter: 7 });
      for (const file of [bytes, gzipSync(bytes)]) {
        const { slices, rows, columns, spacing, affine, values: found } = await volume(file);
        assert.equal([slices, rows, columns], [2, 3, 4]);
        assert.equal(
          [...found],
          values.map((value) => value * 0.5 + 7),
        );
        assert.equal(spacing, [1.5, 1.25, 8]);
        assert.ok(Math.abs(affine![3]! - -7.1) < 1e-6);
      }
    });
  }
}

test('the pixels of a NIfTI pair are in its other file', async () => {
  const whole = nifti([2, 3, 4], values, { magic: 'ni' });
  const header = whole.slice(0, 348);
  new DataView(header.buffer).setFloat32(108, 0, true);
  assert.match(await refused(header, 'alone.hdr'), 'whose .img file is not beside it');
  write(root, `${count + 1}/pair.img.gz`, gzipSync(whole.slice(352)));
  assert.equal([...(await volume(gzipSync(header), 'pair.hdr.gz')).values], values);
});

const pixels = Array.from({ length: 12 }, random);
const sample: DicomSample = { rows: 3, columns: 4, pixels };

test('DICOM is rescaled by slope and intercept, and placed', async () => {
  const {
    values: found,
    spacing,
    affine,
  } = await volume(dicom({ ...sample, slope: 2, intercept: -5, z: 8 }));
  assert.equal(
    [...found],
    pixels.map((value) => value * 2 - 5),
  );
  assert.equal(spacing?.slice(0, 2), [1.5, 1.25]);
  // DICOM's left and back are NIfTI's right and front.
  assert.equal(affine?.slice(0, 8), [-1.25, 0, 0, 10, 0, -1.5, 0, -20]);
  assert.is(affine?.[11], 8);
});

test('the frames of an enhanced file are sorted by their places', async () => {
  const all = Array.from({ length: 36 }, random);
  const found = await volume(dicom({ ...sample, pixels: all, frames: 3, places: [20, 0, 10] }));
  assert.equal([found.slices, found.spacing?.[2]], [3, 10]);
  assert.equal([...found.values], [...all.slice(12, 24), ...all.slice(24), ...all.slice(0, 12)]);
});

/** Run-length coding of 16-bit values, without any runs. */
function runLength(words: readonly number[]): Uint8Array {
  const segment = (bytes: readonly number[]) => [bytes.length - 1, ...bytes, 128];
  const high = segment(words.map((word) => word >> 8));
  const low = segment(words.map((word) => word & 255));
  const header = Buffer.alloc(64);
  for (const [place, value] of [2, 64, 64 + high.length].entries()) header.writeUInt32LE(value, place * 4);
  return Buffer.concat([header, Buffer.from(high), Buffer.from(low)]);
}

interface Encoder {
  getDecodedBuffer(frame: object): Uint8Array;
  encode(): void;
  getEncodedBuffer(): Uint8Array;
}

async function packed(name: string, kind: string): Promise<Uint8Array> {
  const load = createRequire(import.meta.url)(`@cornerstonejs/codec-${name}/wasmjs`) as () => Promise<
    Record<string, new () => Encoder>
  >;
  const encoder = new (await load())[kind]!();
  const frame = {
    width: 64,
    height: 64,
    bitsPerSample: 16,
    componentCount: 1,
    isSigned: false,
    isUsingColorTransform: false,
  };
  encoder.getDecodedBuffer(frame).set(new Uint8Array(Uint16Array.from(large).buffer));
  encoder.encode();
  return encoder.getEncodedBuffer().slice();
}

const large = Array.from({ length: 64 * 64 }, random);

test('two pixels that share their colour are both given it', async () => {
  const found = await volume(
    dicom({ rows: 1, columns: 4, pixels: [10, 20, 128, 129, 30, 40, 130, 131], halved: true }),
  );
  assert.equal([...found.values], [10, 128, 129, 20, 128, 129, 30, 130, 131, 40, 130, 131]);
  assert.match(
    await refused(dicom({ rows: 2, columns: 1, pixels: [1, 2, 3, 4], halved: true })),
    /no pairs of three bytes/,
  );
});

test('run-length, JPEG 2000 and JPEG-LS frames are unpacked to the same values', async () => {
  const ways = {
    '1.2.840.10008.1.2.4.90': await packed('openjpeg', 'J2KEncoder'),
    '1.2.840.10008.1.2.4.80': await packed('charls', 'JpegLSEncoder'),
  };
  const plain = { ...sample, transferSyntax: '1.2.840.10008.1.2.5', packed: [runLength(pixels)] };
  assert.equal([...(await volume(dicom(plain))).values], pixels);
  for (const [transferSyntax, bytes] of Object.entries(ways)) {
    const wide = { rows: 64, columns: 64, pixels: large, transferSyntax, packed: [bytes] };
    assert.equal([...(await volume(dicom(wide))).values], large);
    const broken = await refused(dicom({ ...sample, rows: 30, transferSyntax, packed: [bytes] }));
    assert.match(broken, /packed frame/);
  }
  assert.match(
    await refused(
      dicom({ ...sample, transferSyntax: '1.2.840.10008.1.2.4.201', packed: [new Uint8Array(8)] }),
    ),
    'packed in a way that is not read',
  );
});

test('HDF5 arrays are found by their names', async () => {
  const { default: h5wasm, File } = await import('h5wasm/node');
  await h5wasm.ready;
  const path = write(root, 'made.h5', '');
  const file = new File(path, 'w');
  file.create_dataset({ name: 'image', data: Int16Array.from(values), shape: [2, 3, 4] });
  file.close();
  const found = (await readVolume(path, 'image')) as Volume;
  assert.equal([found.slices, found.rows, found.columns, ...found.values], [2, 3, 4, ...values]);
  assert.equal(await readVolume(path, 'mask'), { problem: 'array', arrays: ['image'] });
});

test('TIFF, PNG and arrays are read alike', async () => {
  const tiff = Buffer.concat([
    Buffer.from('49492a0008000000', 'hex'),
    directory({ 256: 4, 257: 3, 258: 16, 259: 1, 262: 1, 273: 8 + 2 + 12 * 8 + 4, 278: 3, 279: 24 }),
    Buffer.from(Uint16Array.from(pixels).buffer),
  ]);
  const arrays = npz({ image: npy([3, 4], Uint16Array.from(pixels), '<u2') });
  for (const bytes of [tiff, png(3, 4, (row, column) => pixels[row * 4 + column]!, 16), arrays]) {
    const { rows, columns, values: found } = await volume(bytes);
    assert.equal([rows, columns, ...found], [3, 4, ...pixels]);
  }
});

function directory(tags: Readonly<Record<number, number>>): Buffer {
  const entries = Object.entries(tags).map(([tag, value]) => {
    const entry = Buffer.alloc(12);
    entry.writeUInt16LE(Number(tag), 0);
    entry.writeUInt16LE(4, 2);
    entry.writeUInt32LE(1, 4);
    entry.writeUInt32LE(value, 8);
    return entry;
  });
  return Buffer.concat([Buffer.from([entries.length, 0]), ...entries, Buffer.alloc(4)]);
}

test('what is cut off, packed to burst, or declares too much is refused before it takes memory', async () => {
  const before = process.memoryUsage().rss;
  const whole = nifti([2, 3, 4], values);
  const huge = nifti([2, 3, 4], values);
  for (const axis of [1, 2, 3]) new DataView(huge.buffer).setInt16(40 + 2 * axis, 30000, true);
  assert.match(await refused(whole.slice(0, -1)), 'and holds 47');
  assert.match(await refused(whole.slice(0, 347)), 'whole NIfTI file');
  assert.match(await refused(whole.slice(0, 300)), 'neither');
  assert.match(await refused(huge), 'more than');
  assert.match(await refused(gzipSync(whole).subarray(0, -20)), 'ends early');
  assert.match(await refused(gzipSync(new Uint8Array(2 ** 29 + 1))), 'unpacks to more than');
  assert.match(await refused(dicom({ ...sample, rows: 60000, columns: 60000 })), 'more than');
  assert.match(await refused(dicom({ ...sample, rows: 30 })), 'and holds 24');
  assert.match(await refused(dicom(sample).subarray(0, -4)), 'no whole DICOM file');
  assert.match(await refused(new TextEncoder().encode('no image at all')), 'neither DICOM');
  assert.match(await refused(new Uint8Array(0)), 'empty');
  assert.ok(process.memoryUsage().rss - before < 1.5e9);
});

test('the names in an archive are names and no places', async () => {
  const found = await read(
    npz({ '../../escaped': npy([2, 2], new Uint8Array(4), '|u1') }),
    'a.npz',
    '../../escaped',
  );
  assert.not('problem' in found);
  assert.equal(
    (await read(npz({ other: npy([2, 2], new Uint8Array(4), '|u1') }), 'a.npz', '../../x')) as object,
    {
      problem: 'array',
      arrays: ['other'],
    },
  );
});

test('a file that takes too long costs itself alone', async () => {
  const path = write(root, 'volume.nii', nifti([2, 3, 4], values));
  const hasty = new ReaderThread({ patience: 1 });
  const late = await hasty.volume(path, 'image');
  assert.match((late as { reason: string }).reason, 'seconds of the processor');
  await hasty.end();
  const patient = new ReaderThread();
  const [first, second] = await Promise.all([
    patient.volume(join(root, 'missing.nii'), 'image'),
    patient.volume(path, 'image'),
  ]);
  assert.equal(first, { problem: 'missing' });
  assert.equal([...(second as Volume).values], values);
  await patient.end();
});

test.run();
