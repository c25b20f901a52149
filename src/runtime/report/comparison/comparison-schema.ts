import { agreementSchema } from '../../heart/heart-schema.ts';
import { emptyMasks } from '../../metrics/evaluation-schema.ts';
import {
  byName,
  closed,
  count,
  list,
  number,
  numberOrNull,
  text,
  textOrNull,
} from '../../storage/json-schema.ts';

const interval = { ...closed({ low: number, high: number }), type: ['object', 'null'] };

const methods = ['bootstrap', 'delong', 'wilson', 'newcombe'];
const valueInterval = {
  ...closed({ method: { enum: methods }, low: number, high: number }),
  type: ['object', 'null'],
};
const share = { type: 'number', minimum: 0, maximum: 1 };
const posterior = {
  ...closed({ first: share, equal: share, second: share }),
  type: ['object', 'null'],
};

const value = closed({
  value: numberOrNull,
  reason: textOrNull,
  empty: { ...emptyMasks, type: ['object', 'null'] },
  folds: closed({ values: list(numberOrNull), mean: numberOrNull, deviation: numberOrNull }),
  interval: valueInterval,
  withoutInterval: textOrNull,
  reported: numberOrNull,
});

const comparison = closed(
  {
    version: { const: 1 },
    study: text,
    columns: list(
      closed({
        path: text,
        structures: list(text),
        title: text,
        unit: text,
        better: { enum: ['higher', 'lower'] },
        positive: textOrNull,
      }),
    ),
    rows: list(
      closed({ label: text, runs: list(text), missing: textOrNull, values: byName(value), best: list(text) }),
    ),
    tests: list(
      closed({
        path: text,
        rows: { type: 'array', items: count, minItems: 2, maxItems: 2 },
        test: { enum: ['Wilcoxon', 'McNemar', 'DeLong', 'permutation'] },
        difference: number,
        interval,
        p: number,
        exact: { type: 'boolean' },
        reason: textOrNull,
        images: count,
        patients: count,
        posterior,
        margin: number,
        corrected: number,
        correction: closed({ method: { const: 'Holm' }, tests: count }),
      }),
    ),
    agreements: list(closed({ row: count, measures: list(agreementSchema), seeds: count })),
    notes: list(text),
  },
  ['agreements'],
);

/** The JSON schema of what `cmrc compare --format json` prints, and what `cmrc report` writes as `report.json`. */
export const comparisonSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Experiments of cmrnet side by side',
  ...closed({ version: { const: 1 }, comparisons: list(comparison) }),
};
