import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  areaBounds,
  type Claim,
  jaccardBounds,
  matrixOf,
} from '../../../src/compiler/semantics/experiments/claims.ts';

const test = suite('published claims');

/** Two decimals of a percentage, as tables print them. */
const claim = (percentage: number): Claim => ({ value: percentage / 100, half: 0.00005 });
const cases = { positive: 577, negative: 77 };

/** Tables 3, 5 and 7: sensitivity, specificity, accuracy, and the counts that they are. */
const rows = [
  [98.44, 67.53, 94.8, 568, 52],
  [97.75, 74.03, 94.95, 564, 57],
  [97.75, 71.43, 94.65, 564, 55],
  [97.05, 79.22, 94.95, 560, 61],
  [96.36, 79.22, 94.34, 556, 61],
  [98.09, 77.92, 95.72, 566, 60],
  [100, 0, 88.23, 577, 0],
  [96.71, 62.34, 92.66, 558, 48],
  [94.63, 72.73, 92.05, 546, 56],
  [95.67, 74.03, 93.12, 552, 57],
] as const;

for (const [sensitivity, specificity, accuracy, positive, negative] of rows) {
  test(`${sensitivity}, ${specificity} and ${accuracy} % are ${positive} of 577 and ${negative} of 77 images`, () => {
    const claims = {
      sensitivity: claim(sensitivity),
      specificity: claim(specificity),
      accuracy: claim(accuracy),
    };
    assert.equal(matrixOf(claims, cases), { positive, negative });
  });
}

test('the accuracies of section 5.3 are none of those of table 7', () => {
  for (const [accuracy, sensitivity, specificity] of [
    [0.855, 98.09, 77.92],
    [0.741, 96.71, 62.34],
    [0.849, 95.67, 74.03],
  ] as const) {
    const claims = {
      sensitivity: claim(sensitivity),
      specificity: claim(specificity),
      accuracy: { value: accuracy, half: 0.0005 },
    };
    assert.is(matrixOf(claims, cases), 'none');
  }
});

test('by table 1 as printed, VGG16 would find 88.23 % of the positives, which its accuracy forbids', () => {
  const claims = { sensitivity: claim(88.23), specificity: claim(0), accuracy: claim(88.23) };
  assert.is(matrixOf(claims, cases), 'none');
});

test('whatever a matrix gives, a matrix is found for; and never one that gives something else', () => {
  for (let tried = 0; tried < 200; tried++) {
    const small = {
      positive: 1 + Math.floor(Math.random() * 40),
      negative: 1 + Math.floor(Math.random() * 40),
    };
    const found = {
      positive: Math.floor(Math.random() * (small.positive + 1)),
      negative: Math.floor(Math.random() * (small.negative + 1)),
    };
    const round = (value: number) => claim(Math.round(10_000 * value) / 100);
    const claims = {
      accuracy: round((found.positive + found.negative) / (small.positive + small.negative)),
      balanced_accuracy: round((found.positive / small.positive + found.negative / small.negative) / 2),
    };
    const answer = matrixOf(claims, small);
    assert.ok(typeof answer === 'object', JSON.stringify({ small, found }));
    const accuracy = (answer.positive + answer.negative) / (small.positive + small.negative);
    assert.ok(Math.abs(accuracy - claims.accuracy.value) <= 0.000051);
  }
});

test('the mean Jaccard index of any images is within its bounds', () => {
  for (let tried = 0; tried < 200; tried++) {
    const dice = Array.from({ length: 30 }, () => Math.random() ** (1 + 3 * Math.random()));
    const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value / values.length, 0);
    const [least, most] = jaccardBounds({ value: mean(dice), half: 0 });
    const jaccard = mean(dice.map((value) => value / (2 - value)));
    assert.ok(jaccard >= least - 1e-12 && jaccard <= most + 1e-12);
  }
  const [least, most] = jaccardBounds(claim(82.14));
  assert.ok(least < 0.697 && least > 0.6968 && most < 0.8216);
});

test('the area of any ROC curve is within the bounds of each of its points', () => {
  for (let tried = 0; tried < 100; tried++) {
    const scores = (count: number, shift: number) =>
      Array.from({ length: count }, () => Math.random() + shift);
    const [positive, negative] = [scores(20, Math.random()), scores(15, 0)];
    let won = 0;
    for (const p of positive) for (const n of negative) won += p > n ? 1 : 0;
    const auc = won / (positive.length * negative.length);
    const threshold = 2 * Math.random();
    const share = (values: readonly number[], yes: (value: number) => boolean): Claim => ({
      value: values.filter(yes).length / values.length,
      half: 0,
    });
    const [least, most] = areaBounds(
      share(positive, (value) => value >= threshold),
      share(negative, (value) => value < threshold),
    );
    assert.ok(auc >= least - 1e-12 && auc <= most + 1e-12, `${auc} in ${least} .. ${most}`);
  }
});

test.run();
