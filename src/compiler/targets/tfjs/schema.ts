import { operationNames } from '../../ir/operations.ts';
import {
  arraySchema,
  attributesSchema,
  countSchema,
  documentSchema,
  headKindSchema,
  type JsonSchema,
  objectSchema,
  shapeSchema,
  textSchema,
  weightSchema,
} from '../../ir/schema.ts';

/** The JSON schema of a layers plan. */
export const layersPlanSchema: JsonSchema = documentSchema(
  'A network of the cmrnet language as layers that own weights and nodes that apply them',
  {
    version: { const: 1 },
    network: textSchema,
    hash: { type: 'string', pattern: '^[0-9a-f]{32}$' },
    input: objectSchema({ name: textSchema, node: countSchema, shape: shapeSchema }),
    layers: arraySchema({
      oneOf: operationNames
        .filter((op) => op !== 'input')
        .map((op) =>
          objectSchema({
            name: textSchema,
            op: { const: op },
            attributes: attributesSchema(op),
            weights: arraySchema(weightSchema),
          }),
        ),
    }),
    nodes: arraySchema(
      objectSchema({
        layer: { anyOf: [textSchema, { type: 'null' }] },
        inputs: arraySchema(countSchema),
        shape: shapeSchema,
      }),
    ),
    heads: arraySchema(objectSchema({ name: textSchema, kind: headKindSchema, node: countSchema })),
  },
);
