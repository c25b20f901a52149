import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { surfaceDistances } from '../../src/runtime/metrics/masks/surface.ts';

const test = suite('surface distances');

interface Scene {
  readonly height: number;
  readonly width: number;
  readonly spacing: readonly [number, number];
  readonly masks: readonly [Uint8Array, Uint8Array];
}

const scene: fc.Arbitrary<Scene> = fc
  .record({
    height: fc.integer({ min: 1, max: 9 }),
    width: fc.integer({ min: 1, max: 9 }),
    spacing: fc.tuple(
      fc.double({ min: 0.3, max: 3, noNaN: true }),
      fc.double({ min: 0.3, max: 3, noNaN: true }),
    ),
    rate: fc.constantFrom(0.03, 0.3, 0.8, 1),
  })
  .chain(({ height, width, spacing, rate }) => {
    const mask = fc
      .array(fc.integer({ min: 0, max: 99 }), { minLength: height * width, maxLength: height * width })
      .map((values) => Uint8Array.from(values, (value) => (value < 100 * rate ? 1 : 0)));
    return fc.record({
      height: fc.constant(height),
      width: fc.constant(width),
      spacing: fc.constant(spacing),
      masks: fc.tuple(mask, mask),
    });
  });

type Point = readonly [number, number];

/** Pixels of a mask that vanish when it is eroded by a cross, the outside of the image being empty. */
function border(mask: Uint8Array, height: number, width: number): readonly Point[] {
  const on = (row: number, column: number) =>
    row >= 0 && column >= 0 && row < height && column < width && mask[row * width + column] === 1;
  const points: Point[] = [];
  for (let row = 0; row < height; row += 1) {
    for (let column = 0; column < width; column += 1) {
      const neighbours = [on(row + 1, column), on(row - 1, column), on(row, column + 1), on(row, column - 1)];
      if (on(row, column) && neighbours.includes(false)) points.push([row, column]);
    }
  }
  return points;
}

/** From every point of one border, the nearest point of the other: every pair is looked at. */
function directed(from: readonly Point[], to: readonly Point[], [down, across]: readonly [number, number]) {
  return from.map(([row, column]) =>
    Math.min(...to.map((other) => Math.hypot(down * (row - other[0]), across * (column - other[1])))),
  );
}

/** numpy.percentile with its usual interpolation. */
function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((left, right) => left - right);
  const place = (percent / 100) * (sorted.length - 1);
  const [below, above] = [sorted[Math.floor(place)]!, sorted[Math.ceil(place)]!];
  return below + (above - below) * (place - Math.floor(place));
}

test('HD95 of both definitions, ASSD and NSD are those of all pairs of border pixels', () => {
  const seen = { neither: 0, one: 0, both: 0 };
  fc.assert(
    fc.property(scene, fc.double({ min: 0.1, max: 4, noNaN: true }), (drawn, tolerance) => {
      const { height, width, spacing, masks } = drawn;
      const [one, other] = masks.map((mask) => border(mask, height, width)) as [Point[], Point[]];
      const found = surfaceDistances(masks[0], masks[1], { height, width }, spacing, tolerance);
      assert.is(found.nsd!.tolerance, tolerance);
      if (one.length === 0 && other.length === 0) {
        seen.neither += 1;
        assert.equal(found, { hd95: 0, hd95_max: 0, assd: 0, nsd: { tolerance, share: 1 } });
      } else if (one.length === 0 || other.length === 0) {
        seen.one += 1;
        const diagonal = Math.hypot(height * spacing[0], width * spacing[1]);
        assert.equal(found, {
          hd95: diagonal,
          hd95_max: diagonal,
          assd: diagonal,
          nsd: { tolerance, share: 0 },
        });
      } else {
        seen.both += 1;
        const there = directed(one, other, spacing);
        const back = directed(other, one, spacing);
        const all = [...there, ...back];
        const average = (values: readonly number[]) =>
          values.reduce((sum, value) => sum + value, 0) / values.length;
        assert.ok(Math.abs(found.hd95 - percentile(all, 95)) < 1e-9);
        const larger = Math.max(percentile(there, 95), percentile(back, 95));
        assert.ok(Math.abs(found.hd95_max - larger) < 1e-9);
        assert.ok(Math.abs(found.assd - (average(there) + average(back)) / 2) < 1e-9);
        const near = all.filter((distance) => distance <= tolerance).length;
        assert.ok(Math.abs(found.nsd!.share - near / all.length) < 1e-12);
      }
    }),
    { seed: 5, numRuns: 400 },
  );
  assert.ok(Math.min(...Object.values(seen)) > 5, JSON.stringify(seen));
});

test('a border that is exactly as far away as the tolerance is within it, whatever decimals the spacing has', () => {
  const line = (at: number) => Uint8Array.from({ length: 9 }, (_, pixel) => (pixel === at ? 1 : 0));
  const nsd = (spacing: number, tolerance: number) =>
    surfaceDistances(line(1), line(4), { height: 1, width: 9 }, [1, spacing], tolerance).nsd!.share;
  assert.is(nsd(0.7, 2.1), 1);
  assert.is(nsd(0.1, 0.3), 1);
  assert.is(nsd(0.7, 2.09), 0);
});

test('an outlier of one mask weighs more in the larger direction than in both together', () => {
  // A bar of 20 pixels, and the same bar with one pixel more far away.
  const bar = (far: boolean) =>
    Uint8Array.from({ length: 40 * 40 }, (_, pixel) => {
      const [row, column] = [Math.floor(pixel / 40), pixel % 40];
      return (row === 5 && column < 15) || (far && row === 35 && column === 0) ? 1 : 0;
    });
  const { hd95, hd95_max } = surfaceDistances(bar(false), bar(true), { height: 40, width: 40 }, [1, 1]);
  assert.is(hd95, 0);
  assert.ok(hd95_max > 5, `${hd95_max}`);
});

test('a tolerance that is not stated measures no share', () => {
  const mask = Uint8Array.from([1, 0]);
  assert.not('nsd' in surfaceDistances(mask, mask, { height: 1, width: 2 }, [1, 1]));
});

test('a ring that is moved by two pixels of 1.5 mm is 3 mm away at most', () => {
  const ring = (shift: number) =>
    Uint8Array.from({ length: 40 * 40 }, (_, pixel) => {
      const radius = Math.hypot(Math.floor(pixel / 40) - 20, (pixel % 40) - 20 - shift);
      return radius >= 6 && radius < 10 ? 1 : 0;
    });
  const { hd95, assd } = surfaceDistances(ring(0), ring(2), { height: 40, width: 40 }, [1.5, 1.5]);
  assert.ok(hd95 <= 3 + 1e-9 && hd95 > 1.5, `${hd95}`);
  assert.ok(assd > 0.5 && assd < hd95);
});

test.run();
