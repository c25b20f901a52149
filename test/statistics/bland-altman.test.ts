import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { blandAltman } from '../../src/runtime/statistics/bland-altman.ts';
import { studentQuantile } from '../../src/runtime/statistics/student.ts';

const test = suite('agreement of two ways to measure');

test("Student's quantiles are those of the tables", () => {
  for (const [freedom, quantile] of [
    [1, 12.7062047],
    [2, 4.3026527],
    [3, 3.1824463],
    [9, 2.2621572],
    [16, 2.1199053],
    [99, 1.984217],
    [1000, 1.9623391],
  ] as const)
    assert.ok(Math.abs(studentQuantile(0.05, freedom) - quantile) < 1e-6, `${freedom}`);
  assert.ok(Math.abs(studentQuantile(0.01, 5) - 4.032143) < 1e-6);
});

/** Peak expiratory flow by two meters, l/min: the example of Bland and Altman 1986. */
const flows = [
  [494, 512],
  [395, 430],
  [516, 520],
  [434, 428],
  [476, 500],
  [557, 600],
  [413, 364],
  [442, 380],
  [650, 658],
  [433, 445],
  [417, 432],
  [656, 626],
  [267, 260],
  [478, 477],
  [178, 259],
  [423, 350],
  [427, 451],
] as const;

test('the example of Bland and Altman 1986 comes out as they print it', () => {
  const found = blandAltman(flows)!;
  assert.is(found.n, 17);
  assert.ok(Math.abs(found.bias - -2.1) < 0.05);
  assert.ok(Math.abs(found.deviation! - 38.8) < 0.05);
  // They round: bias −22.0 to 17.8 l/min at 95 %.
  assert.ok(
    Math.abs(found.biasInterval!.low - -22.0) < 0.2 && Math.abs(found.biasInterval!.high - 17.8) < 0.2,
  );
  assert.ok(Math.abs(found.limits!.low - -78.1) < 0.3 && Math.abs(found.limits!.high - 73.9) < 0.3);
});

test('a shift moves the bias and the limits alone, a scale everything', () => {
  const pair = fc.tuple(
    fc.double({ min: -50, max: 50, noNaN: true }),
    fc.double({ min: -50, max: 50, noNaN: true }),
  );
  fc.assert(
    fc.property(
      fc.array(pair, { minLength: 2, maxLength: 30 }),
      fc.integer({ min: -9, max: 9 }),
      (pairs, shift) => {
        const [plain, moved] = [blandAltman(pairs)!, blandAltman(pairs.map(([a, b]) => [a + shift, b]))!];
        const doubled = blandAltman(pairs.map(([a, b]) => [2 * a, 2 * b]))!;
        const close = (one: number, other: number) =>
          assert.ok(Math.abs(one - other) < 1e-7, `${one} ${other}`);
        close(moved.bias, plain.bias + shift);
        close(moved.deviation!, plain.deviation!);
        close(moved.limits!.high, plain.limits!.high + shift);
        close(doubled.limitsIntervals!.low.high, 2 * plain.limitsIntervals!.low.high);
      },
    ),
  );
});

test('the intervals hold the true bias and limits in nineteen of twenty samples', () => {
  let state = 1;
  const uniform = () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
  const normal = () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
  let [bias, limit] = [0, 0];
  const draws = 4000;
  for (let draw = 0; draw < draws; draw += 1) {
    const found = blandAltman(Array.from({ length: 15 }, () => [3 + 2 * normal(), 0] as const))!;
    if (found.biasInterval!.low <= 3 && 3 <= found.biasInterval!.high) bias += 1;
    const upper = 3 + 1.96 * 2;
    if (found.limitsIntervals!.high.low <= upper && upper <= found.limitsIntervals!.high.high) limit += 1;
  }
  assert.ok(Math.abs(bias / draws - 0.95) < 0.012, String(bias / draws));
  // An approximation, which falls a little short in small samples.
  assert.ok(Math.abs(limit / draws - 0.95) < 0.03, String(limit / draws));
});

test('one pair has a bias and nothing more, none has nothing', () => {
  assert.equal(blandAltman([[5, 3]]), {
    ...{ n: 1, bias: 2, biasInterval: null, deviation: null, limits: null, limitsIntervals: null },
  });
  assert.is(blandAltman([]), null);
});

test.run();
