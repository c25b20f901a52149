import { engineNames } from '../../compiler/index.ts';
import { byName, closed, count, list, number, numberOrNull, text } from '../storage/json-schema.ts';

/** Milliseconds, and between which it will be. */
const told = { ms: number, least: number, most: number };

/** The JSON schema of what `cmrc sweep --format json` prints. */
export const studySchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'The trials of a study of cmrnet, planned or trained',
  ...closed({
    version: { const: 1 },
    spec: text,
    studies: list(text),
    dryRun: { type: 'boolean' },
    jobs: count,
    /** The one that will train. */
    engine: { enum: engineNames },
    predicted: closed({ ...told, bytes: number }),
    budget: closed({ ms: numberOrNull, bytes: number }),
    ablations: list(
      closed({
        study: text,
        settings: list(closed({ path: text, values: list({ type: ['string', 'null'] }) })),
        network: {
          ...closed({
            operations: closed({ same: count, all: count }),
            changed: list(text),
            partial: { type: 'boolean' },
            resized: list(closed({ path: text, least: count, most: count })),
          }),
          type: ['object', 'null'],
        },
        parameters: closed({ least: count, most: count }),
      }),
    ),
    smallestDifferences: list(
      closed({ study: text, metric: text, difference: number, unit: text, rule: text }),
    ),
    trials: list(
      closed({
        members: list(text),
        run: text,
        hash: text,
        seed: count,
        fold: { type: 'integer', minimum: 1 },
        state: { enum: ['waiting', 'stopped', 'training', 'finished', 'diverged', 'failed'] },
        epochs: closed({ done: count, all: count }),
        heldOut: byName(numberOrNull),
        predicted: closed({ ...told, bytes: number, basis: text }),
        failure: { ...closed({ code: text, message: text }), type: ['object', 'null'] },
      }),
    ),
    state: { enum: ['planned', 'finished', 'incomplete', 'interrupted'] },
  }),
};
