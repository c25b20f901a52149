import { judgedHeartSchema } from '../../heart/heart-schema.ts';
import { byName, closed, count, list, number, text } from '../../storage/json-schema.ts';

/** The JSON schema of a fold's `predictions.json`. */

const distances = closed(
  { hd95: number, hd95_max: number, assd: number, nsd: closed({ tolerance: number, share: number }) },
  // Files of older versions have neither; the share only where a tolerance is stated.
  ['hd95_max', 'nsd'],
);

const overlap = closed({
  pixels: count,
  truth: count,
  predicted: count,
  both: count,
  squaredError: number,
  surface: closed({ px: distances, mm: { ...distances, type: ['object', 'null'] } }),
});

const judgement = closed({ truth: count, predicted: count, score: number });

const stored = closed(
  {
    id: text,
    patient: text,
    fold: { type: 'integer', minimum: 1 },
    masks: byName(list(overlap)),
    labels: byName(judgement),
    answers: byName(list(judgement)),
    values: byName(closed({ truth: number, predicted: number })),
    probabilities: byName(list(number)),
    shapes: byName(closed({ height: count, width: count, truth: list(text), predicted: list(text) })),
  },
  ['answers', 'values'],
);

export const predictionsSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'What a fold of a run of cmrnet says about the images that it held out',
  ...closed(
    {
      version: { enum: [1, 2] },
      data: text,
      fold: { type: 'integer', minimum: 1 },
      epoch: count,
      backend: text,
      of: closed({ run: text, weights: text }),
      cases: list(stored),
      hearts: list(judgedHeartSchema),
      pictures: byName(closed({ height: count, width: count, grey: text })),
      /** The file's checksum, in its place zeros. */
      seal: text,
    },
    ['data', 'of', 'hearts', 'seal'],
  ),
};
