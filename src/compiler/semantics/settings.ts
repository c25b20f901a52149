import type { AugmentSettings, FitStep, Intensity, TrainSettings } from '../plan/run-plan.ts';
import { number, quantity } from './settings/constants.ts';
import type { datasetTable } from './settings/dataset-table.ts';
import { declared } from './settings/declarations.ts';
import { augmentTable, evaluateTable } from './settings/evaluate-table.ts';
import { loss } from './settings/losses/sum.ts';
import { headMetrics, published } from './settings/measures.ts';
import { type Group, key, type Settled, type Table } from './settings/table.ts';
import { trainTable } from './settings/train-table.ts';

// Every key that a dataset or an experiment takes. Types, defaults, checks and documentation derive from these tables.

const budgetTable = {
  hours: key(number({ above: 0 }), 'Hours that training all of a sweep or comparison may take', {
    default: null as number | null,
    written: 'any time',
  }),
  memory: key(
    quantity('an amount of memory such as `8 GB`', 'bytes', { above: 0 }),
    'Memory that the trainings of a sweep or comparison may take together',
    { default: null as number | null, written: 'what the machine has' },
  ),
} as const satisfies Table;

/** The settings of an `experiment`. */
export const experimentTable = {
  model: key(declared('network'), 'The network and its parameters'),
  data: key(declared('dataset'), 'The dataset'),
  loss: key(loss, "A weighted sum of the heads' losses, equation 6"),
  train: { kind: 'group', doc: 'How the network is trained', keys: trainTable },
  augment: { kind: 'group', doc: 'How images are varied in training', keys: augmentTable },
  evaluate: {
    kind: 'group',
    doc: 'How held-out images are judged; the name of a head sets its metrics',
    keys: evaluateTable,
    others: headMetrics,
  },
  budget: {
    kind: 'group',
    doc: 'What a sweep or comparison may take; one that cannot fit is not started',
    keys: budgetTable,
  },
  reported: { kind: 'group', doc: 'Published values by metric', keys: {}, others: published },
} as const satisfies Record<string, Table[string] | Group>;

/** A dataset's settings as plain data. */
export type DatasetSettings = Settled<typeof datasetTable>;
/** An experiment's settings as plain data; the metrics of heads are further keys of `evaluate`. */
export type ExperimentSettings = Settled<typeof experimentTable>;

// The run plan is what these tables describe: a difference is a compile error here.
true satisfies ExperimentSettings['train'] extends TrainSettings ? true : never;
true satisfies ExperimentSettings['augment'] extends AugmentSettings ? true : never;
true satisfies DatasetSettings['intensity'] extends readonly Intensity[] ? true : never;
true satisfies DatasetSettings['fit'] extends readonly FitStep[] ? true : never;
