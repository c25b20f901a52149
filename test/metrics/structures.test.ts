import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { RunPlan } from '../../src/compiler/plan/run-plan.ts';
import { evaluatePredictions, metricValues } from '../../src/runtime/metrics/evaluate.ts';
import { evaluationSchema } from '../../src/runtime/metrics/evaluation-schema.ts';
import { evaluateWithIntervals } from '../../src/runtime/metrics/intervals.ts';
import type { Measurement } from '../../src/runtime/metrics/measure.ts';
import { structuresNeverFound } from '../../src/runtime/metrics/never-found.ts';
import { strips, structuredCase, structuredCases, structuredPlan } from '../support/structured.ts';

const test = suite('metrics by structure');

const names = ['right_ventricle', 'myocardium', 'left_ventricle'] as const;

const masks = fc.array(fc.constantFrom(0, 0, 0, 1, 2, 3), { minLength: 144, maxLength: 144 });
/** Some images lack some structures, in truth or prediction. */
const someOf = fc.subarray([1, 2, 3]);
const mask = fc
  .tuple(masks, someOf)
  .map(([values, kept]) => values.map((value) => (kept.includes(value) ? value : 0)));
const cases = fc.array(fc.record({ truth: mask, predicted: mask, patient: fc.integer({ min: 0, max: 3 }) }), {
  minLength: 1,
  maxLength: 6,
});

function measured(
  drawn: readonly {
    readonly truth: readonly number[];
    readonly predicted: readonly number[];
    readonly patient: number;
  }[],
): readonly Measurement[] {
  return drawn.map(({ truth, predicted, patient }, index) =>
    structuredCase({ id: `${index}`, patient: `p${patient}`, fold: 1 + (patient % 2) }, truth, predicted),
  );
}

/** Straight from the definition. */
function dice(truth: readonly number[], predicted: readonly number[], value: number): number {
  const inside = truth.filter((one) => one === value).length;
  const called = predicted.filter((one) => one === value).length;
  const both = truth.filter((one, pixel) => one === value && predicted[pixel] === value).length;
  return inside + called === 0 ? 1 : (2 * both) / (inside + called);
}

const average = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

test('each structure has the mean over images of its own definition, and the mean is theirs', () => {
  fc.assert(
    fc.property(cases, (drawn) => {
      const values = metricValues(evaluatePredictions(structuredPlan, measured(drawn)));
      const expected = names.map((_, index) =>
        average(drawn.map(({ truth, predicted }) => dice(truth, predicted, index + 1))),
      );
      for (const [index, name] of names.entries())
        assert.ok(Math.abs(values[`segmentation.dsc.${name}`]! - expected[index]!) < 1e-12, name);
      assert.ok(Math.abs(values['segmentation.dsc']! - average(expected)) < 1e-12);
    }),
    { seed: 16, numRuns: 40 },
  );
});

test('means over folds are means over folds for each structure too', () => {
  const evaluate = { ...structuredPlan.evaluate, aggregate: 'mean_of_folds' as const };
  fc.assert(
    fc.property(cases, (drawn) => {
      const { metrics } = evaluatePredictions({ ...structuredPlan, evaluate }, measured(drawn));
      for (const metric of metrics) {
        assert.is(metric.value, metric.perFold.mean);
        const below = metrics.filter(
          ({ path, structure }) => structure && path.startsWith(`${metric.path}.`),
        );
        const values = Object.fromEntries(below.map(({ structure, value }) => [structure, value]));
        assert.equal(metric.structures, values);
      }
    }),
    { seed: 17, numRuns: 15 },
  );
});

test('empty masks are counted by image, by patient, and by what is empty', () => {
  fc.assert(
    fc.property(cases, (drawn) => {
      const { metrics } = evaluatePredictions(structuredPlan, measured(drawn));
      for (const [index, name] of names.entries()) {
        const holds = (values: readonly number[]) => values.includes(index + 1);
        const count = (truth: boolean, predicted: boolean) =>
          drawn.filter((one) => holds(one.truth) === truth && holds(one.predicted) === predicted).length;
        assert.equal(metrics.find(({ path }) => path === `segmentation.hd95.${name}`)!.empty, {
          of: 'image',
          masks: drawn.length,
          both: count(false, false),
          truthOnly: count(false, true),
          predictionOnly: count(true, false),
        });
        const patients = metrics.find(({ path }) => path === `segmentation.dsc_per_patient.${name}`)!.empty!;
        assert.is(patients.of, 'patient');
        assert.is(patients.masks, new Set(drawn.map(({ patient }) => patient)).size);
      }
      const mean = metrics.find(({ path }) => path === 'segmentation.dsc')!.empty!;
      assert.is(mean.masks, 3 * drawn.length);
    }),
    { seed: 18, numRuns: 25 },
  );
});

test('what is printed follows its schema, with an interval for each structure', () => {
  const evaluation = evaluateWithIntervals(structuredPlan, structuredCases(0.5));
  const isValid = new Ajv2020().compile(evaluationSchema);
  assert.ok(isValid(JSON.parse(JSON.stringify(evaluation))), JSON.stringify(isValid.errors));
  const muscle = evaluation.metrics.find(({ path }) => path === 'segmentation.dsc.myocardium')!;
  const [interval] = muscle.intervals;
  assert.ok(interval!.low <= muscle.pooled! && muscle.pooled! <= interval!.high);
});

test('a structure that is never predicted is told once, with the number of images that hold it', () => {
  const told = structuresNeverFound(evaluatePredictions(structuredPlan, structuredCases(0.5)));
  assert.equal(
    told.map(({ code, message }) => `${code} ${message}`),
    [
      'CMR877 `right_ventricle` of `segmentation` is in the truth of 9 held-out images and is never predicted',
    ],
  );
  assert.equal(structuresNeverFound(evaluatePredictions(structuredPlan, structuredCases(0.5, true))), []);
});

test('a structure that no image holds is not missed', () => {
  const none = [structuredCase({ id: 'a', patient: 'a', fold: 1 }, strips([0, 9, 9]), strips([0, 9, 9]))];
  assert.equal(structuresNeverFound(evaluatePredictions(structuredPlan, none)), []);
});

function nsdOf(plan: RunPlan, members: readonly Measurement[]) {
  return evaluatePredictions(plan, members).metrics.find(({ path }) => path === 'segmentation.nsd')!;
}

test('a surface distance is measured at the tolerance of the plan, in mm', () => {
  // One row of pixels, predicted one row too low: 1.5 mm away.
  const row = (at: number) =>
    Array.from({ length: 144 }, (_, pixel) => (Math.floor(pixel / 12) === at ? 1 : 0));
  const at = (tolerance: number) => {
    const plan = { ...structuredPlan, evaluate: { ...structuredPlan.evaluate, tolerance } };
    const image = { id: 'a', patient: 'a', fold: 1 };
    const { metrics } = evaluatePredictions(plan, [structuredCase(image, row(3), row(4), [1.5, 0.5], plan)]);
    const nsd = metrics.find(({ path }) => path === 'segmentation.nsd.right_ventricle')!;
    assert.is(nsd.contract.tolerance, tolerance);
    return nsd.value;
  };
  assert.is(at(1.5), 1);
  assert.is(at(1.4), 0);
});

test('a surface distance without a spacing has no value, and says why', () => {
  const image = structuredCase(
    { id: 'a', patient: 'a', fold: 1 },
    strips([9, 9, 9]),
    strips([9, 9, 9]),
    null,
  );
  const { value, reason } = nsdOf(structuredPlan, [image]);
  assert.equal([value, reason], [null, 'the spacing of an image is unknown']);
});

test('predictions of older versions, or measured at another tolerance, lack a value and keep the others', () => {
  const old = structuredCases(0.5).map((one) => ({
    ...one,
    masks: {
      segmentation: one.masks['segmentation']!.map((overlap) => {
        const { hd95, assd } = overlap.surface!.px;
        return { ...overlap, surface: { px: { hd95, assd }, mm: { hd95, assd } } };
      }),
    },
  }));
  const { metrics } = evaluatePredictions(structuredPlan, old);
  const find = (name: string) => metrics.find(({ path }) => path === `segmentation.${name}`)!;
  assert.type(find('hd95').value, 'number');
  for (const name of ['hd95_max', 'nsd']) {
    assert.is(find(name).value, null);
    assert.match(find(name).reason!, 'cmrc evaluate');
  }
  const evaluate = { ...structuredPlan.evaluate, tolerance: 3 };
  assert.match(nsdOf({ ...structuredPlan, evaluate }, structuredCases(0.5)).reason!, 'cmrc evaluate');
});

test.run();
