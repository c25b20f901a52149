import {
  arraySchema,
  countSchema,
  documentSchema,
  type JsonSchema,
  objectSchema,
  shapeSchema,
  textSchema,
} from '../ir/schema.ts';
import { cost } from '../passes/cost.ts';
import { memory } from '../passes/memory.ts';
import { optimizerSlots } from '../step/lower/optimizer.ts';
import { type LayerDifference, layerDifference } from './layers.ts';
import { type Resolved, type SettingDifference, settingDifferences } from './settings.ts';

/** One of two experiments, with the name that people know it by. */
export interface Side extends Resolved {
  readonly name: string;
}

/** What `cmrc diff --format json` prints; valid against {@link differenceSchema}. */
export interface Difference {
  readonly version: 1;
  readonly before: { readonly name: string; readonly source: string; readonly hash: string };
  readonly after: { readonly name: string; readonly source: string; readonly hash: string };
  /** Whether training one is training the other: names and published values do not count. */
  readonly same: boolean;
  readonly settings: readonly SettingDifference[];
  readonly layers: LayerDifference;
  readonly totals: {
    readonly parameters: Both;
    readonly trainable: Both;
    /** Multiply-adds of one image on its way forward. */
    readonly macs: Both;
    /** Bytes at the peak of a training step, with the batch and optimizer of each. */
    readonly training_memory: Both;
    readonly inference_memory: Both;
  };
}

interface Both {
  readonly before: number;
  readonly after: number;
}

/** Everything in which two resolved experiments differ. */
export function difference(before: Side, after: Side): Difference {
  const [left, right] = [figures(before), figures(after)];
  const both = (name: keyof ReturnType<typeof figures>): Both => ({ before: left[name], after: right[name] });
  return {
    version: 1,
    before: identity(before),
    after: identity(after),
    same: before.plan.hash === after.plan.hash,
    settings: settingDifferences(before, after),
    layers: layerDifference(before.graph, after.graph),
    totals: {
      parameters: both('parameters'),
      trainable: both('trainable'),
      macs: both('macs'),
      training_memory: both('training'),
      inference_memory: both('inference'),
    },
  };
}

function identity({ name, plan: { source, hash } }: Side): Difference['before'] {
  return { name, source, hash };
}

function figures({ graph, plan: { train } }: Side) {
  const { parameters, multiplyAdds } = cost(graph);
  const { training, inference } = memory(graph, train.batch, optimizerSlots(train.optimizer).length);
  return {
    parameters: parameters.total,
    trainable: parameters.trainable,
    macs: multiplyAdds,
    training: training.bytes,
    inference: inference.bytes,
  };
}

const sideSchema = objectSchema({ name: textSchema, source: textSchema, hash: textSchema });
const settingSchema = { type: ['string', 'null'] };
const bothCounts = objectSchema({ before: countSchema, after: countSchema });
const ownLayers = arraySchema(
  objectSchema({ path: textSchema, operation: textSchema, shape: shapeSchema, parameters: countSchema }),
);

/** The JSON schema of {@link Difference}. */
export const differenceSchema: JsonSchema = documentSchema(
  'The difference of two experiments of the cmrnet language',
  {
    version: { const: 1 },
    before: sideSchema,
    after: sideSchema,
    same: { type: 'boolean' },
    settings: arraySchema(objectSchema({ path: textSchema, before: settingSchema, after: settingSchema })),
    layers: objectSchema({
      added: ownLayers,
      removed: ownLayers,
      changed: arraySchema(
        objectSchema({
          before: { type: 'string' },
          after: { type: 'string' },
          changes: arraySchema(
            objectSchema({ what: textSchema, before: { type: 'string' }, after: { type: 'string' } }),
          ),
          shape: objectSchema({ before: shapeSchema, after: shapeSchema }),
          parameters: bothCounts,
        }),
      ),
      same: countSchema,
    }),
    totals: objectSchema({
      parameters: bothCounts,
      trainable: bothCounts,
      macs: bothCounts,
      training_memory: bothCounts,
      inference_memory: bothCounts,
    }),
  },
);
