import { agreementSchema } from '../heart/heart-schema.ts';
import {
  byName,
  closed,
  count,
  list,
  number,
  numberOrNull,
  text,
  textOrNull,
} from '../storage/json-schema.ts';

/** The JSON schema of {@link Evaluation}: what `cmrc evaluate --format json` prints and `evaluation.json` holds. */

/** The JSON schema of {@link EmptyMasks}. */
export const emptyMasks = closed({
  of: { enum: ['image', 'patient'] },
  masks: count,
  both: count,
  truthOnly: count,
  predictionOnly: count,
});

const contract = closed({
  definition: text,
  unit: text,
  better: { enum: ['higher', 'lower'] },
  positive: textOrNull,
  aggregation: text,
  threshold: numberOrNull,
  tolerance: numberOrNull,
  empty: text,
  grid: textOrNull,
  caveat: textOrNull,
});

const metric = closed(
  {
    path: { type: 'string', pattern: '^[^.]+\\.[^.]+(\\.[^.]+)?$' },
    structure: textOrNull,
    title: text,
    value: numberOrNull,
    reason: textOrNull,
    pooled: numberOrNull,
    perFold: closed({ values: list(numberOrNull), mean: numberOrNull, deviation: numberOrNull }),
    spread: numberOrNull,
    structures: byName(numberOrNull),
    empty: { ...emptyMasks, type: ['object', 'null'] },
    intervals: list(
      closed({ method: { enum: ['bootstrap', 'delong', 'wilson', 'newcombe'] }, low: number, high: number }),
    ),
    withoutInterval: text,
    images: count,
    patients: count,
    asked: { type: 'boolean' },
    reported: numberOrNull,
    contract,
  },
  ['withoutInterval'],
);

export const evaluationSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'The metrics of a run of cmrnet on its held-out images',
  ...closed(
    {
      version: { const: 1 },
      experiment: text,
      images: count,
      patients: count,
      folds: list({ type: 'integer', minimum: 1 }),
      metrics: list(metric),
      confusions: byName(closed({ outcomes: list(text), counts: list(list(count)) })),
      reliability: byName(list(closed({ images: count, score: number, positives: number }))),
      weights: list(
        closed(
          {
            fold: { type: 'integer', minimum: 1 },
            epoch: count,
            /** The run and the SHA-256 of its weights. */
            of: closed({ run: text, weights: text }),
          },
          ['of'],
        ),
      ),
      measures: list(agreementSchema),
      unmeasured: list(closed({ patient: text, reason: text })),
      data: closed({ digest: textOrNull, accepted: list(text), limit: count }, ['limit']),
      /** Of a file: its checksum. */
      seal: text,
    },
    ['weights', 'measures', 'unmeasured', 'data', 'seal'],
  ),
};
