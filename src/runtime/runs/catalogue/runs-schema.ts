import { byName, closed, count, list, number, numberOrNull, text } from '../../storage/json-schema.ts';

const run = closed({
  folder: text,
  experiment: text,
  spec: text,
  created: number,
  state: {
    enum: ['training', 'paused', 'finished', 'failed', 'diverged', 'stopped', 'interrupted', 'waiting'],
  },
  byHand: { type: 'boolean' },
  acceptedData: list(text),
  limit: { type: ['integer', 'null'], minimum: 1 },
  problems: list(text),
  asked: closed({ paused: { type: 'boolean' }, epochs: count, learningRate: number }),
  tags: list(text),
  notes: list(closed({ time: number, text })),
  folds: list(
    closed({
      fold: count,
      state: { enum: ['waiting', 'running', 'stopped', 'failed', 'finished'] },
      epoch: count,
      epochs: count,
    }),
  ),
  loss: numberOrNull,
  heldOut: byName(numberOrNull),
});

/** The JSON schema of what the commands on runs print: a list of runs, the run that is left, or what was deleted. */
export const runsSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Runs of cmrnet, as `cmrc runs` lists them and as the commands that steer a run leave them',
  oneOf: [
    closed({
      version: { const: 1 },
      runs: list(run),
      damaged: list(closed({ folder: text, reason: text })),
    }),
    closed({ version: { const: 1 }, run }),
    closed({ version: { const: 1 }, deleted: list(closed({ folder: text, place: text })) }),
    closed({ version: { const: 1 }, removed: count }),
    closed({ version: { const: 1 }, files: list(text) }),
  ],
};
