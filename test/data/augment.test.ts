import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { drawMovement, move } from '../../src/runtime/data/augment.ts';
import type { Grid } from '../../src/runtime/data/grid.ts';
import { stream } from '../../src/runtime/data/random.ts';

const test = suite('augmentation');

/** A smooth blob and its mask, off the centre. */
function blob(height: number, width: number): { image: Grid; mask: Grid } {
  const image = new Float32Array(height * width);
  const mask = new Float32Array(height * width);
  for (let row = 0; row < height; row += 1) {
    for (let column = 0; column < width; column += 1) {
      const distance = Math.hypot(row - height * 0.42, column - width * 0.55);
      image[row * width + column] = Math.exp(-((distance / 8) ** 2));
      mask[row * width + column] = distance < 6 ? 3 : 0;
    }
  }
  return {
    image: { height, width, channels: 1, values: image },
    mask: { height, width, channels: 1, values: mask },
  };
}

function centre({ height, width, values }: Grid): [number, number] {
  let [sum, rows, columns] = [0, 0, 0];
  for (let row = 0; row < height; row += 1) {
    for (let column = 0; column < width; column += 1) {
      const value = values[row * width + column]!;
      sum += value;
      rows += value * row;
      columns += value * column;
    }
  }
  return [rows / sum, columns / sum];
}

test('no movement is the identity', () => {
  const random = stream(1, 'noise');
  const image: Grid = {
    height: 9,
    width: 7,
    channels: 2,
    values: Float32Array.from({ length: 126 }, () => random.uniform()),
  };
  const moved = move(image, image, { degrees: 0, rows: 0, columns: 0 });
  assert.equal(moved.image.values, image.values);
  assert.equal(moved.mask.values, image.values);
});

test('whole pixels move exactly, and zeros come in', () => {
  const image: Grid = {
    height: 3,
    width: 3,
    channels: 1,
    values: Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9),
  };
  const { image: moved } = move(image, null, { degrees: 0, rows: 1, columns: -1 });
  assert.equal([...moved.values], [0, 0, 0, 2, 3, 0, 5, 6, 0]);
});

test('a quarter turn counter-clockwise takes the top to the left', () => {
  const image: Grid = {
    height: 3,
    width: 3,
    channels: 1,
    values: Float32Array.of(0, 1, 0, 0, 0, 0, 0, 0, 0),
  };
  const { image: turned } = move(image, null, { degrees: 90, rows: 0, columns: 0 });
  assert.ok(Math.abs(turned.values[3]! - 1) < 1e-6);
});

test('image and mask move alike', () => {
  const { image, mask } = blob(64, 56);
  fc.assert(
    fc.property(
      fc.double({ min: -15, max: 15, noNaN: true }),
      fc.double({ min: -6, max: 6, noNaN: true }),
      fc.double({ min: -6, max: 6, noNaN: true }),
      (degrees, rows, columns) => {
        const moved = move(image, mask, { degrees, rows, columns });
        const [imageRow, imageColumn] = centre(moved.image);
        const [maskRow, maskColumn] = centre(moved.mask);
        assert.ok(Math.hypot(imageRow - maskRow, imageColumn - maskColumn) < 0.5);
        assert.ok(moved.mask.values.every((value) => value === 0 || value === 3));
      },
    ),
    { seed: 4, numRuns: 50 },
  );
});

test('the draw depends on seed, epoch and image, and stays in its range', () => {
  const settings = { rotate: [-15, 15], shift: [-0.1, 0.1] } as const;
  const size = { height: 200, width: 100 };
  const draws = Array.from({ length: 500 }, (_, image) => drawMovement(settings, 7, 1, image, size));
  assert.ok(draws.every(({ degrees }) => Math.abs(degrees) <= 15));
  assert.ok(draws.every(({ rows, columns }) => Math.abs(rows) <= 20 && Math.abs(columns) <= 10));
  assert.ok(Math.max(...draws.map(({ rows }) => rows)) > 18);
  assert.equal(drawMovement(settings, 7, 1, 3, size), draws[3]);
  assert.not.equal(drawMovement(settings, 7, 2, 3, size), draws[3]);
  assert.not.equal(drawMovement(settings, 8, 1, 3, size), draws[3]);
  assert.equal(drawMovement({ rotate: null, shift: null }, 7, 1, 3, size), {
    degrees: 0,
    rows: 0,
    columns: 0,
  });
});

test.run();
