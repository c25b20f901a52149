import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Spacing } from '../../src/compiler/plan/fitting.ts';
import type { FitStep } from '../../src/compiler/plan/run-plan.ts';
import { type Fitting, fit, isFitProblem, planFit, unfit } from '../../src/runtime/images/fit.ts';
import type { Grid, Size } from '../../src/runtime/images/grid.ts';
import { stream } from '../../src/runtime/random/random.ts';

const test = suite('fit');

function noise(height: number, width: number, channels = 1): Grid {
  const random = stream(height, 'noise', width, channels);
  return {
    height,
    width,
    channels,
    values: Float32Array.from({ length: height * width * channels }, () => random.uniform()),
  };
}

function planned(steps: readonly FitStep[], size: Size, spacing: Spacing = null): Fitting {
  const result = planFit(steps, size, spacing);
  if (isFitProblem(result)) throw new Error(`${result.step.kind} found the image ${result.reason}`);
  return result;
}

function at(grid: Grid, row: number, column: number): number {
  return grid.values[(row * grid.width + column) * grid.channels]!;
}

test('padding puts the odd pixel at the end', () => {
  const grid: Grid = { height: 2, width: 3, channels: 1, values: Float32Array.of(1, 2, 3, 4, 5, 6) };
  const padded = fit(planned([{ kind: 'pad', height: 5, width: 6 }], grid), grid, 'bilinear');
  assert.equal([padded.height, padded.width], [5, 6]);
  assert.equal([...padded.values.subarray(0, 6)], [0, 0, 0, 0, 0, 0]);
  assert.equal([...padded.values.subarray(6, 12)], [0, 1, 2, 3, 0, 0]);
  assert.equal([...padded.values.subarray(12, 18)], [0, 4, 5, 6, 0, 0]);
});

test("the paper's 256×218 image gets three columns of zeros on each side", () => {
  const grid = noise(256, 218);
  const padded = fit(planned([{ kind: 'pad', height: 256, width: 224 }], grid), grid, 'bilinear');
  assert.is(at(padded, 100, 2), 0);
  assert.is(at(padded, 100, 3), at(grid, 100, 0));
  assert.is(at(padded, 100, 220), at(grid, 100, 217));
  assert.is(at(padded, 100, 221), 0);
});

const side = fc.integer({ min: 1, max: 24 });

test('padding or centring larger, then back, is the identity', () => {
  fc.assert(
    fc.property(
      side,
      side,
      side,
      side,
      fc.constantFrom('pad', 'center'),
      (height, width, more, wider, kind) => {
        const grid = noise(height, width, 2);
        const fitting = planned([{ kind, height: height + more, width: width + wider } as FitStep], grid);
        assert.equal(unfit(fitting, fit(fitting, grid, 'bilinear'), 'bilinear').values, grid.values);
        assert.equal(unfit(fitting, fit(fitting, grid, 'nearest'), 'nearest').values, grid.values);
      },
    ),
    { seed: 1, numRuns: 100 },
  );
});

test('centring to any size, then back, keeps what the network saw and is zero elsewhere', () => {
  fc.assert(
    fc.property(side, side, side, side, (height, width, toHeight, toWidth) => {
      const grid = noise(height, width);
      const fitting = planned([{ kind: 'center', height: toHeight, width: toWidth }], grid);
      const back = unfit(fitting, fit(fitting, grid, 'bilinear'), 'bilinear');
      const top = Math.max(0, Math.floor((height - toHeight) / 2));
      const left = Math.max(0, Math.floor((width - toWidth) / 2));
      for (let row = 0; row < height; row += 1) {
        for (let column = 0; column < width; column += 1) {
          const seen = row >= top && row < top + toHeight && column >= left && column < left + toWidth;
          assert.is(at(back, row, column), seen ? at(grid, row, column) : 0);
        }
      }
    }),
    { seed: 2, numRuns: 100 },
  );
});

test('padding and then cropping to the old size is the identity', () => {
  fc.assert(
    fc.property(side, side, fc.integer({ min: 0, max: 9 }), (height, width, more) => {
      const grid = noise(height, width);
      const fitting = planned(
        [
          { kind: 'pad', height: height + more, width: width + more },
          { kind: 'crop', height, width },
        ],
        grid,
      );
      assert.equal(fit(fitting, grid, 'bilinear').values, grid.values);
    }),
    { seed: 3, numRuns: 60 },
  );
});

test('resizing keeps a constant image constant and a ramp a ramp', () => {
  const constant: Grid = { height: 7, width: 9, channels: 1, values: new Float32Array(63).fill(2.5) };
  const fitting = planned([{ kind: 'resize', height: 20, width: 5 }], constant);
  assert.ok(fit(fitting, constant, 'bilinear').values.every((value) => Math.abs(value - 2.5) < 1e-6));

  const ramp: Grid = {
    height: 1,
    width: 8,
    channels: 1,
    values: Float32Array.from({ length: 8 }, (_, x) => x + 0.5),
  };
  const doubled = fit(planned([{ kind: 'resize', height: 1, width: 16 }], ramp), ramp, 'bilinear');
  for (let column = 1; column < 15; column += 1) {
    assert.ok(Math.abs(at(doubled, 0, column) - (column + 0.5) / 2) < 1e-6);
  }
});

test('resizing a mask makes no new values', () => {
  const mask = { ...noise(13, 17), values: noise(13, 17).values.map((value) => Math.floor(value * 4)) };
  const fitting = planned([{ kind: 'resize', height: 40, width: 9 }], mask);
  assert.ok(fit(fitting, mask, 'nearest').values.every((value) => [0, 1, 2, 3].includes(value)));
});

test('doubling a mask and halving it again is the identity', () => {
  const mask = noise(6, 5);
  const fitting = planned([{ kind: 'resize', height: 12, width: 10 }], mask);
  assert.equal(unfit(fitting, fit(fitting, mask, 'nearest'), 'nearest').values, mask.values);
});

test('the longest side gets its size and the aspect ratio stays', () => {
  assert.equal(planned([{ kind: 'longest', size: 128 }], { height: 256, width: 216 }).to, {
    height: 128,
    width: 108,
  });
  assert.equal(planned([{ kind: 'longest', size: 128 }], { height: 154, width: 224 }).to, {
    height: 88,
    width: 128,
  });
});

test('resampling gives pixels of the asked size in mm, whatever was scaled before', () => {
  const resample: FitStep = { kind: 'resample', spacing: 1.5 };
  const size = { height: 100, width: 80 };
  assert.equal(planned([resample], size, [3, 0.75]).to, { height: 200, width: 40 });
  assert.equal(planned([{ kind: 'longest', size: 50 }, resample], size, [3, 0.75]).to, {
    height: 200,
    width: 40,
  });
  assert.equal(planned([{ kind: 'crop', height: 50, width: 40 }, resample], size, [3, 0.75]).to, {
    height: 100,
    width: 20,
  });
  const unknown = planFit([resample], size, null);
  assert.ok(isFitProblem(unknown) && unknown.reason === 'without spacing');
});

test('a disc has its area in mm² after resampling, and on its own grid again', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0.8, max: 2, noNaN: true }),
      fc.double({ min: 0.8, max: 2, noNaN: true }),
      fc.double({ min: 0.8, max: 2, noNaN: true }),
      (down, across, spacing) => {
        const size = { height: Math.round(90 / down), width: Math.round(90 / across) };
        const values = Float32Array.from({ length: size.height * size.width }, (_, pixel) => {
          const y = (Math.floor(pixel / size.width) + 0.5) * down - 45;
          const x = ((pixel % size.width) + 0.5) * across - 45;
          return x * x + y * y < 30 * 30 ? 1 : 0;
        });
        const fitting = planned([{ kind: 'resample', spacing }], size, [down, across]);
        const fitted = fit(fitting, { ...size, channels: 1, values }, 'nearest');
        const back = unfit(fitting, fitted, 'nearest');
        const area = (grid: Grid, pixel: number) =>
          grid.values.reduce((sum, value) => sum + value, 0) * pixel;
        const exact = Math.PI * 30 * 30;
        assert.ok(Math.abs(area(fitted, spacing * spacing) / exact - 1) < 0.05);
        assert.ok(Math.abs(area(back, down * across) / exact - 1) < 0.05);
      },
    ),
    { seed: 4, numRuns: 40 },
  );
});

test('an image that a step cannot take is told with the step', () => {
  const large = planFit([{ kind: 'pad', height: 256, width: 224 }], { height: 256, width: 232 }, null);
  assert.ok(isFitProblem(large) && large.reason === 'larger' && large.size.width === 232);
  const small = planFit(
    [
      { kind: 'longest', size: 64 },
      { kind: 'crop', height: 64, width: 64 },
    ],
    { height: 100, width: 50 },
    null,
  );
  assert.ok(isFitProblem(small) && small.reason === 'smaller' && small.size.width === 32);
});

test.run();
