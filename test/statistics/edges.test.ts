import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { testAreas } from '../../src/runtime/statistics/areas.ts';
import type { Scored } from '../../src/runtime/statistics/delong.ts';
import {
  effectiveNumber,
  newcombeInterval,
  wilsonInterval,
} from '../../src/runtime/statistics/edge-intervals.ts';
import { meanPosterior, signedRankPosterior } from '../../src/runtime/statistics/posterior.ts';

const test = suite('statistics where nothing or everything is right');

function near(actual: number, expected: number, tolerance: number): void {
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected}`);
}

/** Images of a patient each. */
function images(scores: readonly number[], positives: number): readonly Scored[] {
  return scores.map((score, index) => ({ positive: index < positives, score, cluster: `${index}` }));
}

const area = (scored: readonly { positive: boolean; score: number }[]) => {
  const [ups, downs] = [true, false].map((side) => scored.filter(({ positive }) => positive === side));
  const wins = ups!.flatMap((up) =>
    downs!.map((down) => (up.score > down.score ? 1 : up.score === down.score ? 0.5 : 0)),
  );
  return wins.reduce<number>((sum, win) => sum + win, 0) / wins.length;
};

test('a perfect classifier against a constant one on six images: two of 64 exchanges are as far apart, and no interval', () => {
  const found = testAreas(images([0.9, 0.8, 0.7, 0.3, 0.2, 0.1], 3), [0.5, 0.5, 0.5, 0.5, 0.5, 0.5])!;
  assert.equal([found.test, found.difference, found.exact, found.interval], ['permutation', 0.5, true, null]);
  assert.match(found.reason!, "DeLong's error is 0: all exchanges of patients are counted");
  // Exchanged, six ranks lie on both sides of 3.5: the perfect order needs all or none of them.
  assert.is(found.p, 2 / 64);
});

test('few patients are exchanged in all ways, each with all its images; ties and equal ranks included', () => {
  const row = fc.record({
    positive: fc.boolean(),
    score: fc.integer({ min: 0, max: 4 }),
    other: fc.integer({ min: 0, max: 4 }),
    patient: fc.integer({ min: 0, max: 5 }),
  });
  fc.assert(
    fc.property(fc.array(row, { minLength: 3, maxLength: 12 }), (rows) => {
      const found = testAreas(
        rows.map(({ patient, ...rest }) => ({ ...rest, cluster: `${patient}` })),
        rows.map(({ other }) => other),
      );
      if (new Set(rows.map(({ positive }) => positive)).size < 2) return assert.is(found, null);
      const rank = (value: number, all: readonly number[]) =>
        all.filter((other) => other < value).length + (all.filter((other) => other === value).length + 1) / 2;
      const [one, two] = [rows.map(({ score }) => score), rows.map(({ other }) => other)];
      const ranked = rows.map((item) => ({ ...item, a: rank(item.score, one), b: rank(item.other, two) }));
      const scored = rows.map((item) => ({ ...item, a: item.score, b: item.other }));
      const shares = [ranked, scored].map((values) => {
        let reached = 0;
        const least = Math.abs(area(values.map(with_('a'))) - area(values.map(with_('b'))));
        for (let pattern = 0; pattern < 64; pattern += 1) {
          const swaps = values.map(({ patient, a, b, ...rest }) =>
            (pattern >> patient) & 1 ? { ...rest, patient, a: b, b: a } : { ...rest, patient, a, b },
          );
          if (Math.abs(area(swaps.map(with_('a'))) - area(swaps.map(with_('b')))) >= least - 1e-12)
            reached += 1;
        }
        return reached / 64;
      });
      near(found!.p, Math.max(...shares), 1e-12);
      assert.ok(found!.exact);
    }),
    { seed: 5, numRuns: 60 },
  );
});

const with_ =
  <K extends 'a' | 'b'>(key: K) =>
  (row: { positive: boolean } & Record<K, number>) => ({ positive: row.positive, score: row[key] });

test('one patient of eight who is judged otherwise proves nothing, however many ties the others have', () => {
  // Three diseased and five healthy, all right; the other network takes one of the diseased for healthy.
  const right = [0.9, 0.9, 0.9, 0.9, 0.9, 0.1, 0.1, 0.1];
  const found = testAreas(images(right, 5), right.with(7, 0.9))!;
  near(found.difference, 1 / 6, 1e-12);
  assert.equal([found.test, found.exact, found.p], ['permutation', true, 1]);
});

test('many patients without an error of DeLong are exchanged at random, and no p is 0', () => {
  const scores = Array.from({ length: 40 }, (_, index) => 40 - index);
  const found = testAreas(
    images(scores, 20),
    scores.map(() => 20.5),
  )!;
  assert.equal([found.test, found.exact, found.p], ['permutation', false, 1e-4]);
  const same = testAreas(images(scores, 20), scores)!;
  assert.equal([same.p, same.difference], [1, 0]);
  // With an error it is DeLong's.
  const shuffled = scores.map((score, index) => (index % 5 === 0 ? 40 - score : score));
  assert.is(testAreas(images(shuffled, 20), scores)!.test, 'DeLong');
});

test("Wilson's interval solves its own equation, and of eight right answers of eight it starts at 8 / (8 + z²)", () => {
  const eight = wilsonInterval(1, 8);
  near(eight.low, 8 / (8 + 1.959963984540054 ** 2), 1e-12);
  assert.is(eight.high, 1);
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 1, max: 30 }), (right, more) => {
      const count = right + more;
      const { low, high } = wilsonInterval(right / count, count);
      for (const end of [low, high]) {
        if (end === 0 || end === 1) continue;
        near(Math.abs(right / count - end) / Math.sqrt((end * (1 - end)) / count), 1.959963984540054, 1e-9);
      }
    }),
    { seed: 8, numRuns: 100 },
  );
  near(wilsonInterval(0, 10).high, 0.2775, 1e-4);
});

test('patients of one size count once each, and one with most of the images little more than once', () => {
  near(effectiveNumber([3, 3, 3, 3]), 4, 1e-12);
  assert.ok(effectiveNumber([97, 1, 1, 1]) < 1.1);
});

test("Newcombe's interval of an area holds the areas whose error reaches to it", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.constant(1),
        fc.integer({ min: 50, max: 99 }).map((share) => share / 100),
      ),
      fc.integer({ min: 1, max: 30 }),
      fc.integer({ min: 1, max: 30 }),
      (auc, positives, negatives) => {
        const { low, high } = newcombeInterval(auc, positives, negatives);
        // Hanley and McNeil's variance, written with their Q1 and Q2 and the mean of the two numbers.
        const error = (at: number) => {
          const [q1, q2] = [at / (2 - at), (2 * at * at) / (1 + at)];
          const others = (positives + negatives) / 2 - 1;
          return Math.sqrt(
            (at * (1 - at) + others * (q1 - at * at) + others * (q2 - at * at)) / (positives * negatives),
          );
        };
        assert.ok(low < auc && high >= auc);
        near((auc - low) / error(low), 1.959963984540054, 1e-6);
        if (high < 1) near((high - auc) / error(high), 1.959963984540054, 1e-6);
      },
    ),
    { seed: 9, numRuns: 100 },
  );
});

/** The posterior as the paper defines it: every pair of weighed differences, from other random numbers. */
function slowSignedRank(differences: readonly number[], margin: number, draws: number) {
  let state = 12345;
  const uniform = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
  const values = [0, ...differences];
  const counts = [0, 0, 0];
  for (let draw = 0; draw < draws; draw += 1) {
    const weights = values.map(() => -Math.log(uniform()));
    const shares = [0, 0, 0];
    for (const [i, one] of values.entries()) {
      for (const [j, other] of values.entries()) {
        const mean = (one + other) / 2;
        const side = mean > margin + 1e-12 ? 0 : mean < -margin - 1e-12 ? 2 : 1;
        shares[side]! += weights[i]! * weights[j]!;
      }
    }
    counts[shares.indexOf(Math.max(...shares))]! += 1;
  }
  return counts.map((count) => count / draws);
}

test('the Bayesian signed rank is that of all pairs of weighed differences', () => {
  const value = fc.integer({ min: -30, max: 60 }).map((step) => step / 1000);
  fc.assert(
    fc.property(fc.array(value, { minLength: 3, maxLength: 14 }), (differences) => {
      const { first, equal, second } = signedRankPosterior(differences, 0.01);
      const slow = slowSignedRank(differences, 0.01, 4000);
      // Four standard errors of both.
      for (const [index, share] of [first, equal, second].entries()) near(share, slow[index]!, 0.045);
      near(first + equal + second, 1, 1e-12);
    }),
    { seed: 31, numRuns: 25 },
  );
});

test('turned differences turn the posterior, a wide margin makes all equal, and it is the same every time', () => {
  const differences = [0.03, 0.05, -0.01, 0.02, 0.04, 0.001, 0.06];
  const found = signedRankPosterior(differences, 0.01);
  assert.ok(found.first > 0.9);
  near(
    signedRankPosterior(
      differences.map((value) => -value),
      0.01,
    ).second,
    found.first,
    0.03,
  );
  assert.equal(signedRankPosterior(differences, 0.1), { first: 0, equal: 1, second: 0 });
  signedRankPosterior([1], 0.01);
  assert.equal(signedRankPosterior(differences, 0.01), found);
});

test('with one image each the posterior of answers is that of three shares with a uniform prior', () => {
  const answers = (wins: number, ties: number, losses: number) =>
    [...Array(wins).fill(1), ...Array(ties).fill(0), ...Array(losses).fill(-1)].map((sum) => ({
      sum,
      images: 1,
    }));
  // Wins against losses alone: Beta(wins + 1, losses + 1) above one half, by summing its density.
  const above = (wins: number, losses: number) => {
    let [over, all] = [0, 0];
    for (let step = 0.5; step < 20000; step += 1) {
      const share = step / 20000;
      const density = share ** wins * (1 - share) ** losses;
      all += density;
      if (share > 0.5) over += density;
    }
    return over / all;
  };
  for (const [wins, ties, losses] of [
    [9, 80, 3],
    [2, 10, 2],
    [5, 0, 1],
  ] as const) {
    near(meanPosterior(answers(wins, ties, losses), 0).first, above(wins, losses), 0.02);
  }
  // Eight patients answered alike are no proof that two networks are equal.
  const alike = meanPosterior(answers(0, 8, 0), 0.01);
  assert.ok(alike.equal < 0.5 && Math.abs(alike.first - alike.second) < 0.03);
  assert.ok(meanPosterior(answers(0, 2000, 0), 0.01).equal > 0.99);
});

test.run();
