import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { compareAreas, delong, type Scored } from '../../src/runtime/statistics/delong.ts';
import { normalQuantile, normalTail } from '../../src/runtime/statistics/normal.ts';
import { holm, mcNemar, wilcoxon } from '../../src/runtime/statistics/paired.ts';

const test = suite('statistical tests');

function near(actual: number, expected: number, tolerance = 1e-9): void {
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected}`);
}

/** Every way to give the values a sign. */
function allSigns(values: readonly number[]): readonly (readonly number[])[] {
  return values.reduce<readonly (readonly number[])[]>(
    (before, value) =>
      before.flatMap((signs) => [
        [...signs, value],
        [...signs, -value],
      ]),
    [[]],
  );
}

/** The share of all sign patterns whose sum is at least as far from 0 as the one observed. */
function enumerated(signed: readonly number[]): number {
  const sum = (values: readonly number[]) => Math.abs(values.reduce((total, value) => total + value, 0));
  const patterns = allSigns(signed.map(Math.abs));
  return patterns.filter((pattern) => sum(pattern) >= sum(signed) - 1e-9).length / patterns.length;
}

test('the normal distribution agrees with tables, far into its tail', () => {
  near(normalTail(0), 0.5);
  near(normalTail(1.959963984540054), 0.025, 1e-15);
  near(normalTail(5) / 2.866515718791939e-7, 1, 1e-12);
  near(normalTail(10) / 7.619853024160527e-24, 1, 1e-12);
  near(normalTail(-3), 1 - 0.00134989803163009, 1e-14);
  for (const share of [1e-9, 0.025, 0.5, 0.8, 0.975])
    near(1 - normalTail(normalQuantile(share)), share, 1e-12);
});

const differences = fc.array(fc.integer({ min: -6, max: 6 }), { minLength: 1, maxLength: 11 });

test("Wilcoxon's p-value is that of all sign patterns of the ranks, ties and zeros included", () => {
  fc.assert(
    fc.property(differences, (values) => {
      const kept = values.filter((value) => value !== 0);
      const ranks = kept.map((value) => {
        const smaller = kept.filter((other) => Math.abs(other) < Math.abs(value)).length;
        const equal = kept.filter((other) => Math.abs(other) === Math.abs(value)).length;
        return Math.sign(value) * (smaller + (equal + 1) / 2);
      });
      const { p, exact } = wilcoxon(values);
      assert.ok(exact);
      near(p, kept.length === 0 ? 1 : enumerated(ranks));
    }),
    { seed: 11, numRuns: 200 },
  );
});

test("Wilcoxon's own example: the heights of 15 pairs of maize plants, p = 0.0413", () => {
  const heights = [49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48];
  near(wilcoxon(heights).p, 0.04126, 5e-5);
});

test('many pairs go over to the normal approximation, which agrees with the exact distribution', () => {
  const many = Array.from({ length: 440 }, (_, index) => Math.sin(index * 12.9898) * 43 + 1.5);
  const exact = wilcoxon(many);
  const more = wilcoxon([...many, ...many.map((value, index) => value + 1e-7 * (index + 1))]);
  assert.ok(exact.exact && !more.exact);
  // The statistic as a normal variable, written out.
  const order = [...many].sort((left, right) => Math.abs(left) - Math.abs(right));
  const statistic = order.reduce((sum, value, index) => sum + Math.sign(value) * (index + 1), 0);
  const spread = Math.sqrt((440 * 441 * 881) / 6);
  near(exact.p, 2 * normalTail((Math.abs(statistic) - 1) / spread), 2e-3);
});

function binomial(n: number, k: number): number {
  let value = 1;
  for (let index = 1; index <= k; index += 1) value = (value * (n - k + index)) / index;
  return value;
}

test("with one image per patient it is McNemar's exact test, a binomial of the discordant pairs", () => {
  for (const [wins, losses] of [
    [5, 0],
    [6, 0],
    [3, 9],
    [10, 10],
    [1, 0],
    [0, 0],
    [40, 20],
  ] as const) {
    const gains = [
      ...Array.from({ length: wins }, () => 1),
      ...Array.from({ length: losses }, () => -1),
      0,
      0,
    ];
    const n = wins + losses;
    let tail = 0;
    for (let k = Math.max(wins, losses); k <= n; k += 1) tail += binomial(n, k) / 2 ** n;
    near(mcNemar(gains).p, Math.min(1, 2 * tail), 1e-9);
  }
});

test("the paper's 626 against 621 right answers of 654 cannot be significant: p is at least 0.0625", () => {
  const gains = Array.from({ length: 654 }, (_, index) => (index < 5 ? 1 : 0));
  near(mcNemar(gains).p, 0.0625);
});

test('patients with several images flip as one', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 1, maxLength: 11 }), (gains) => {
      const kept = gains.filter((gain) => gain !== 0);
      near(mcNemar(gains).p, kept.length === 0 ? 1 : enumerated(kept));
    }),
    { seed: 3, numRuns: 150 },
  );
});

test("Holm's correction as in his scheme, for any order", () => {
  const corrected = [0.04, 0.01, 0.03, 0.005];
  for (const [index, expected] of [0.06, 0.03, 0.06, 0.02].entries()) near(holm(corrected)[index]!, expected);
  assert.equal(holm([]), []);
  near(holm([0.6, 0.7])[1]!, 1);
});

const scored = fc.array(
  fc.record({
    positive: fc.boolean(),
    score: fc.integer({ min: 0, max: 5 }),
    other: fc.integer({ min: 0, max: 5 }),
  }),
  { minLength: 4, maxLength: 25 },
);

/** DeLong's estimate by its definition: every pair of a positive and a negative, then sample covariances. */
function byPairs(rows: readonly { positive: boolean; score: number; other: number }[]) {
  const psi = (x: number, y: number) => (x > y ? 1 : x === y ? 0.5 : 0);
  const [positives, negatives] = [rows.filter((row) => row.positive), rows.filter((row) => !row.positive)];
  const average = (values: readonly number[]) =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const covariance = (a: readonly number[], b: readonly number[]) =>
    a.reduce((sum, value, index) => sum + (value - average(a)) * (b[index]! - average(b)), 0) /
    (a.length - 1);
  const of = (score: (row: (typeof rows)[number]) => number) => {
    const ups = positives.map((p) => average(negatives.map((n) => psi(score(p), score(n)))));
    const downs = negatives.map((n) => average(positives.map((p) => psi(score(p), score(n)))));
    return { ups, downs, auc: average(ups) };
  };
  const [one, two] = [of((row) => row.score), of((row) => row.other)];
  const between = (a: typeof one, b: typeof one) =>
    covariance(a.ups, b.ups) / positives.length + covariance(a.downs, b.downs) / negatives.length;
  return {
    auc: one.auc,
    variance: between(one, one),
    difference: one.auc - two.auc,
    differenceVariance: between(one, one) + between(two, two) - 2 * between(one, two),
  };
}

test("DeLong's errors are those of all pairs, ties one half", () => {
  fc.assert(
    fc.property(scored, (rows) => {
      const images: Scored[] = rows.map((row, index) => ({ ...row, cluster: `${index}` }));
      const found = delong(images);
      const positives = rows.filter(({ positive }) => positive).length;
      if (positives < 2 || rows.length - positives < 2) {
        assert.is(found, null);
        return;
      }
      const expected = byPairs(rows);
      near(found!.auc, expected.auc);
      near(found!.error ** 2, Math.max(0, expected.variance));
      const compared = compareAreas(
        images,
        rows.map(({ other }) => other),
      )!;
      near(compared.difference, expected.difference);
      near(compared.error ** 2, Math.max(0, expected.differenceVariance), 1e-9);
    }),
    { seed: 17, numRuns: 200 },
  );
});

test('images that a patient repeats add no certainty: the error is that of one image per patient', () => {
  const rows = [0.9, 0.8, 0.3, 0.7, 0.2, 0.1, 0.6, 0.4].map((score, index) => ({
    score,
    positive: index < 4,
  }));
  const once: Scored[] = rows.map((row, index) => ({ ...row, cluster: `${index}` }));
  const thrice = [0, 1, 2].flatMap(() => once);
  near(delong(thrice)!.auc, delong(once)!.auc);
  near(delong(thrice)!.error, delong(once)!.error);
});

test.run();
