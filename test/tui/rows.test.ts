import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { rowsOf } from '../../cli/tui/state/rows.ts';
import { runColumns } from '../../cli/tui/state/run-columns.ts';
import type { RunsState } from '../../cli/tui/state/runs.ts';
import type { CatalogueRun } from '../../src/runtime/index.ts';

const run = (
  experiment: string,
  heldOut: Readonly<Record<string, number>>,
  heads: readonly string[] = ['segmentation', 'diagnosis'],
): CatalogueRun =>
  ({
    folder: experiment,
    brief: {
      experiment,
      seed: 1,
      byHand: 0,
      family: experiment,
      folds: [1],
      metrics: Object.keys(heldOut),
      structures: {},
      heads,
    },
    progress: { folds: new Map([[1, { epochs: [{ epoch: 1, loss: 0.5, heldOut }] }]]) },
  }) as unknown as CatalogueRun;

const test = suite('the table of runs');

test('what stands below each other is one metric: that which most runs have comes first, and runs without it show none', () => {
  const all = [
    run('Label', { 'diagnosis.accuracy': 0.9 }),
    run('Mask', { 'segmentation.dsc': 0.7, 'segmentation.jaccard': 0.6 }),
    run('Both', { 'segmentation.dsc': 0.8, 'diagnosis.accuracy': 0.6 }),
    run('Other', { 'segmentation.dsc': 0.5 }),
  ];
  const state = { all, sort: { column: 'metric1', descending: true }, filter: '', grouped: false };
  const rows = rowsOf(state as unknown as RunsState);
  assert.equal(rows[0]!.metrics, ['segmentation.dsc', 'diagnosis.accuracy', 'segmentation.jaccard']);
  assert.equal(
    rows.map((row) => [row.label, runColumns.metric1.value(row), runColumns.metric2.value(row)]),
    [
      ['Both', 0.8, 0.6],
      ['Mask', 0.7, null],
      ['Other', 0.5, null],
      ['Label', null, 0.9],
    ],
  );
});

test('a metric of a head that no loss taught is told as untrained, and is sorted like none', () => {
  const all = [
    run('Alone', { 'segmentation.dsc': 0.7, 'diagnosis.accuracy': 0.9 }, ['segmentation']),
    run('Both', { 'segmentation.dsc': 0.6, 'diagnosis.accuracy': 0.5 }),
  ];
  const state = { all, sort: { column: 'metric2', descending: true }, filter: '', grouped: false };
  const rows = rowsOf(state as unknown as RunsState);
  assert.equal(
    rows.map((row) => [row.label, runColumns.metric2.text(row)]),
    [
      ['Both', '0.5000'],
      ['Alone', 'untrained'],
    ],
  );
});

test.run();
