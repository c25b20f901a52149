import { readFileSync, rmSync } from 'node:fs';
import { inflateSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readVolume } from '../../src/runtime/images/formats/read-volume.ts';
import { ReaderThread } from '../../src/runtime/images/formats/reader-thread.ts';
import type { Volume } from '../../src/runtime/images/formats/volume.ts';
import { nifti, temporaryFolder, tiff, write } from './samples.ts';

/** What is odd about a volume, in words. */
const odd = ({ findings = [] }: Volume) => findings.map((one) => (one.kind === 'odd' ? one.words : one.kind));

const test = suite('what files say of their numbers and places');
const root = temporaryFolder();
test.after(() => rmSync(root, { recursive: true }));
let count = 0;

async function volume(content: Uint8Array): Promise<Volume> {
  count += 1;
  const found = await readVolume(write(root, `${count}`, content), 'image');
  if ('problem' in found) throw new Error(JSON.stringify(found));
  return found;
}

async function refused(content: Uint8Array): Promise<string> {
  count += 1;
  const found = await readVolume(write(root, `${count}`, content), 'image');
  return 'problem' in found && found.problem === 'damaged' ? found.reason : 'it was read';
}

const values = Array.from({ length: 24 }, () => Math.floor(Math.random() * 3000) - 1500);
const sizeOf = (found: Volume) => found.spacing!.map((size) => Number(size.toFixed(4)));

for (const version of [1, 2]) {
  test(`the affine that a mask keeps decides how large voxels are in NIfTI-${version}, and what contradicts it is told`, async () => {
    const turned = [0, -1.5, 0, 4, 1.25, 0, 0, 5, 0, 0, 8, 6];
    const found = await volume(nifti([2, 3, 4], values, { version, affine: turned, sizes: [2, 2, 5] }));
    assert.equal(sizeOf(found), [1.5, 1.25, 8]);
    assert.equal(odd(found), [
      'its sform puts voxels 1.25×1.5×8 mm apart and its pixdim 2×2×5 mm: the sform counts',
    ]);
    const empty = await volume(nifti([2, 3, 4], values, { version, sizes: [0, 0, 0] }));
    assert.equal([sizeOf(empty), odd(empty)], [[1.5, 1.25, 8], []]);
  });

  test(`the qform counts where the sform of NIfTI-${version} is none, and is told of where it lies elsewhere`, async () => {
    const flat = [1.25, 0, 0, 0, 0, 1.5, 0, 0, 0, 0, 0, 0];
    const found = await volume(nifti([2, 3, 4], values, { version, affine: flat, codes: [1, 1] }));
    assert.equal(sizeOf(found), [1.5, 1.25, 8]);
    assert.equal(found.affine?.slice(0, 12), [1.25, 0, 0, 0, 0, 1.5, 0, 0, 0, 0, 8, 0]);
    assert.equal(odd(found), ['its sform is no place in space and is passed over']);
    // A higher code does not put the qform first.
    const both = await volume(nifti([2, 3, 4], values, { version, codes: [2, 1] }));
    assert.ok(Math.abs(both.affine![3]! - -7.1) < 1e-5);
    assert.match(odd(both)[0]!, /^its sform and its qform differ by up to 5.68 voxels/);
    const neither = await volume(nifti([2, 3, 4], values, { version, codes: [0, 0], sizes: [2, 3, 4] }));
    assert.equal([neither.affine, sizeOf(neither), odd(neither)], [null, [3, 2, 4], []]);
  });
}

test('a sheared volume is as large as its determinant says', async () => {
  const sheared = [1, 0, 0, 0, 0, 1, 6, 0, 0, 0, 8, 0];
  const found = await volume(nifti([2, 3, 4], values, { affine: sheared, sizes: [1, 1, 10] }));
  assert.equal(sizeOf(found), [1, 1, 8]);
  assert.match(odd(found)[0]!, 'its slices are sheared');
});

test('values that would begin within the header are refused, and 0 means behind it', async () => {
  for (const [offset, reads] of [
    [0, true],
    [300, false],
    [-8, false],
  ] as const) {
    const bytes = nifti([2, 3, 4], values);
    new DataView(bytes.buffer).setFloat32(108, offset, true);
    if (reads) assert.equal([...(await volume(bytes)).values], values);
    else assert.match(await refused(bytes), 'within its header');
  }
});

test('the samples of TIFF are signed, unsigned or floats as it says, and refused where they are none that is read', async () => {
  const page = (words: ArrayBufferView) => new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
  const shape = { rows: 2, columns: 3 };
  const signed = [-2616, 5, -32768, 32767, 0, -1];
  const pages = [page(Int16Array.from(signed)), page(Int16Array.from(signed).reverse())];
  const found = await volume(tiff({ ...shape, format: 2, bits: 16, pages }));
  assert.equal([found.slices, ...found.values], [2, ...signed, ...[...signed].reverse()]);
  const bytes = [-128, -1, 0, 1, 127, 5];
  const small = await volume(tiff({ ...shape, format: 2, bits: 8, pages: [page(Int8Array.from(bytes))] }));
  assert.equal([...small.values], bytes);
  const halves = Uint16Array.of(0x3c00, 0xc000, 0x0001, 0x7bff, 0x8000, 0x3555);
  const half = await volume(tiff({ ...shape, format: 3, bits: 16, pages: [page(halves)] }));
  assert.equal([...half.values], [1, -2, 2 ** -24, 65504, -0, Math.fround(0.333251953125)]);
  const long = tiff({ ...shape, format: 2, bits: 32, pages: [page(Int32Array.from(signed))] });
  assert.match(await refused(long), 'its samples are signed of 32 bits');
  assert.match(
    await refused(tiff({ ...shape, format: 6, bits: 64, pages: [new Uint8Array(48)] })),
    'complex',
  );
});

test('a TIFF whose white is 0 is turned over and told, and one that lists less than it says is refused', async () => {
  const one = { rows: 2, columns: 3, format: 1, bits: 8, pages: [Uint8Array.of(0, 1, 2, 3, 254, 255)] };
  const found = await volume(tiff({ ...one, white: true }));
  assert.equal([...found.values], [255, 254, 253, 252, 1, 0]);
  assert.equal(odd(found), ['its white is 0: its values are turned over']);
  assert.match(
    await refused(tiff({ ...one, description: 'ImageJ=1.53\nimages=4\n' })),
    'holds 4 images, and lists 1',
  );
  assert.match(
    await refused(tiff({ ...one, description: '{"shape": [7, 2, 3]}' })),
    'holds 7 images, and lists 1',
  );
  assert.match(await refused(tiff({ ...one, rowsPerStrip: 1 })), 'it has 1 of its 2 parts');
});

test('a file that is written in the place of a damaged one is read anew', async () => {
  const { ready, File } = await import('h5wasm/node');
  await ready;
  const reader = new ReaderThread();
  const make = (name: string, values: Int16Array) => {
    const path = write(root, name, '');
    const file = new File(path, 'w');
    const shape = [32, 32];
    file.create_dataset({ name: 'image', data: values, shape, chunks: shape, compression: 'gzip' });
    file.close();
    return path;
  };
  const noise = (seed: number) => Int16Array.from({ length: 1024 }, (_, index) => (index * seed) % 997);
  const path = make('twice.h5', noise(577));
  const damaged = readFileSync(path);
  damaged.fill(0xff, damaged.length - 700, damaged.length - 600);
  write(root, 'twice.h5', damaged);
  assert.match(((await reader.volume(path, 'image')) as { reason: string }).reason, 'cannot be unpacked');
  rmSync(path);
  make('twice.h5', noise(311));
  assert.equal([...((await reader.volume(path, 'image')) as Volume).values], [...noise(311)]);
  await reader.end();
});

test('what HDF5 cannot unpack is refused, never what lay in memory', async () => {
  const { ready, File } = await import('h5wasm/node');
  await ready;
  const path = write(root, 'packed.h5', '');
  const file = new File(path, 'w');
  const many = Int16Array.from({ length: 64 * 64 }, () => Math.floor(Math.random() * 1000));
  const shape = [64, 64];
  file.create_dataset({ name: 'image', data: many, shape, chunks: shape, compression: 'gzip' });
  file.close();
  assert.equal([...(await volume(readFileSync(path))).values], [...many]);
  const damaged = readFileSync(path);
  // In the middle of what is compressed, which fills the second half of the file.
  damaged.fill(0xff, damaged.length - 1500, damaged.length - 1400);
  assert.match(await refused(damaged), 'its array image cannot be unpacked: ');
  const packed = inflateSync(Buffer.from(lzf.join(''), 'base64'));
  assert.match(await refused(packed), 'its array image is compressed by LZF, which is not read');
});

/** 16×16 zeros, compressed by LZF, as h5py 3.16 writes them; deflated here. */
const lzf = [
  'eNrr9HBx4+WS4mIAAQ4OBhYGAQZk8B8K9vCj8mHyCVCaEUp3QOkVTDBxRrCcBFRcEGo+urqQIFdXkOr/aABmjwELhOZgGAUjEXi4OgaA6AgoH5',
  'ZKTzChqsvMTUxPRUqPHhTay8jABjGLEcbXgNBMjCjuwEUzA1kglQLAhMuEJMMKTMkgcSZmiEHcQHNBDEaYw2tB8swMOVVpYC4o+bOCNcDyASRH',
  'MTMxV7AirBRAqAigSTwE+/m7gHI0LB8qMI+mTXIAqLxjxFLe8RDQt4EflY+e3phGg3YUjIJRMApGwSgYBaNgWAFgF+DBf4YHr0EMAAt5RoQ=',
];

test.run();
