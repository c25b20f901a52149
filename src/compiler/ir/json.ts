import type { Graph, Head, Node, Weight } from './graph.ts';
import { operationNames } from './operations.ts';
import {
  arraySchema,
  attributesSchema,
  countSchema,
  documentSchema,
  headKindSchema,
  type JsonSchema,
  objectSchema,
  shapeSchema,
  spanSchema,
  textSchema,
  weightSchema,
} from './schema.ts';
import { verify } from './verify.ts';

/** The exchange form of a graph; valid against {@link graphSchema}. */
export interface GraphJson {
  readonly version: 1;
  readonly name: string;
  readonly parameters: Graph['parameters'];
  readonly nodes: readonly Node[];
  readonly weights: readonly Weight[];
  readonly heads: readonly Head[];
}

/** A graph as plain data; {@link graphFromJson} undoes it. */
export function graphToJson(graph: Graph): GraphJson {
  const { name, parameters, nodes, weights, heads } = graph;
  return { version: 1, name, parameters, nodes, weights: [...weights.values()], heads };
}

/** The graph of data that is valid against {@link graphSchema}. Throws when it breaks the law of the graph. */
export function graphFromJson(json: GraphJson): Graph {
  const { name, parameters, nodes, heads } = json;
  const weights = new Map(json.weights.map((weight) => [weight.name, weight]));
  const graph: Graph = { name, parameters, nodes, weights, heads };
  verify(graph);
  return graph;
}

const originSchema = objectSchema(
  {
    path: textSchema,
    span: spanSchema,
    within: arraySchema(objectSchema({ block: textSchema, path: textSchema, span: spanSchema })),
    decided: { type: 'object', additionalProperties: spanSchema },
  },
  ['decided'],
);

/** The JSON schema of {@link GraphJson}. */
export const graphSchema: JsonSchema = documentSchema(
  'A network of the cmrnet language with every block inlined and every shape known',
  {
    version: { const: 1 },
    name: textSchema,
    parameters: arraySchema(objectSchema({ name: textSchema, value: { type: 'string' } })),
    nodes: arraySchema({
      oneOf: operationNames.map((op) =>
        objectSchema({
          id: countSchema,
          op: { const: op },
          operands: arraySchema(countSchema),
          attributes: attributesSchema(op),
          weights: arraySchema(textSchema),
          shape: shapeSchema,
          layer: textSchema,
          origin: originSchema,
        }),
      ),
    }),
    weights: arraySchema(weightSchema),
    heads: arraySchema(
      objectSchema({ name: textSchema, kind: headKindSchema, node: countSchema, span: spanSchema }),
    ),
  },
);
