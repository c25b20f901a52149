import type { HeadKind, OperationName } from './graph.ts';
import type { Parameter } from './operations/entry.ts';
import { initializers } from './operations/windows.ts';
import { operation, operationNames } from './operations.ts';

/** A JSON schema, draft 2020-12. */
export type JsonSchema = { readonly [key: string]: unknown };

/** An object with exactly these properties, all required but those named as optional. */
export function objectSchema(
  properties: Readonly<Record<string, JsonSchema>>,
  optional: readonly string[] = [],
): JsonSchema {
  return {
    type: 'object',
    properties,
    required: Object.keys(properties).filter((name) => !optional.includes(name)),
    additionalProperties: false,
  };
}

/** A JSON document of our own: an object as {@link objectSchema} has it. @param title what it is */
export function documentSchema(title: string, ...object: Parameters<typeof objectSchema>): JsonSchema {
  return { $schema: 'https://json-schema.org/draft/2020-12/schema', title, ...objectSchema(...object) };
}

export function arraySchema(items: JsonSchema): JsonSchema {
  return { type: 'array', items };
}

export const textSchema: JsonSchema = { type: 'string', minLength: 1 };
export const countSchema: JsonSchema = { type: 'integer', minimum: 0 };
export const shapeSchema: JsonSchema = {
  type: 'array',
  items: { type: 'integer', minimum: 1 },
  minItems: 1,
  maxItems: 4,
};
export const spanSchema = objectSchema({ file: { type: 'string' }, start: countSchema, end: countSchema });
export const headKindSchema: JsonSchema = { enum: ['mask', 'label', 'value'] satisfies HeadKind[] };
export const operationSchema: JsonSchema = { enum: operationNames };

export const weightSchema: JsonSchema = objectSchema(
  {
    name: textSchema,
    shape: shapeSchema,
    initializer: { enum: initializers },
    copies: { type: 'integer', minimum: 2 },
    trainable: { type: 'boolean' },
  },
  ['copies'],
);

/** The attributes of an operation, from its parameters in the operation table. */
export function attributesSchema(op: OperationName): JsonSchema {
  if (op === 'input') return objectSchema({ name: textSchema });
  const parameters = operation(op).parameters as readonly Parameter[];
  return objectSchema(
    Object.fromEntries(parameters.map((parameter) => [parameter.name, parameterSchema(parameter)])),
  );
}

function parameterSchema({ type, doc }: Parameter): JsonSchema {
  switch (type.kind) {
    case 'int':
      return { description: doc, type: 'integer', minimum: type.minimum };
    case 'real':
      return {
        description: doc,
        type: 'number',
        ...(type.minimum === undefined ? {} : { minimum: type.minimum }),
        ...(type.maximum === undefined ? {} : { maximum: type.maximum }),
        ...(type.above === undefined ? {} : { exclusiveMinimum: type.above }),
        ...(type.below === undefined ? {} : { exclusiveMaximum: type.below }),
      };
    case 'bool':
      return { description: doc, type: 'boolean' };
    case 'pair':
      return {
        description: doc,
        type: 'array',
        items: { type: 'integer', minimum: type.minimum },
        minItems: 2,
        maxItems: 2,
      };
    case 'choice':
      return { description: doc, enum: type.choices };
  }
}
