import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { evaluatePredictions, metricValues } from '../../src/runtime/metrics/evaluate.ts';
import { maskMeasures } from '../../src/runtime/metrics/masks/mask-metrics.ts';
import { diagnoses, paperPlan } from './plans.ts';

const test = suite("the paper's numbers");

/**
 * Every classification row of the paper's tables 3, 5 and 7, whose percentages are those of one confusion matrix over
 * all 654 images with the healthy class positive.
 */
const rows = [
  ['serial [2,2,2]', 568, 9, 52, 25, 98.44, 67.53, 94.8],
  ['serial [3,5,7]', 564, 13, 57, 20, 97.75, 74.03, 94.95],
  ['serial [5,5,5]', 564, 13, 55, 22, 97.75, 71.43, 94.65],
  ['parallel [2,4,6]', 560, 17, 61, 16, 97.05, 79.22, 94.95],
  ['parallel [3,5,7]', 556, 21, 61, 16, 96.36, 79.22, 94.34],
  ['parallel [4,8,12]', 566, 11, 60, 17, 98.09, 77.92, 95.72],
  ['parallel [6,12,18]', 564, 13, 57, 20, 97.75, 74.03, 94.95],
  ['VGG16', 577, 0, 0, 77, 100, 0, 88.23],
  ['ResNet50', 558, 19, 48, 29, 96.71, 62.34, 92.66],
  ['Inception V3', 546, 31, 56, 21, 94.63, 72.73, 92.05],
  ['Xception', 552, 25, 57, 20, 95.67, 74.03, 93.12],
] as const;

function table(truePositive: number, falseNegative: number, trueNegative: number, falsePositive: number) {
  const images = (count: number, truth: number, score: number) =>
    Array.from({ length: count }, () => ({ truth, score }));
  return diagnoses([
    ...images(truePositive, 0, 0.9),
    ...images(falseNegative, 0, 0.1),
    ...images(trueNegative, 1, 0.1),
    ...images(falsePositive, 1, 0.9),
  ]);
}

for (const [name, tp, fn, tn, fp, sensitivity, specificity, accuracy] of rows) {
  test(`${name}: sensitivity, specificity and accuracy follow from the counts`, () => {
    const values = metricValues(evaluatePredictions(paperPlan, table(tp, fn, tn, fp)));
    for (const [metric, percent] of Object.entries({ sensitivity, specificity, accuracy })) {
      const value = values[`diagnosis.${metric}`]!;
      assert.ok(Math.abs(100 * value - percent) <= 0.01, `${metric}: ${100 * value} is not ${percent}`);
    }
  });
}

test('balanced accuracy and the diseased precision of the chosen rates', () => {
  const values = metricValues(evaluatePredictions(paperPlan, table(566, 11, 60, 17)));
  assert.ok(Math.abs(100 * values['diagnosis.balanced_accuracy']! - 88.01) <= 0.01);
  assert.ok(Math.abs(100 * values['diagnosis.npv']! - 84.51) <= 0.01); // the diseased class is the negative one
  assert.ok(Math.abs(values['diagnosis.accuracy']! - 0.957187) < 1e-6);
  assert.ok(Math.abs(values['diagnosis.sensitivity']! - 0.980936) < 1e-6);
  assert.ok(Math.abs(values['diagnosis.specificity']! - 0.779221) < 1e-6);
});

test('a classifier that always says healthy has an AUC of one half and no negative predictive value', () => {
  const evaluation = evaluatePredictions(paperPlan, table(577, 0, 0, 77));
  const values = metricValues(evaluation);
  assert.is(values['diagnosis.auc'], 0.5);
  assert.is(values['diagnosis.npv'], null);
  assert.is(
    evaluation.metrics.find(({ path }) => path === 'diagnosis.npv')?.reason,
    'no image was called negative',
  );
});

test('the AUC of the worked example is five sixths', () => {
  const scores = [0.9, 0.8, 0.4].map((score) => ({ truth: 0, score }));
  const others = [0.5, 0.1].map((score) => ({ truth: 1, score }));
  const values = metricValues(evaluatePredictions(paperPlan, diagnoses([...scores, ...others])));
  assert.ok(Math.abs(values['diagnosis.auc']! - 5 / 6) < 1e-12);
});

test('equations 7 and 8 on the worked example', () => {
  const overlap = { pixels: 1000, truth: 100, predicted: 80, both: 72, squaredError: 0, surface: null };
  assert.is(maskMeasures.dsc(overlap, 'px'), 0.8);
  assert.ok(Math.abs((maskMeasures.jaccard(overlap, 'px') as number) - 0.666667) < 1e-6);
});

test('the PSNR of 100 wrong pixels among 256×218 is 27.466965 dB', () => {
  const wrong = (count: number) =>
    maskMeasures.psnr(
      {
        pixels: 256 * 218,
        truth: count,
        predicted: 0,
        both: 0,
        squaredError: count,
        surface: null,
      },
      'px',
    ) as number;
  assert.ok(Math.abs(wrong(100) - 27.466965) < 1e-6);
  assert.ok(Math.abs(wrong(105) - 27.255) < 1e-3);
});

test('a perfect mask has a finite PSNR above every imperfect one', () => {
  const wrong = (count: number) =>
    maskMeasures.psnr(
      {
        pixels: 256 * 218,
        truth: 700,
        predicted: 700 - count,
        both: 700 - count,
        squaredError: count,
        surface: null,
      },
      'px',
    ) as number;
  assert.ok(Number.isFinite(wrong(0)) && wrong(0) > wrong(1));
});

test('what the paper reports stands beside what was measured', () => {
  const { metrics } = evaluatePredictions(paperPlan, table(566, 11, 60, 17));
  const accuracy = metrics.find(({ path }) => path === 'diagnosis.accuracy');
  assert.is(accuracy?.reported, 0.9572);
  assert.is(metrics.find(({ path }) => path === 'diagnosis.auc')?.reported, null);
});

test.run();
