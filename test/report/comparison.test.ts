import { Ajv2020 } from 'ajv/dist/2020.js';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Bag } from '../../src/compiler/diagnostics/diagnostic.ts';
import type { RunPlan } from '../../src/compiler/plan/run-plan.ts';
import { measureImage } from '../../src/runtime/metrics/measure.ts';
import type { StoredCase } from '../../src/runtime/metrics/stored.ts';
import { compareMembers, compareRows } from '../../src/runtime/report/comparison/comparison.ts';
import { comparisonSchema } from '../../src/runtime/report/comparison/comparison-schema.ts';
import { type ComparedMember, findMember } from '../../src/runtime/report/comparison/members.ts';
import { apart } from '../../src/runtime/report/figures.ts';
import { drawPlot, ticks } from '../../src/runtime/report/plot.ts';
import { testsTable, writeTable } from '../../src/runtime/report/tables.ts';
import type { KnownRuns } from '../../src/runtime/studies/known-runs.ts';
import { reseeded } from '../../src/runtime/studies/trials.ts';
import { paperPlan } from '../metrics/plans.ts';

const test = suite('comparisons');

const plan: RunPlan = {
  ...paperPlan,
  evaluate: {
    ...paperPlan.evaluate,
    metrics: { segmentation: ['dsc'], diagnosis: ['accuracy', 'auc', 'f1'] },
  },
};

/** A row of `count` patients with one image each: `found` of 10 pixels of the mask, and the score of each. */
function row(
  label: string,
  count: number,
  found: (image: number) => number,
  score: (image: number) => number,
): ComparedMember {
  const cases = Array.from({ length: count }, (_, image): StoredCase => {
    const values = (on: number) => Float32Array.from({ length: 16 }, (_, pixel) => (pixel < on ? 1 : 0));
    const grid = (on: number) => ({ height: 4, width: 4, channels: 1, values: values(on) });
    const truth = {
      id: `${image}`,
      patient: `p${image}`,
      fold: 1 + (image % 2),
      spacing: null,
      mask: grid(10),
      class: image % 3 === 0 ? 'diseased' : 'healthy',
    };
    const measured = measureImage(
      plan,
      truth,
      { segmentation: grid(found(image)) },
      { diagnosis: [score(image)] },
    );
    return { ...measured, probabilities: {}, shapes: {} };
  });
  return {
    label,
    plan,
    runs: [{ folder: `runs/${label}`, plan, folds: [], accepted: [], cases }],
    missing: null,
  };
}

const right = (image: number) => (image % 3 === 0 ? 0.1 : 0.9);
const good = row('good', 24, (image) => 8 + (image % 2), right);
const poor = row(
  'poor',
  24,
  (image) => 4 + (image % 3),
  (image) => (image % 4 === 0 ? 1 - right(image) : right(image)),
);
const same = row('same', 24, (image) => 8 + (image % 2), right);
const metrics = ['segmentation.dsc', 'diagnosis.accuracy', 'diagnosis.f1'];

test('a row that is better everywhere is the best, and its tests say so', () => {
  const { rows, tests } = compareMembers('S', [good, poor], [{}, {}], metrics);
  assert.equal(rows[0]!.best, ['segmentation.dsc', 'diagnosis.accuracy'].slice(0, rows[0]!.best.length));
  assert.ok(rows[0]!.best.includes('segmentation.dsc'));
  assert.equal(rows[1]!.best, []);
  const dice = tests.find(({ path }) => path === 'segmentation.dsc')!;
  assert.equal([dice.test, dice.images, dice.patients], ['Wilcoxon', 24, 24]);
  // All 24 differences have one sign.
  assert.ok(Math.abs(dice.p - 2 / 2 ** 24) < 1e-12);
  // Six images are answered better, none worse: 2 / 2⁶.
  assert.ok(Math.abs(tests.find(({ path }) => path === 'diagnosis.accuracy')!.p - 0.03125) < 1e-12);
});

test('a winner by value alone is not bold', () => {
  const close = row('close', 24, (image) => (image === 0 ? 9 : 8 + (image % 2)), right);
  const { rows, tests } = compareMembers('S', [good, close], [{}, {}], metrics);
  assert.ok(rows[1]!.values['segmentation.dsc']!.value! > rows[0]!.values['segmentation.dsc']!.value!);
  assert.equal([rows[0]!.best, rows[1]!.best], [[], []]);
  assert.is(tests.find(({ path }) => path === 'segmentation.dsc')!.p, 1);
});

test('a row that one fold speaks against is not bold, however small its p', () => {
  // Better by far in the first fold, worse by little in the second.
  const torn = row('torn', 24, (image) => (image % 2 === 0 ? 9 : 7), right);
  const even = row('even', 24, (image) => (image % 2 === 0 ? 2 : 8 - (image === 1 ? 1 : 0)), right);
  const { rows, tests } = compareMembers('S', [torn, even], [{}, {}], ['segmentation.dsc']);
  assert.equal(rows[0]!.best, []);
  assert.ok(rows[0]!.values['segmentation.dsc']!.value! > rows[1]!.values['segmentation.dsc']!.value!);
  assert.ok(tests[0]!.corrected < 1);
});

test('who calls everything positive has no better sensitivity', () => {
  const all = row(
    'all',
    24,
    () => 8,
    () => 0.9,
  );
  const careful = row(
    'careful',
    24,
    () => 8,
    (image) => (image % 3 === 0 ? 0.1 : image % 2 === 0 ? 0.9 : 0.2),
  );
  const asked = {
    ...plan,
    evaluate: { ...plan.evaluate, metrics: { diagnosis: ['sensitivity', 'specificity'] } },
  };
  const members = [all, careful].map((member) => ({ ...member, plan: asked }));
  const paths = ['diagnosis.sensitivity', 'diagnosis.specificity'];
  const { rows, tests } = compareMembers('S', members, [{}, {}], paths);
  assert.ok(tests.every(({ corrected }) => corrected < 0.05));
  assert.equal([rows[0]!.best, rows[1]!.best], [[], []]);
});

test('what the spec says about a missing published value is a note', () => {
  const { comparison } = compareRows(
    'S',
    [{ label: 'wide', plan, reported: {}, unpublished: { 'segmentation.dsc': 'invalid' } }],
    [],
    'nowhere',
    new Bag(),
  );
  assert.ok(comparison.notes.includes('published of `wide`: invalid'));
});

test('a row takes the seeds after its own, up to the next row of a sweep over seeds', () => {
  const seeds = [0, 1, 2].map((offset) => reseeded(plan, offset));
  const rows = new Set(seeds.map(({ hash }) => hash));
  const first = plan.train.seed;
  const askedBy = (own: RunPlan): readonly number[] => {
    const asked: number[] = [];
    const find = (wanted: RunPlan) => {
      asked.push(wanted.train.seed - first);
      // Five seeds were trained, two of them besides the sweep.
      const run = wanted.train.seed < first + 5 ? { folder: 'nowhere', record: {} } : null;
      return { plan: wanted, run };
    };
    findMember('row', own, rows, { find } as unknown as KnownRuns, new Bag());
    return asked;
  };
  assert.equal(askedBy(seeds[0]!), [0]);
  assert.equal(askedBy(seeds[1]!), [1]);
  assert.equal(askedBy(seeds[2]!), [2, 3, 4, 5]);
});

test('the best must beat every other row, and p-values are corrected over all pairs', () => {
  const { rows, tests } = compareMembers('S', [good, poor, same], [{}, {}, {}], metrics);
  assert.equal(
    rows.map(({ best }) => best),
    [[], [], []],
  );
  const own = tests.filter(({ path }) => path === 'segmentation.dsc');
  assert.is(own.length, 3);
  assert.ok(own.every(({ p, corrected }) => corrected >= p));
});

test('a head that no loss taught has no numbers, no tests and no place among the best, and tables say so', () => {
  const heads = plan.heads.map((head) => (head.name === 'diagnosis' ? { ...head, trained: false } : head));
  const alone = { ...plan, heads };
  const member = {
    ...good,
    label: 'masks alone',
    plan: alone,
    runs: good.runs.map((run) => ({ ...run, plan: alone })),
  };
  const comparison = compareMembers('runs', [member, poor], [{}, {}], []);
  const [first, second] = comparison.rows;
  for (const name of ['accuracy', 'auc', 'f1']) {
    const { value, reason, interval, folds } = first!.values[`diagnosis.${name}`]!;
    assert.equal([value, reason, interval, folds.mean], [null, 'untrained', null, null]);
    assert.is(typeof second!.values[`diagnosis.${name}`]!.value, 'number');
  }
  assert.is(typeof first!.values['segmentation.dsc']!.value, 'number');
  assert.not.ok(comparison.tests.some(({ path }) => path.startsWith('diagnosis')));
  assert.match(writeTable(comparison, 'markdown'), /masks alone \|[^\n]*\| untrained \| untrained \|/);
  assert.match(writeTable(comparison, 'latex'), /masks alone &[^\n]*& untrained & untrained/);
});

test('a metric without a paired test is never bold, and a row without runs says why', () => {
  const failed: ComparedMember = { label: 'failed', plan, runs: [], missing: 'no valid result' };
  const { rows, notes } = compareMembers('S', [good, poor, failed], [{}, {}, {}], ['diagnosis.f1']);
  assert.equal(rows[0]!.best, []);
  assert.is(rows[2]!.missing, 'no valid result');
  assert.ok(notes.some((note) => note.includes('held-out images of 24 patients')));
});

test('tables show ours and the published value, in every form', () => {
  const comparison = compareMembers('A_B', [good, poor], [{ 'segmentation.dsc': 0.8214 }, {}], metrics);
  const markdown = writeTable(comparison, 'markdown');
  assert.match(markdown, /\| good \| \*\*[\d.]+ ± [\d.]+\*\* \(paper 82\.14\)/);
  assert.match(writeTable(comparison, 'latex'), /good & \$\\mathbf\{[\d.]+ \\pm [\d.]+\}\$ \(82\.14\)/);
  assert.match(writeTable(comparison, 'latex'), 'A\\_B');
  const lines = writeTable(comparison, 'csv').trimEnd().split('\n');
  assert.is(lines.length, 1 + 2 * 3);
  assert.ok(lines.every((line) => line.split(',').length === lines[0]!.split(',').length));
});

test('a comparison keeps to its schema', () => {
  const validate = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(comparisonSchema);
  const comparisons = [compareMembers('S', [good, poor], [{}, { 'segmentation.dsc': 0.8 }], metrics)];
  assert.ok(
    validate(JSON.parse(JSON.stringify({ version: 1, comparisons }))),
    JSON.stringify(validate.errors),
  );
});

test('differences have intervals: as normal theory has them for one image each, and 0 outside where a test says so', () => {
  const uneven = row(
    'uneven',
    24,
    (image) => 4 + ((image * 7) % 5),
    (image) => ((image * 29) % 24) / 24,
  );
  const { tests } = compareMembers('S', [good, uneven], [{}, {}], ['segmentation.dsc', 'diagnosis.auc']);
  const [dice, area] = tests as [(typeof tests)[0], (typeof tests)[0]];
  // Dice coefficients of masks of 10 pixels of which so many are found.
  const score = (found: number) => (2 * found) / (10 + found);
  const differences = Array.from(
    { length: 24 },
    (_, image) => score(8 + (image % 2)) - score(4 + ((image * 7) % 5)),
  );
  const mean = differences.reduce((sum, value) => sum + value, 0) / 24;
  const error = Math.sqrt(differences.reduce((sum, value) => sum + (value - mean) ** 2, 0)) / 24;
  assert.ok(Math.abs(dice.difference - mean) < 1e-6);
  assert.ok(Math.abs(dice.interval!.low - (mean - 1.96 * error)) < 0.15 * 1.96 * error);
  assert.ok(Math.abs(dice.interval!.high - (mean + 1.96 * error)) < 0.15 * 1.96 * error);
  assert.is(area.test, 'DeLong');
  assert.is(area.interval!.low > 0, area.p < 0.05);
  const alone = compareMembers(
    'S',
    [row('a', 1, () => 9, right), row('b', 1, () => 8, right)],
    [{}, {}],
    metrics,
  );
  assert.is(alone.tests[0]!.interval, null);
});

test('a perfect classifier against a constant one: no p of 0, no interval without width, and words for both', () => {
  const six = (score: (image: number) => number) => row('six', 6, () => 8, score);
  const named = [
    { ...six(right), label: 'perfect' },
    { ...six(() => 0.9), label: 'constant' },
  ];
  const { rows, tests, notes } = compareMembers(
    'S',
    named,
    [{}, {}],
    ['diagnosis.accuracy', 'diagnosis.auc', 'segmentation.dsc'],
  );
  const [answers, areas, masks] = tests as [(typeof tests)[0], (typeof tests)[0], (typeof tests)[0]];
  assert.equal([areas.test, areas.exact, areas.interval, areas.posterior], ['permutation', true, null, null]);
  assert.ok(areas.p >= 2 / 64 && areas.p < 1, `${areas.p}`);
  assert.ok(notes.some((note) => note.includes("permutation: DeLong's error is 0")));
  // All six are right: Wilson's 6 / (6 + z²); the area by two diseased and four healthy patients.
  const { accuracy, auc } = Object.fromEntries(
    ['accuracy', 'auc'].map((name) => [name, rows[0]!.values[`diagnosis.${name}`]!.interval!]),
  );
  assert.equal([accuracy!.method, auc!.method, auc!.high], ['wilson', 'newcombe', 1]);
  assert.ok(Math.abs(accuracy!.low - 6 / (6 + 1.959964 ** 2)) < 1e-6 && auc!.low > 0.2 && auc!.low < 0.8);
  // Every mask has the same overlap in both rows.
  const { interval, withoutInterval } = rows[0]!.values['segmentation.dsc']!;
  assert.equal([interval, withoutInterval], [null, 'all draws of patients give one value']);
  assert.ok(notes.some((note) => /^rows without an interval of segmentation\.dsc\b.*: all draws/.test(note)));
  assert.equal([masks.interval, masks.reason], [null, 'no interval: all patients differ by the same']);
  assert.equal(masks.posterior, { first: 0, equal: 1, second: 0 });
  assert.ok(answers.posterior!.first > 0.8);
});

test('all images of a patient count as one where all are right', () => {
  const twice = row('twice', 8, () => 8, right);
  const cases = twice.runs[0]!.cases.flatMap((one) => [one, { ...one, id: `${one.id}b` }]);
  const members = [{ ...twice, runs: [{ ...twice.runs[0]!, cases }] }];
  const { rows } = compareMembers('S', members, [{}], ['diagnosis.accuracy']);
  const { low, high } = rows[0]!.values['diagnosis.accuracy']!.interval!;
  assert.ok(Math.abs(low - 8 / (8 + 1.959964 ** 2)) < 1e-6);
  assert.is(high, 1);
});

test('beside a test stands how probable it is that the first row is better, equal within the margin of its spec, or worse', () => {
  const [dice] = compareMembers('S', [good, poor], [{}, {}], ['segmentation.dsc']).tests;
  assert.equal([dice!.margin, dice!.posterior!.first > 0.99], [0.01, true]);
  // Of distances and losses the smaller is better.
  const [brier] = compareMembers('S', [good, poor], [{}, {}], ['diagnosis.brier']).tests;
  const asked = { ...plan, evaluate: { ...plan.evaluate, metrics: { diagnosis: ['brier'] } } };
  const judged = [good, poor].map((member) => ({
    ...member,
    plan: asked,
    runs: member.runs.map((run) => ({ ...run, plan: asked })),
  }));
  const [lower] = compareMembers('S', judged, [{}, {}], ['diagnosis.brier']).tests;
  assert.is(brier, undefined);
  assert.ok(lower!.difference < 0 && lower!.posterior!.first > lower!.posterior!.second);
  const wide = { ...plan, evaluate: { ...plan.evaluate, margins: { share: 0.9, distance: 1 } } };
  const relaxed = [good, poor].map((member) => ({ ...member, plan: wide }));
  const { tests, notes } = compareMembers('S', relaxed, [{}, {}], ['segmentation.dsc']);
  assert.equal([tests[0]!.margin, tests[0]!.posterior!.equal], [0.9, 1]);
  assert.ok(notes.some((note) => note.includes('equal within 0.9 for dsc')));
});

test('a corrected p-value says over how many tests, and of which', () => {
  const { tests, notes } = compareMembers('S', [good, poor, same], [{}, {}, {}], metrics);
  assert.ok(tests.every(({ correction }) => correction.method === 'Holm' && correction.tests === 3));
  assert.ok(
    notes.some((note) =>
      note.includes('over the pairs of rows tested in one metric, 3 tests each; not over'),
    ),
  );
  const table = testsTable({ rows: [{ label: 'a' }, { label: 'b' }, { label: 'c' }] as never, tests });
  assert.is(table.length, 1 + tests.length);
  const at = (name: string) => table[0]!.indexOf(name);
  assert.equal([table[1]![at('correction')], table[1]![at('tests_corrected')]], ['Holm', '3']);
  assert.is(Number(table[1]![at('better')]), tests[0]!.posterior!.first);
});

test('figures tell rows apart by what is varied, where that is one setting', () => {
  assert.equal(apart(['rates = [2, 2]', 'rates = [3, 5]']), {
    setting: 'rates',
    names: ['[2, 2]', '[3, 5]'],
  });
  assert.equal(apart(['rates = 2, width = 8', 'rates = 2, width = 16']).names[1], 'rates = 2, width = 16');
  assert.equal(apart(['UNet', 'rates = 2']).names, ['UNet', 'rates = 2']);
});

test('plots hold their marks inside, and ticks are round', () => {
  assert.equal(ticks([0, 1]), [0, 0.2, 0.4, 0.6000000000000001, 0.8, 1]);
  assert.equal(ticks([-3, 41]), [0, 10, 20, 30, 40]);
  const svg = drawPlot({
    title: 'a < b',
    caption: 'c > d',
    x: { label: 'x', range: null },
    y: { label: 'y', range: null },
    marks: [
      {
        kind: 'dots',
        color: '#000000',
        points: [
          [1, 5],
          [3, 9],
        ],
      },
    ],
    legend: [],
  });
  assert.match(svg, 'a &lt; b');
  for (const [, x, y] of svg.matchAll(/cx="([\d.]+)" cy="([\d.]+)"/g)) {
    assert.ok(Number(x) > 58 && Number(x) < 446 && Number(y) > 50 && Number(y) < 350);
  }
});

test.run();
