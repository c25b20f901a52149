import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { HeadPlan, RunPlan } from '../../src/compiler/plan/run-plan.ts';
import type { Grid } from '../../src/runtime/images/grid.ts';
import { evaluatePredictions, metricValues } from '../../src/runtime/metrics/evaluate.ts';
import { evaluationSchema } from '../../src/runtime/metrics/evaluation-schema.ts';
import { type Measurement, measureImage } from '../../src/runtime/metrics/measure.ts';
import { binaryLabel, binaryMask, diagnoses, paperPlan } from './plans.ts';

const test = suite('evaluation');

function grid(height: number, width: number, channels: number, values: readonly number[]): Grid {
  return { height, width, channels, values: Float32Array.from(values) };
}

function image(
  index: number,
  patient: string,
  fold: number,
  truth: readonly number[],
  probability: readonly number[],
): Measurement {
  const width = truth.length;
  return measureImage(
    paperPlan,
    { id: `image${index}`, patient, fold, spacing: null, mask: grid(1, width, 1, truth), class: null },
    { segmentation: grid(1, width, 1, probability) },
    {},
  );
}

const images = fc.array(
  fc
    .record({
      patient: fc.integer({ min: 0, max: 5 }),
      fold: fc.integer({ min: 1, max: 3 }),
      pixels: fc.array(fc.tuple(fc.boolean(), fc.double({ min: 0, max: 1, noNaN: true })), {
        minLength: 9,
        maxLength: 9,
      }),
    })
    .map(({ patient, fold, pixels }) => ({
      patient: `p${patient}`,
      fold,
      truth: pixels.map(([inside]) => (inside ? 1 : 0)),
      probability: pixels.map(([, probability]) => Math.fround(probability)),
    })),
  { minLength: 1, maxLength: 12 },
);

const seeded = { seed: 99, numRuns: 150 };

/** Sets of pixel numbers, straight from the definitions. */
function sets(truth: readonly number[], probability: readonly number[]) {
  const inside = new Set(truth.flatMap((value, pixel) => (value === 1 ? [pixel] : [])));
  const called = new Set(probability.flatMap((value, pixel) => (value >= 0.5 ? [pixel] : [])));
  return { inside, called, both: new Set([...inside].filter((pixel) => called.has(pixel))) };
}

function near(actual: number | null | undefined, expected: number, tolerance = 1e-9): void {
  assert.ok(
    typeof actual === 'number' && Math.abs(actual - expected) <= tolerance,
    `${actual} is not ${expected}`,
  );
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

test('mask metrics are means over images of their definitions', () => {
  fc.assert(
    fc.property(images, (cases) => {
      const measured = cases.map((one, index) =>
        image(index, one.patient, one.fold, one.truth, one.probability),
      );
      const values = metricValues(evaluatePredictions(paperPlan, measured));
      const dice = cases.map(({ truth, probability }) => {
        const { inside, called, both } = sets(truth, probability);
        return inside.size + called.size === 0 ? 1 : (2 * both.size) / (inside.size + called.size);
      });
      const jaccard = cases.map(({ truth, probability }) => {
        const { inside, called, both } = sets(truth, probability);
        const union = new Set([...inside, ...called]);
        return union.size === 0 ? 1 : both.size / union.size;
      });
      const psnr = cases.map(({ truth, probability }) => {
        const errors = truth.map((value, pixel) => (value - (probability[pixel]! >= 0.5 ? 1 : 0)) ** 2);
        return 10 * Math.log10(1 / Math.max(average(errors), 0.5 / 9));
      });
      const soft = cases.map(
        ({ truth, probability }) =>
          10 *
          Math.log10(
            1 / Math.max(average(truth.map((value, pixel) => (value - probability[pixel]!) ** 2)), 0.5 / 9),
          ),
      );
      near(values['segmentation.dsc'], average(dice));
      near(values['segmentation.jaccard'], average(jaccard));
      near(values['segmentation.psnr'], average(psnr));
      near(values['segmentation.psnr_soft'], average(soft), 1e-5);
      for (const [index, value] of dice.entries()) near(jaccard[index], value / (2 - value));
    }),
    seeded,
  );
});

test('the Dice per patient pools the pixels of a patient first', () => {
  fc.assert(
    fc.property(images, (cases) => {
      const measured = cases.map((one, index) =>
        image(index, one.patient, one.fold, one.truth, one.probability),
      );
      const values = metricValues(evaluatePredictions(paperPlan, measured));
      const patients = [...new Set(cases.map(({ patient }) => patient))];
      const dice = patients.map((patient) => {
        const own = cases.filter((one) => one.patient === patient);
        const { inside, called, both } = sets(
          own.flatMap(({ truth }) => truth),
          own.flatMap(({ probability }) => probability),
        );
        return inside.size + called.size === 0 ? 1 : (2 * both.size) / (inside.size + called.size);
      });
      near(values['segmentation.dsc_per_patient'], average(dice));
    }),
    seeded,
  );
});

const judged = fc.array(
  fc.record({
    truth: fc.integer({ min: 0, max: 1 }),
    // Few distinct scores, so that ties are common.
    score: fc.integer({ min: 0, max: 6 }).map((step) => step / 6),
    fold: fc.integer({ min: 1, max: 3 }),
  }),
  { minLength: 1, maxLength: 40 },
);

test('the AUC is the share of pairs in the right order, ties one half', () => {
  fc.assert(
    fc.property(judged, (rows) => {
      const auc = metricValues(evaluatePredictions(paperPlan, diagnoses(rows)))['diagnosis.auc'];
      const pairs = rows
        .filter(({ truth }) => truth === 0)
        .flatMap((positive) =>
          rows
            .filter(({ truth }) => truth === 1)
            .map((negative) =>
              positive.score > negative.score ? 1 : positive.score === negative.score ? 0.5 : 0,
            ),
        );
      if (pairs.length === 0) assert.is(auc, null);
      else near(auc, average(pairs));
    }),
    seeded,
  );
});

test('label metrics equal their definitions, and are null with a reason where those divide by zero', () => {
  fc.assert(
    fc.property(judged, (rows) => {
      const evaluation = evaluatePredictions(paperPlan, diagnoses(rows));
      const values = metricValues(evaluation);
      const called = (score: number) => score >= 0.5;
      const count = (truth: number, positive: boolean) =>
        rows.filter((row) => row.truth === truth && called(row.score) === positive).length;
      const [tp, fn, fp, tn] = [count(0, true), count(0, false), count(1, true), count(1, false)];
      const expected = {
        accuracy: (tp + tn) / rows.length,
        sensitivity: tp / (tp + fn),
        specificity: tn / (tn + fp),
        balanced_accuracy: (tp / (tp + fn) + tn / (tn + fp)) / 2,
        f1: (2 * tp) / (2 * tp + fp + fn),
        ppv: tp / (tp + fp),
        npv: tn / (tn + fn),
      };
      for (const [name, value] of Object.entries(expected)) {
        if (Number.isNaN(value)) {
          assert.is(values[`diagnosis.${name}`], null);
          assert.ok(evaluation.metrics.find(({ path }) => path === `diagnosis.${name}`)?.reason);
        } else near(values[`diagnosis.${name}`], value);
      }
    }),
    seeded,
  );
});

test('pooled and mean of folds are both given, and the experiment chooses', () => {
  const rows = [
    { truth: 0, score: 0.9, fold: 1 },
    { truth: 0, score: 0.9, fold: 1 },
    { truth: 0, score: 0.9, fold: 1 },
    { truth: 0, score: 0.1, fold: 2 },
  ];
  const pick = (plan: RunPlan) =>
    evaluatePredictions(plan, diagnoses(rows)).metrics.find(({ path }) => path === 'diagnosis.sensitivity')!;
  const pooled = pick(paperPlan);
  assert.is(pooled.value, 0.75);
  assert.equal(pooled.perFold.values, [1, 0]);
  assert.is(pooled.perFold.mean, 0.5);
  near(pooled.perFold.deviation, Math.SQRT1_2);
  const folded = pick({ ...paperPlan, evaluate: { ...paperPlan.evaluate, aggregate: 'mean_of_folds' } });
  assert.is(folded.value, 0.5);
  assert.is(folded.pooled, 0.75);
});

test('an evaluation keeps to its schema, with values and without', () => {
  const validate = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(evaluationSchema);
  const rows = [
    { truth: 0, score: 0.9, fold: 1 },
    { truth: 1, score: 0.1, fold: 2 },
  ];
  const seen = image(1, 'p', 1, [1, 0], [0.9, 0.2]);
  for (const measurements of [diagnoses(rows), [seen], []]) {
    const plain = JSON.parse(JSON.stringify(evaluatePredictions(paperPlan, measurements)));
    assert.ok(validate(plain), JSON.stringify(validate.errors));
  }
  assert.not.ok(validate({ version: 1 }));
});

test('scores that are no numbers leave the AUC undefined', () => {
  const rows = [
    { truth: 0, score: Number.NaN, fold: 1 },
    { truth: 1, score: 0.1, fold: 1 },
  ];
  const auc = evaluatePredictions(paperPlan, diagnoses(rows)).metrics.find(
    ({ path }) => path === 'diagnosis.auc',
  )!;
  assert.equal([auc.value, auc.reason], [null, 'a score is no number']);
});

test('a fold without a class leaves the mean of folds undefined, not silently smaller', () => {
  const rows = [
    { truth: 0, score: 0.9, fold: 1 },
    { truth: 1, score: 0.1, fold: 2 },
  ];
  const plan: RunPlan = { ...paperPlan, evaluate: { ...paperPlan.evaluate, aggregate: 'mean_of_folds' } };
  const auc = evaluatePredictions(plan, diagnoses(rows)).metrics.find(
    ({ path }) => path === 'diagnosis.auc',
  )!;
  assert.is(auc.value, null);
  assert.is(auc.reason, 'there are no negative images');
  assert.equal(auc.perFold.values, [null, null]);
  assert.is(auc.pooled, 1);
});

test('every number states its contract', () => {
  const measured = [image(0, 'p', 1, [1, 0], [0.9, 0.2])].map((one, index) => ({
    ...one,
    labels: diagnoses([{ truth: 0, score: 0.8 }])[index]!.labels,
  }));
  const { metrics, images: count, patients } = evaluatePredictions(paperPlan, measured);
  assert.equal([count, patients], [1, 1]);
  const contract = (path: string) => metrics.find((metric) => metric.path === path)!.contract;
  assert.is(contract('diagnosis.sensitivity').positive, 'healthy');
  assert.is(contract('diagnosis.auc').threshold, null);
  assert.is(contract('segmentation.dsc').threshold, 0.5);
  assert.match(contract('segmentation.dsc').empty, 'counts as 1');
  assert.match(contract('segmentation.psnr').caveat ?? '', 'Fardo');
  assert.not(metrics.find(({ path }) => path === 'segmentation.dsc_per_patient')!.asked);
});

test('nothing measured gives null, and the whole evaluation survives JSON', () => {
  const evaluation = evaluatePredictions(paperPlan, []);
  assert.ok(evaluation.metrics.length > 0 && evaluation.metrics.every(({ value }) => value === null));
  assert.equal(JSON.parse(JSON.stringify(evaluation)), evaluation);
});

test('a softmax over structures is judged by its largest channel, structure by structure', () => {
  const head: HeadPlan = { ...binaryMask, encoding: 'categorical', channels: 3 };
  const plan: RunPlan = {
    ...paperPlan,
    heads: [head],
    data: {
      ...paperPlan.data,
      structures: [
        { name: 'cavity', values: [3] },
        { name: 'myocardium', values: [2] },
      ],
    },
  };
  const truth = grid(1, 4, 1, [0, 3, 2, 2]);
  const map = grid(1, 4, 3, [0.4, 0.3, 0.3, 0.2, 0.5, 0.3, 0.1, 0.2, 0.7, 0.6, 0.1, 0.3]);
  const measured = measureImage(
    plan,
    { id: 'a', patient: 'p', fold: 1, spacing: null, mask: truth, class: null },
    { segmentation: map },
    {},
  );
  const dsc = evaluatePredictions(plan, [measured]).metrics.find(({ path }) => path === 'segmentation.dsc')!;
  assert.is(dsc.structures['cavity'], 1);
  near(dsc.structures['myocardium'], 2 / 3);
  near(dsc.value, 5 / 6);
  assert.is(dsc.contract.threshold, null);
});

test('several classes are judged by the largest probability, one of them positive for sensitivity', () => {
  const names = ['NOR', 'DCM', 'HCM'];
  const head: HeadPlan = { ...binaryLabel, encoding: 'categorical', channels: 3 };
  const plan: RunPlan = {
    ...paperPlan,
    heads: [head],
    data: { ...paperPlan.data, classes: names.map((name) => ({ name, labels: [name] })), positive: 'HCM' },
  };
  const measured = [
    ['NOR', [0.5, 0.3, 0.2]],
    ['DCM', [0.5, 0.3, 0.2]],
    ['HCM', [0.2, 0.3, 0.5]],
    ['HCM', [0.2, 0.5, 0.3]],
  ].map(([name, scores], index) =>
    measureImage(
      plan,
      { id: `${index}`, patient: `${index}`, fold: 1, spacing: null, mask: null, class: name as string },
      {},
      { diagnosis: scores as number[] },
    ),
  );
  const evaluation = evaluatePredictions(plan, measured);
  const values = metricValues(evaluation);
  assert.is(values['diagnosis.accuracy'], 0.5);
  assert.is(values['diagnosis.sensitivity'], 0.5);
  assert.is(values['diagnosis.specificity'], 1);
  near(values['diagnosis.balanced_accuracy'], 0.5);
  assert.is(values['diagnosis.auc'], 1);
  assert.equal(evaluation.confusions['diagnosis'], {
    outcomes: names,
    counts: [
      [1, 0, 0],
      [1, 0, 0],
      [0, 1, 1],
    ],
  });
});

test.run();
