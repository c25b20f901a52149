/** The JSON schema of {@link Evaluation}: what `cmrc evaluate --format json` prints and `evaluation.json` holds. */

const text = { type: 'string' } as const;
const textOrNull = { type: ['string', 'null'] } as const;
const numberOrNull = { type: ['number', 'null'] } as const;
const count = { type: 'integer', minimum: 0 } as const;

/** An object that has all of its keys and no others. */
function closed(properties: Readonly<Record<string, object>>) {
  return { type: 'object', properties, required: Object.keys(properties), additionalProperties: false };
}

function list(items: object) {
  return { type: 'array', items };
}

function byName(values: object) {
  return { type: 'object', additionalProperties: values };
}

const contract = closed({
  definition: text,
  positive: textOrNull,
  aggregation: text,
  threshold: numberOrNull,
  empty: text,
  grid: textOrNull,
  caveat: textOrNull,
});

const metric = closed({
  path: { type: 'string', pattern: '^[^.]+\\.[^.]+$' },
  title: text,
  value: numberOrNull,
  reason: textOrNull,
  pooled: numberOrNull,
  perFold: closed({ values: list(numberOrNull), mean: numberOrNull, deviation: numberOrNull }),
  spread: numberOrNull,
  structures: byName(numberOrNull),
  images: count,
  patients: count,
  asked: { type: 'boolean' },
  reported: numberOrNull,
  contract,
});

export const evaluationSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'The metrics of a run of cmrnet on its held-out images',
  ...closed({
    version: { const: 1 },
    experiment: text,
    images: count,
    patients: count,
    folds: list({ type: 'integer', minimum: 1 }),
    metrics: list(metric),
    confusions: byName(closed({ outcomes: list(text), counts: list(list(count)) })),
  }),
};
