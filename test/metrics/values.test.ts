import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { HeadPlan, RunPlan } from '../../src/compiler/index.ts';
import { agreementsOf } from '../../src/runtime/metrics/agreements.ts';
import { evaluatePredictions } from '../../src/runtime/metrics/evaluate.ts';
import { evaluateWithIntervals } from '../../src/runtime/metrics/intervals.ts';
import { type Measurement, measureImage } from '../../src/runtime/metrics/measure.ts';
import { stream } from '../../src/runtime/random/random.ts';
import { paperPlan } from './plans.ts';

const test = suite('numbers and several labels of held-out images');

const head = (name: string, kind: HeadPlan['kind'], encoding: HeadPlan['encoding'], channels: number) =>
  ({ name, kind, encoding, channels, attribute: name, trained: true }) satisfies HeadPlan;

function planOf(of: 'image' | 'patient'): RunPlan {
  return {
    ...paperPlan,
    heads: [
      head('ef', 'value', 'number', 1),
      head('findings', 'label', 'multilabel', 2),
      head('vendor', 'label', 'categorical', 3),
    ],
    data: {
      ...paperPlan.data,
      attributes: [
        { kind: 'value', name: 'ef', column: 'ef', unit: '%', scale: 10, of, margin: 1 },
        {
          ...{ kind: 'label', name: 'findings', column: 'findings', positive: null, several: true },
          classes: ['scar', 'oedema'].map((name) => ({ name, labels: [name] })),
        },
        {
          ...{ kind: 'label', name: 'vendor', column: 'vendor', positive: null, several: false },
          classes: ['a', 'b', 'c'].map((name) => ({ name, labels: [name] })),
        },
      ],
    },
    evaluate: {
      ...paperPlan.evaluate,
      metrics: {
        ef: ['mae', 'rmse', 'r2', 'limits_of_agreement'],
        findings: ['sensitivity', 'auc'],
        vendor: ['accuracy', 'balanced_accuracy'],
      },
    },
    reported: {},
  };
}

/** Three images of each of some patients; the network answers in scales of the unit. */
function held(plan: RunPlan, patients: number, key: string): readonly Measurement[] {
  const random = stream(5, key);
  return Array.from({ length: 3 * patients }, (_, index) => {
    const patient = `p${Math.floor(index / 3)}`;
    const truth = {
      ...{ id: `i${index}`, patient, fold: 1, spacing: null, mask: null, class: null },
      attributes: {
        ef: 40 + 5 * Math.floor(index / 3),
        findings: index % 2 === 0 ? ['scar'] : index % 3 === 0 ? ['scar', 'oedema'] : [],
        vendor: ['a', 'b', 'c'][index % 3]!,
      },
    };
    return measureImage(
      plan,
      truth,
      {},
      {
        ef: [(truth.attributes.ef + random.normal(2, 3)) / 10],
        findings: [random.uniform(), random.uniform()],
        vendor: index % 4 === 0 ? [0.5, 0.3, 0.2] : [0.1, 0.3, 0.6],
      },
    );
  });
}

function measured(plan: RunPlan, members: readonly Measurement[], path: string): number {
  return evaluatePredictions(plan, members).metrics.find((metric) => metric.path === path)!.value!;
}

const near = (actual: number, expected: number) =>
  assert.ok(
    Math.abs(actual - expected) < 1e-9 * Math.max(1, Math.abs(expected)),
    `${actual}, not ${expected}`,
  );

test('errors of numbers are in their unit, of images or of the means of patients', () => {
  for (const of of ['image', 'patient'] as const) {
    const plan = planOf(of);
    const members = held(plan, 7, of);
    const single = members.map(({ values }) => [values!['ef']!.predicted, values!['ef']!.truth] as const);
    const pairs =
      of === 'image'
        ? single
        : Array.from({ length: 7 }, (_, patient) => {
            const own = single.slice(3 * patient, 3 * patient + 3);
            return [own.reduce((sum, [value]) => sum + value, 0) / 3, own[0]![1]] as const;
          });
    const errors = pairs.map(([predicted, truth]) => predicted - truth);
    const mean = (values: readonly number[]) => values.reduce((sum, one) => sum + one, 0) / values.length;
    const squares = (values: readonly number[]) =>
      values.reduce((sum, one) => sum + (one - mean(values)) ** 2, 0);
    near(measured(plan, members, 'ef.mae'), mean(errors.map(Math.abs)));
    near(measured(plan, members, 'ef.rmse'), Math.sqrt(mean(errors.map((error) => error ** 2))));
    const total = squares(pairs.map(([, truth]) => truth));
    near(measured(plan, members, 'ef.r2'), 1 - errors.reduce((sum, error) => sum + error ** 2, 0) / total);
    near(
      measured(plan, members, 'ef.limits_of_agreement'),
      1.96 * Math.sqrt(squares(errors) / (errors.length - 1)),
    );
    const { contract } = evaluatePredictions(plan, members).metrics[0]!;
    assert.equal([contract.unit, contract.better, contract.positive], ['%', 'lower', null]);
    assert.match(contract.aggregation, `over ${of}s`);
  }
});

test('agreement is of patients, one value of each, with bias and limits in the unit', () => {
  const plan = planOf('image');
  const [agreement, ...others] = agreementsOf(plan, [held(plan, 9, 'agreement')], []);
  assert.equal([agreement!.path, agreement!.unit, agreement!.n, others.length], ['ef', '%', 9, 0]);
  assert.ok(agreement!.bias > 0 && agreement!.bias < 4, `the bias is ${agreement!.bias}`);
  near(agreement!.limits!.high - agreement!.limits!.low, 2 * 1.96 * agreement!.deviation!);
});

test('a constant truth has no R², and a single value no limits', () => {
  const plan = planOf('image');
  const [first] = held(plan, 1, 'one') as readonly [Measurement];
  const metrics = new Map(evaluatePredictions(plan, [first]).metrics.map((one) => [one.path, one]));
  assert.is(metrics.get('ef.r2')!.reason, 'all true values are equal');
  assert.is(metrics.get('ef.limits_of_agreement')!.value, null);
});

test('several labels are measured class by class, and then on the mean', () => {
  const plan = planOf('image');
  const members = held(plan, 8, 'several');
  const evaluation = evaluateWithIntervals(plan, members);
  const value = (path: string) => evaluation.metrics.find((metric) => metric.path === path)!;
  const scars = members.filter(({ answers }) => answers!['findings']![0]!.truth === 0);
  const found = scars.filter(({ answers }) => answers!['findings']![0]!.score >= 0.5).length;
  near(value('findings.sensitivity.scar').value!, found / scars.length);
  near(
    value('findings.auc').value!,
    (value('findings.auc.scar').value! + value('findings.auc.oedema').value!) / 2,
  );
  assert.equal(Object.keys(value('findings.auc').structures), ['scar', 'oedema']);
  assert.is(value('findings.sensitivity.scar').contract.positive, 'scar');
  assert.equal(evaluation.confusions['findings.scar']!.outcomes, ['scar', 'no scar']);
  assert.is(
    evaluation.confusions['findings.scar']!.counts.flat().reduce((sum, one) => sum + one),
    24,
  );
});

test('a label without a positive class is measured by what needs none, and has no reliability', () => {
  const plan = planOf('image');
  const members = held(plan, 4, 'vendor');
  const evaluation = evaluatePredictions(plan, members);
  const right = members.filter(({ labels }) => labels['vendor']!.truth === labels['vendor']!.predicted);
  near(measured(plan, members, 'vendor.accuracy'), right.length / members.length);
  assert.not('vendor' in evaluation.reliability);
  assert.is(evaluation.metrics.find(({ path }) => path === 'vendor.accuracy')!.contract.positive, null);
});

test.run();
