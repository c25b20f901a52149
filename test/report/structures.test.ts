import { Ajv2020 } from 'ajv/dist/2020.js';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { comparisonText } from '../../cli/text/comparison.ts';
import { compareMembers } from '../../src/runtime/report/comparison/comparison.ts';
import { comparisonSchema } from '../../src/runtime/report/comparison/comparison-schema.ts';
import type { ComparedMember } from '../../src/runtime/report/comparison/members.ts';
import { figuresOf } from '../../src/runtime/report/figures.ts';
import { writePage } from '../../src/runtime/report/page.ts';
import { writeTable } from '../../src/runtime/report/tables.ts';
import { structuredCases, structuredPlan } from '../support/structured.ts';

const test = suite('comparisons of several structures');

function member(label: string, share: number, found: boolean): ComparedMember {
  const cases = structuredCases(share, found);
  const folder = `runs/${label}`;
  const plan = structuredPlan;
  return { label, plan, runs: [{ folder, plan, folds: [], accepted: [], cases }], missing: null };
}

const members = [member('found', 0.6, true), member('lost', 0.8, false)];
const reported = [{ 'segmentation.dsc': 0.8214 }, {}];
const all = compareMembers('S', members, reported, []);

test('a row has the values of its structures, and the columns are the means', () => {
  assert.equal(
    all.columns.map(({ path }) => path),
    ['dsc', 'dsc_per_patient', 'hd95', 'hd95_max', 'nsd'].map((name) => `segmentation.${name}`),
  );
  const { values } = all.rows[1]!;
  // Nine images hold a right ventricle, of which nothing is found; three are rightly empty.
  assert.is(values['segmentation.dsc.right_ventricle']!.value, 0.25);
  assert.is(values['segmentation.dsc.left_ventricle']!.value, 1);
  const isValid = new Ajv2020().compile(comparisonSchema);
  assert.ok(
    isValid({ version: 1, comparisons: [JSON.parse(JSON.stringify(all))] }),
    JSON.stringify(isValid.errors),
  );
});

test('notes say how many masks were empty, and which structure a row never predicts', () => {
  const about = all.notes.filter((note) => note.includes('right_ventricle'));
  assert.equal(about, [
    'masks of `right_ventricle` in `found`, of 12 images empty: 3 in truth and prediction',
    '`lost` never predicts `right_ventricle`, which 9 images hold',
    'masks of `right_ventricle` in `lost`, of 12 images empty: 3 in truth and prediction, 9 in the prediction alone',
    '`lost` never predicts `right_ventricle`, which 6 patients hold',
    'masks of `right_ventricle` in `lost`, of 6 patients empty: 6 in the prediction alone',
  ]);
});

test('paired tests are of the mean, and of a structure that is asked for', () => {
  const means = compareMembers('S', members, reported, ['segmentation.dsc']);
  assert.equal(
    means.tests.map(({ path }) => path),
    ['segmentation.dsc'],
  );
  const asked = 'segmentation.dsc.right_ventricle';
  const { columns, tests } = compareMembers('S', members, reported, ['segmentation.dsc', asked]);
  assert.equal(columns[1]!.structures, []);
  const [, own] = tests;
  assert.equal([own!.path, own!.test, own!.images], [asked, 'Wilcoxon', 12]);
  // Nine images of twelve are found by the first row alone.
  assert.is(own!.difference, 0.75);
});

test('lines below a row hold its structures, in text, Markdown and LaTeX', () => {
  const short = compareMembers('S', members, reported, ['segmentation.dsc']);
  const text = comparisonText(short).join('\n');
  assert.match(text, /\n {4}right_ventricle +25\.00/);
  assert.ok(
    comparisonText(short)
      .slice(0, 11)
      .every((line) => line.length <= 80),
    text,
  );
  assert.match(writeTable(short, 'markdown'), '| &nbsp;&nbsp;right_ventricle | 25.00 ± ');
  assert.match(writeTable(short, 'latex'), '\\quad right\\_ventricle & $25.00 \\pm ');
});

test('CSV has a line for each structure with its empty masks', () => {
  const lines = writeTable(all, 'csv').split('\n');
  const [head, ...rows] = lines.map((line) => line.split(','));
  const row = rows.find((cells) => cells[1] === 'lost' && cells[2] === 'segmentation.hd95.right_ventricle')!;
  const cell = (name: string) => row[head!.indexOf(name)];
  assert.equal(
    ['empty_of', 'empty_masks', 'empty_both', 'empty_truth_only', 'empty_prediction_only'].map(cell),
    ['image', '12', '3', '0', '9'],
  );
});

test('the page and its pictures show each structure', () => {
  const figures = figuresOf(all, members, [], null);
  const names = figures.map(({ name }) => name);
  for (const name of ['spread-segmentation.nsd.right_ventricle', 'learning-right_ventricle'])
    assert.ok(names.includes(name), names.join(', '));
  const page = writePage('T', [{ about: [], comparison: all, members, figures }]);
  assert.match(page, '<tr class="structure"><td>right_ventricle</td>');
});

test.run();
