import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { RunPlan } from '../../src/compiler/plan/run-plan.ts';
import { evaluatePredictions, metricValues } from '../../src/runtime/metrics/evaluate.ts';
import { evaluateWithIntervals, intervalsOverSeeds } from '../../src/runtime/metrics/intervals.ts';
import { rocCurve } from '../../src/runtime/metrics/label-metrics.ts';
import { packBytes, packMask, unpackBytes, unpackMask } from '../../src/runtime/metrics/stored.ts';
import { diagnoses, paperPlan } from './plans.ts';

const test = suite('scores and intervals');

const plan: RunPlan = {
  ...paperPlan,
  evaluate: {
    ...paperPlan.evaluate,
    metrics: { diagnosis: ['auc', 'average_precision', 'brier', 'ece', 'accuracy'] },
  },
};

const judged = fc.array(
  fc.record({
    truth: fc.integer({ min: 0, max: 1 }),
    score: fc.oneof(
      fc.integer({ min: 0, max: 8 }).map((step) => step / 8),
      fc.double({ min: 0, max: 1, noNaN: true }),
    ),
  }),
  { minLength: 1, maxLength: 30 },
);

function near(actual: number | null | undefined, expected: number): void {
  assert.ok(typeof actual === 'number' && Math.abs(actual - expected) < 1e-9, `${actual} is not ${expected}`);
}

test('average precision sums precision over the steps of recall, Brier and calibration follow their definitions', () => {
  fc.assert(
    fc.property(judged, (rows) => {
      const values = metricValues(evaluatePredictions(plan, diagnoses(rows)));
      const positives = rows.filter(({ truth }) => truth === 0).length;
      // For every distinct score as a threshold, from the highest: precision times the gain in recall.
      let [sum, before] = [0, 0];
      for (const threshold of [...new Set(rows.map(({ score }) => score))].sort((a, b) => b - a)) {
        const called = rows.filter(({ score }) => score >= threshold);
        const hits = called.filter(({ truth }) => truth === 0).length;
        sum += (hits / positives - before) * (hits / called.length);
        before = hits / positives;
      }
      if (positives === 0) assert.is(values['diagnosis.average_precision'], null);
      else near(values['diagnosis.average_precision'], sum);
      let [brier, calibration] = [0, 0];
      for (const { truth, score } of rows) brier += (score - (truth === 0 ? 1 : 0)) ** 2 / rows.length;
      for (let bin = 0; bin < 10; bin += 1) {
        const members = rows.filter(({ score }) => Math.min(9, Math.floor(score * 10)) === bin);
        const gap = members.reduce((total, { truth, score }) => total + score - (truth === 0 ? 1 : 0), 0);
        calibration += Math.abs(gap) / rows.length;
      }
      near(values['diagnosis.brier'], brier);
      near(values['diagnosis.ece'], calibration);
    }),
    { seed: 21, numRuns: 200 },
  );
});

test('the area below the ROC curve, by trapezoids, is the AUC', () => {
  fc.assert(
    fc.property(judged, (rows) => {
      const measurements = diagnoses(rows);
      const curve = rocCurve(
        measurements.map(({ labels }) => labels['diagnosis']!),
        0,
      );
      const auc = metricValues(evaluatePredictions(plan, measurements))['diagnosis.auc'];
      if (auc === null) return assert.is(curve.length, 0);
      const area = curve.slice(1).reduce((sum, point, index) => {
        const last = curve[index]!;
        return sum + ((point.fallout - last.fallout) * (point.sensitivity + last.sensitivity)) / 2;
      }, 0);
      near(auc, area);
    }),
    { seed: 22, numRuns: 150 },
  );
});

/** Scores of two overlapping classes, each patient with as many images as asked. */
function cohort(patients: number, images: number) {
  return Array.from({ length: patients * images }, (_, index) => {
    const patient = Math.floor(index / images);
    const truth = patient % 2;
    const wave = Math.abs(Math.sin((patient + 1) * 78.233) * 43758.5453) % 1;
    return {
      ...diagnoses([{ truth, score: 0.7 * wave + (truth === 0 ? 0.3 : 0) }])[0]!,
      id: `${index}`,
      patient: `${patient}`,
    };
  });
}

function intervalsOf(measurements: Parameters<typeof evaluateWithIntervals>[1], path: string) {
  return evaluateWithIntervals(plan, measurements).metrics.find((metric) => metric.path === path)!;
}

test('bootstrap and DeLong agree about the AUC, and hold its value', () => {
  const { pooled, intervals } = intervalsOf(cohort(80, 1), 'diagnosis.auc');
  assert.equal(
    intervals.map(({ method }) => method),
    ['bootstrap', 'delong'],
  );
  for (const { low, high } of intervals) assert.ok(low < pooled! && pooled! < high);
  assert.ok(Math.abs(intervals[0]!.low - intervals[1]!.low) < 0.03);
  assert.ok(Math.abs(intervals[0]!.high - intervals[1]!.high) < 0.03);
});

test('the bootstrap of a share is as wide as its binomial error, and more images of the same patients narrow nothing', () => {
  const width = (images: number) => {
    const { intervals } = intervalsOf(cohort(80, images), 'diagnosis.accuracy');
    return intervals[0]!.high - intervals[0]!.low;
  };
  const accuracy = intervalsOf(cohort(80, 1), 'diagnosis.accuracy').pooled!;
  const binomial = 2 * 1.96 * Math.sqrt((accuracy * (1 - accuracy)) / 80);
  assert.ok(Math.abs(width(1) - binomial) < 0.25 * binomial, `${width(1)} against ${binomial}`);
  assert.is(width(3), width(1));
});

test('the interval of a mean over seeds is of that mean, and one seed alone has its own', () => {
  const good = cohort(40, 2);
  const bad = good.map((one) => ({
    ...one,
    labels: { diagnosis: { ...one.labels['diagnosis']!, score: 1 - one.labels['diagnosis']!.score } },
  }));
  const place = evaluatePredictions(plan, good).metrics.findIndex(({ path }) => path === 'diagnosis.brier');
  const pooled = (measurements: typeof good) =>
    evaluatePredictions(plan, measurements).metrics[place]!.pooled!;
  const over = (...seeds: readonly (typeof good)[]) =>
    intervalsOverSeeds(seeds.map((measurements) => ({ plan, measurements })))[place]!.intervals[0]!;
  assert.equal(over(good), evaluateWithIntervals(plan, good).metrics[place]!.intervals[0]);
  assert.equal(over(good, good), over(good));
  const mean = (pooled(good) + pooled(bad)) / 2;
  assert.ok(Math.abs(pooled(good) - pooled(bad)) > 0.1, `${pooled(good)} and ${pooled(bad)}`);
  const { low, high } = over(good, bad);
  assert.ok(low < mean && mean < high, `${low} ${mean} ${high}`);
  assert.ok(Math.abs((low + high) / 2 - mean) < 0.03);
});

test('a single patient has no interval', () => {
  assert.equal(intervalsOf(cohort(1, 4), 'diagnosis.accuracy').intervals, []);
});

test('masks and bytes come back as they were packed, and a ring takes a few hundred bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const mask = bytes.map((byte) => byte & 1);
      assert.equal(unpackMask(packMask(mask), mask.length), mask);
      assert.equal(unpackBytes(packBytes(bytes), bytes.length), bytes);
    }),
    { seed: 23, numRuns: 100 },
  );
  const ring = Uint8Array.from({ length: 256 * 218 }, (_, pixel) => {
    const radius = Math.hypot(Math.floor(pixel / 218) - 128, (pixel % 218) - 109);
    return radius > 20 && radius < 28 ? 1 : 0;
  });
  assert.ok(packMask(ring).length < 600, `${packMask(ring).length}`);
  assert.throws(() => unpackMask(packMask(ring), 5));
});

test.run();
