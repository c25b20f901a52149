import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { isDamage } from '../../src/runtime/images/damage.ts';
import { FileReader, isFileProblem } from '../../src/runtime/images/files.ts';
import type { Grid } from '../../src/runtime/images/grid.ts';
import { gridOfArray, readNpy } from '../../src/runtime/images/npy.ts';
import { readPng } from '../../src/runtime/images/png.ts';
import { npy, npz, png, temporaryFolder, write } from './samples.ts';

const test = suite('image files');
const folder = temporaryFolder();
test.after(() => rmSync(folder, { recursive: true }));

function read(name: string, content: Uint8Array, array = 'image', slice: number | null = null) {
  return new FileReader().read({ path: write(folder, name, content), array, slice });
}

/** The reason why a file is refused. */
function refusal(name: string, content: Uint8Array, array?: string, slice?: number | null): string {
  const found = read(name, content, array, slice);
  if (!isFileProblem(found)) throw new Error(`${name} was read`);
  return found.problem === 'damaged' || found.problem === 'slice' ? found.reason : found.problem;
}

function values(name: string, content: Uint8Array, array?: string, slice?: number | null): readonly number[] {
  const found = read(name, content, array, slice);
  if (isFileProblem(found)) throw new Error(JSON.stringify(found));
  return [...found.values];
}

/** The four bytes of a big-endian number. */
function bigEndian(value: number): number[] {
  return [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
}

test('grey PNGs of 8 and 16 bits give their own numbers', () => {
  assert.equal(
    values(
      'a.png',
      png(2, 3, (row, column) => 10 * row + column),
    ),
    [0, 1, 2, 10, 11, 12],
  );
  assert.equal(
    values(
      'b.png',
      png(1, 3, (_, column) => 30000 * column, 16),
    ),
    [0, 30000, 60000],
  );
});

test('a PNG with packed pixels of one bit gives zeros and ones', () => {
  // 9×2 pixels, the first row alternating, the second all ones, written by another encoder.
  const bytes = Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAkAAAACAQAAAACiLct+AAAADklEQVR4nGNY1cDwvwEAB9YCqrZr8LEAAAAASUVORK5CYII=',
    'base64',
  );
  const grid = readPng(bytes, 'image');
  if (isDamage(grid)) throw new Error(grid.damage);
  assert.equal([grid.height, grid.width], [2, 9]);
  assert.equal([...grid.values.subarray(0, 9)], [1, 0, 1, 0, 1, 0, 1, 0, 1]);
  assert.equal([...grid.values.subarray(9)], [1, 1, 1, 1, 1, 1, 1, 1, 1]);
});

/** A PNG whose pixels are numbers of a palette's colours. */
function paletted(
  width: number,
  entries: readonly number[],
  palette: readonly (readonly [number, number, number])[],
): Uint8Array {
  const chunk = (type: string, content: Uint8Array) => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), content]);
    return Buffer.concat([
      Buffer.from(bigEndian(content.length)),
      body,
      Buffer.from(bigEndian(crc32(body) >>> 0)),
    ]);
  };
  const height = entries.length / width;
  const rows = Array.from({ length: height }, (_, row) => [
    0,
    ...entries.slice(row * width, (row + 1) * width),
  ]);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', Buffer.from([...bigEndian(width), ...bigEndian(height), 8, 3, 0, 0, 0])),
    chunk('PLTE', Buffer.from(palette.flat())),
    chunk('IDAT', deflateSync(Buffer.from(rows.flat()))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

test('the palette of a PNG gives an image its greys and a mask its numbers; colours are no image', () => {
  const entries = [0, 1, 2, 1, 0, 2];
  const file = (name: string, palette: readonly (readonly [number, number, number])[]) => ({
    path: write(folder, name, paletted(3, entries, palette)),
    array: 'image',
    slice: null,
  });
  const reader = new FileReader();
  const grey = file('grey-palette.png', [
    [200, 200, 200],
    [7, 7, 7],
    [90, 90, 90],
  ]);
  assert.equal([...(reader.image(grey) as Grid).values], [200, 7, 90, 7, 200, 90]);
  assert.equal([...(reader.read(grey) as Grid).values], entries);
  const colours = file('colours.png', [
    [0, 0, 0],
    [255, 0, 0],
    [0, 255, 0],
  ]);
  assert.match((reader.image(colours) as { reason: string }).reason, 'colours in a palette');
  assert.equal([...(reader.read(colours) as Grid).values], entries);
});

test('colours are told by the number of channels', () => {
  const found = read(
    'rgb.png',
    png(2, 2, () => 7, 8, 3),
  );
  assert.is(isFileProblem(found) ? 0 : found.channels, 3);
});

test('a PNG cut anywhere is refused, never thrown over', () => {
  const whole = png(13, 17, (row, column) => (row * column) % 251);
  for (let length = 0; length < whole.length; length += 1) {
    const found = read('cut.png', whole.subarray(0, length));
    assert.ok(isFileProblem(found) && found.problem === 'damaged', `${length} of ${whole.length} bytes`);
  }
});

test('a PNG with any one byte changed is refused or keeps its pixels', () => {
  const whole = png(9, 9, (row, column) => (row * 31 + column * 7) % 256);
  const expected = values('whole.png', whole);
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: whole.length - 1 }),
      fc.integer({ min: 1, max: 255 }),
      (place, change) => {
        const changed = Uint8Array.from(whole);
        changed[place]! ^= change;
        const grid = readPng(changed, 'image');
        if (!isDamage(grid)) assert.equal([...grid.values], expected);
      },
    ),
    { seed: 5, numRuns: 300 },
  );
});

test('a PNG that declares more than it can hold is refused before it is unpacked', () => {
  const bomb = png(4, 4, () => 0);
  bomb.set([...bigEndian(1_000_000), ...bigEndian(1_000_000)], 16);
  assert.match(refusal('bomb.png', bomb), 'declares 1000000×1000000 pixels');
  // A megabyte of zeros, packed, behind a header of 4×4 pixels: with its pixels unpacked it would be a gigabyte.
  const stuffed = png(2048, 2048, (row, column) => Math.imul(row * 2048 + column, 2654435761) >>> 24);
  stuffed.set([...bigEndian(4), ...bigEndian(4)], 16);
  assert.match(refusal('stuffed.png', stuffed), 'too many for 4×4 pixels');
});

test('files that are no images say so', () => {
  assert.is(refusal('empty.png', new Uint8Array(0)), 'it is empty');
  assert.is(refusal('text.png', new TextEncoder().encode('hello')), 'it is neither PNG nor npz nor npy');
  mkdirSync(join(folder, 'folder.png'));
  assert.equal(new FileReader().read({ path: join(folder, 'folder.png'), array: '', slice: null }), {
    problem: 'damaged',
    reason: 'it is a folder',
  });
  for (const path of [
    join(folder, 'nowhere.png'),
    join(folder, 'text.png', 'below.png'),
    `${folder}/nul\0.png`,
  ]) {
    assert.equal(new FileReader().read({ path, array: '', slice: null }), { problem: 'missing' });
  }
});

const numbers = [3, 1, 4, 1, 5, 9];
const kinds = [
  ['|u1', Uint8Array],
  ['|i1', Int8Array],
  ['<u2', Uint16Array],
  ['<i2', Int16Array],
  ['<u4', Uint32Array],
  ['<i4', Int32Array],
  ['<f4', Float32Array],
  ['<f8', Float64Array],
] as const;

for (const [type, Kind] of kinds) {
  test(`an array of ${type} is read, in both orders and both formats`, () => {
    const array = Kind.from(numbers);
    assert.equal(values('a.npy', npy([2, 3], array, type)), numbers);
    assert.equal(values('a.npy', npy([2, 3], array, type, { version: 2 })), numbers);
    assert.equal(values('a.npz', npz({ image: npy([2, 3], array, type) })), numbers);
    assert.equal(values('f.npy', npy([2, 3], array, type, { fortran: true })), [3, 4, 5, 1, 1, 9]);
    const swapped = new Uint8Array(array.buffer.slice(0));
    for (let at = 0; at < swapped.length; at += Kind.BYTES_PER_ELEMENT) {
      swapped.subarray(at, at + Kind.BYTES_PER_ELEMENT).reverse();
    }
    assert.equal(values('b.npy', npy([2, 3], swapped, type.replace('<', '>'))), numbers);
  });
}

test("masks of 64-bit integers, numpy's default, and of booleans are read", () => {
  assert.equal(values('l.npy', npy([1, 3], BigInt64Array.of(0n, 2n, -1n), '<i8')), [0, 2, -1]);
  assert.equal(values('b.npy', npy([1, 3], Uint8Array.of(0, 1, 1), '|b1')), [0, 1, 1]);
});

test('a slice of a volume is the slice, in both orders', () => {
  const volume = Uint16Array.from({ length: 24 }, (_, index) => index);
  const content = npz({ image: npy([4, 2, 3], volume, '<u2') }, 0);
  assert.equal(values('v.npz', content, 'image', 2), [12, 13, 14, 15, 16, 17]);
  const fortran = readNpy(npy([4, 2, 3], volume, '<u2', { fortran: true }));
  if (isDamage(fortran)) throw new Error(fortran.damage);
  assert.equal([...gridOfArray(fortran, 2).values], [2, 10, 18, 6, 14, 22]);
});

test('slices that a file does not have are told', () => {
  const volume = npz({ image: npy([4, 1, 2], new Uint8Array(8), '|u1') });
  assert.is(refusal('v.npz', volume, 'image', 4), 'has slices 0 to 3, not 4');
  assert.is(refusal('v.npz', volume, 'image'), 'has 4 slices, and the row names none');
  assert.match(
    refusal('i.npz', npz({ image: npy([1, 2], new Uint8Array(2), '|u1') }), 'image', 0),
    'has no slices',
  );
});

test('an archive without the array names those it has', () => {
  const content = npz({
    img: npy([1, 1], new Uint8Array(1), '|u1'),
    label: npy([1, 1], new Uint8Array(1), '|u1'),
  });
  assert.equal(read('n.npz', content), { problem: 'array', arrays: ['img', 'label'] });
});

test('an archive cut anywhere is refused', () => {
  const whole = npz({
    image: npy(
      [6, 5],
      new Float32Array(30).map((_, index) => Math.sin(index)),
      '<f4',
    ),
  });
  for (let length = 0; length < whole.length; length += 1) {
    assert.ok(
      isFileProblem(read('cut.npz', whole.subarray(0, length))),
      `${length} of ${whole.length} bytes`,
    );
  }
});

test('an archive with any one byte changed is refused or keeps its values', () => {
  const whole = npz({
    image: npy(
      [6, 5],
      Uint16Array.from({ length: 30 }, (_, index) => index * 97),
      '<u2',
    ),
  });
  const expected = values('whole.npz', whole);
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: whole.length - 1 }),
      fc.integer({ min: 1, max: 255 }),
      (place, change) => {
        const changed = Uint8Array.from(whole);
        changed[place]! ^= change;
        const found = read('changed.npz', changed);
        if (!isFileProblem(found)) assert.equal([...found.values], expected);
      },
    ),
    { seed: 6, numRuns: 200 },
  );
});

test('arrays of other things than numbers, of other shapes, or too large are refused', () => {
  assert.match(refusal('o.npy', npy([1, 1], new Uint8Array(8), '|O')), 'type |O');
  assert.match(refusal('h.npy', npy([1, 1], new Uint8Array(2), '<f2')), 'type <f2');
  assert.match(refusal('d.npy', npy([2, 2, 1, 1], new Uint8Array(4), '|u1')), '4 axes');
  assert.match(refusal('l.npy', npy([4], new Uint8Array(4), '|u1')), '1 axes');
  assert.match(refusal('x.npy', npy([100000, 100000], new Uint8Array(4), '|u1')), 'more than');
  assert.match(
    refusal('s.npy', npy([2, 3], new Uint8Array(5), '|u1')),
    'declares 6 bytes of values and holds 5',
  );
});

test('an archive that lies about the size of an entry is refused', () => {
  const content = npz({ image: npy([2, 3], new Uint8Array(6), '|u1') });
  const view = new DataView(content.buffer);
  const directory = view.getUint32(content.length - 22 + 16, true);
  view.setUint32(directory + 24, 0x7fffffff, true);
  assert.match(refusal('huge.npz', content), 'declares 2147483647 bytes');
  view.setUint32(directory + 24, 64, true);
  assert.match(refusal('small.npz', content), 'checksum');
});

test.run();
