import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { AugmentSettings } from '../../src/compiler/plan/run-plan.ts';
import { drawMovement, type Movement, move } from '../../src/runtime/data/batches/augment.ts';
import {
  elasticDisplacement,
  variationStreams,
  varyValues,
} from '../../src/runtime/data/batches/variations.ts';
import type { Grid } from '../../src/runtime/images/grid.ts';
import { stream } from '../../src/runtime/random/random.ts';

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

const still: Movement = {
  degrees: 0,
  rows: 0,
  columns: 0,
  scale: 1,
  gamma: 1,
  mirrored: { horizontal: false, vertical: false },
};
const plain: AugmentSettings = { rotate: null, shift: null, scale: null, gamma: null, flip: 'none' };

test('no movement is the identity', () => {
  const random = stream(1, 'noise');
  const image: Grid = {
    height: 9,
    width: 7,
    channels: 2,
    values: Float32Array.from({ length: 126 }, () => random.uniform()),
  };
  const moved = move(image, image, still);
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
  const { image: moved } = move(image, null, { ...still, rows: 1, columns: -1 });
  assert.equal([...moved.values], [0, 0, 0, 2, 3, 0, 5, 6, 0]);
});

test('a quarter turn counter-clockwise takes the top to the left', () => {
  const image: Grid = {
    height: 3,
    width: 3,
    channels: 1,
    values: Float32Array.of(0, 1, 0, 0, 0, 0, 0, 0, 0),
  };
  const { image: turned } = move(image, null, { ...still, degrees: 90 });
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
        const moved = move(image, mask, { ...still, degrees, rows, columns });
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
  const settings = { ...plain, rotate: [-15, 15], shift: [-0.1, 0.1] } as const;
  const size = { height: 200, width: 100 };
  const draws = Array.from({ length: 500 }, (_, image) => drawMovement(settings, 7, 1, image, size));
  assert.ok(draws.every(({ degrees }) => Math.abs(degrees) <= 15));
  assert.ok(draws.every(({ rows, columns }) => Math.abs(rows) <= 20 && Math.abs(columns) <= 10));
  assert.ok(Math.max(...draws.map(({ rows }) => rows)) > 18);
  assert.equal(drawMovement(settings, 7, 1, 3, size), draws[3]);
  assert.not.equal(drawMovement(settings, 7, 2, 3, size), draws[3]);
  assert.not.equal(drawMovement(settings, 8, 1, 3, size), draws[3]);
  assert.not.equal(drawMovement(settings, 7, 1, 3, size, 1), draws[3], 'shown twice, it moves twice');
  assert.not.equal(drawMovement(settings, 7, 1, 3, size, 2), drawMovement(settings, 7, 1, 3, size, 1));
  assert.equal(drawMovement(plain, 7, 1, 3, size), still);
});

const square: Grid = { height: 2, width: 2, channels: 1, values: Float32Array.of(1, 2, 3, 4) };

test('mirrors swap left and right, or top and bottom, exactly', () => {
  const mirror = (horizontal: boolean, vertical: boolean) => [
    ...move(square, null, { ...still, mirrored: { horizontal, vertical } }).image.values,
  ];
  assert.equal(mirror(true, false), [2, 1, 4, 3]);
  assert.equal(mirror(false, true), [3, 4, 1, 2]);
  assert.equal(mirror(true, true), [4, 3, 2, 1]);
});

test('a scale of 2 shows the middle half, and mirrors come before it', () => {
  const image: Grid = {
    height: 5,
    width: 5,
    channels: 1,
    values: Float32Array.from({ length: 25 }, (_, i) => i),
  };
  const { image: large } = move(image, null, { ...still, scale: 2 });
  assert.is(large.values[12], 12);
  assert.is(large.values[10], 11, 'the left border shows what was one pixel left of the middle');
  assert.is(large.values[2], 7);
});

test('gamma keeps the darkest and the brightest value and moves those between', () => {
  const image: Grid = { height: 1, width: 3, channels: 1, values: Float32Array.of(-1, 0, 3) };
  const { image: changed, mask } = move(image, image, { ...still, gamma: 2 });
  assert.equal([...changed.values], [-1, -0.75, 3]);
  assert.equal([...mask.values], [-1, 0, 3], 'masks keep their values');
});

test('flips are drawn in half of the epochs, and only in the direction asked for', () => {
  const size = { height: 20, width: 20 };
  const draws = Array.from({ length: 400 }, (_, image) =>
    drawMovement({ ...plain, flip: 'horizontal', scale: [0.9, 1.1], gamma: [0.7, 1.5] }, 7, 1, image, size),
  );
  const share = draws.filter(({ mirrored }) => mirrored.horizontal).length / draws.length;
  assert.ok(Math.abs(share - 0.5) < 0.1, `${share}`);
  assert.ok(draws.every(({ mirrored }) => !mirrored.vertical));
  assert.ok(draws.every(({ scale, gamma }) => scale >= 0.9 && scale <= 1.1 && gamma >= 0.7 && gamma <= 1.5));
});

const varied = (image: Grid, settings: Partial<AugmentSettings>, epoch = 1, id = 'a') =>
  varyValues(image, { ...plain, ...settings }, variationStreams(3, epoch, id));
const mean = (values: ArrayLike<number>) =>
  Array.from(values).reduce((sum, one) => sum + one, 0) / values.length;
const deviation = (values: ArrayLike<number>) => {
  const centre = mean(values);
  return Math.sqrt(mean(Array.from(values).map((value) => (value - centre) ** 2)));
};

test('variations are the same for one epoch and image, and others for another epoch, image or kind', () => {
  const { image } = blob(24, 20);
  for (const settings of [
    { noise: [0.1, 0.2] },
    { blur: [0.5, 2] },
    { brightness: [0.7, 1.3] },
    { contrast: [0.6, 1.4] },
    { resolution: [0.3, 0.6] },
    { bias_field: [0.2, 0.5] },
  ] as Partial<AugmentSettings>[]) {
    const first = varied(image, settings).values;
    assert.equal(varied(image, settings).values, first, JSON.stringify(settings));
    assert.not.equal(first, image.values, JSON.stringify(settings));
    assert.not.equal(varied(image, settings, 2).values, first, JSON.stringify(settings));
    assert.not.equal(varied(image, settings, 1, 'b').values, first, JSON.stringify(settings));
    // What is drawn for one kind does not shift another.
    const beside = varied(image, { ...settings, chance: { noise: 1 }, flip: 'both' }).values;
    assert.equal(beside, first, JSON.stringify(settings));
  }
});

test('noise, brightness, contrast, blur, resolution and bias do what they say', () => {
  const { image } = blob(64, 64);
  const noise = varied(image, { noise: [0.5, 0.5] }).values.map((value, at) => value - image.values[at]!);
  assert.ok(Math.abs(deviation(noise) / deviation(image.values) - 0.5) < 0.03);
  const bright = varied(image, { brightness: [1.2, 1.2] }).values;
  for (const [at, value] of bright.entries()) assert.ok(Math.abs(value - 1.2 * image.values[at]!) < 1e-6);
  const flat = varied(image, { contrast: [0.5, 0.5] }).values;
  const middle = mean(image.values);
  for (const [at, value] of flat.entries())
    assert.ok(Math.abs(value - (middle + 0.5 * (image.values[at]! - middle))) < 1e-6);
  const sharp = varied(image, { contrast: [3, 3] }).values;
  assert.ok(
    Math.max(...sharp) <= Math.max(...image.values) && Math.min(...sharp) >= Math.min(...image.values),
  );
  const blurred = varied(image, { blur: [2, 2] }).values;
  assert.ok(
    Math.abs(mean(blurred) / middle - 1) < 0.01 && Math.max(...blurred) < 0.95 * Math.max(...image.values),
  );
  const coarse = varied(image, { resolution: [0.5, 0.5] });
  assert.equal([coarse.height, coarse.width], [64, 64]);
  const before = centre(image);
  for (const [axis, place] of centre(coarse).entries()) assert.ok(Math.abs(place - before[axis]!) < 0.6);
  const ones: Grid = { ...image, values: new Float32Array(64 * 64).fill(1) };
  const field = varied(ones, { bias_field: [0.3, 0.3] }).values.map(Math.log);
  assert.ok(Math.abs(Math.max(...field.map(Math.abs)) - 0.3) < 1e-5);
  const steps = field.map((value, at) => (at % 64 === 0 ? 0 : Math.abs(value - field[at - 1]!)));
  assert.ok(Math.max(...steps) < 0.05, 'a bias field is smooth');
});

test('a chance leaves as many images as they are', () => {
  const { image } = blob(8, 8);
  const settings = { brightness: [2, 2], chance: { brightness: 0.3 } } as const;
  const changed = Array.from({ length: 300 }, (_, epoch) => varied(image, settings, epoch)).filter(
    ({ values }) => values[30] !== image.values[30],
  );
  assert.ok(Math.abs(changed.length - 90) < 30, `${changed.length} of 300`);
  const turns = Array.from({ length: 300 }, (_, epoch) =>
    drawMovement({ ...plain, rotate: [10, 20], chance: { rotate: 0.3 } }, 3, epoch, 'a', image),
  ).filter(({ degrees }) => degrees > 0);
  assert.ok(Math.abs(turns.length - 90) < 30, `${turns.length} of 300`);
});

test('an elastic displacement is as long as drawn, smooth, and moves image and mask alike', () => {
  const { image, mask } = blob(64, 48);
  const settings = { ...plain, elastic: [0.05, 0.05] } as const;
  const bend = elasticDisplacement(settings, variationStreams(3, 1, 'a'), image)!;
  const squares = bend.rows.map((value, at) => value ** 2 + bend.columns[at]! ** 2);
  assert.ok(Math.abs(Math.sqrt(mean(squares)) - 0.05 * 48) < 1e-4);
  const steps = bend.rows.map((value, at) => (at % 48 === 0 ? 0 : Math.abs(value - bend.rows[at - 1]!)));
  assert.ok(Math.max(...steps) < 0.6);
  const moved = move(image, mask, still, bend);
  assert.not.equal(moved.image.values, image.values);
  const [left, right] = [centre(moved.image), centre(moved.mask)];
  for (const [axis, place] of left.entries())
    assert.ok(Math.abs(place - right[axis]!) < 1.2, `${left} and ${right}`);
  assert.equal(new Set(moved.mask.values), new Set([0, 3]));
});

test.run();
