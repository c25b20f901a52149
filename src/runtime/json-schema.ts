/** Parts of JSON schemas. */

export const text = { type: 'string' } as const;
export const number = { type: 'number' } as const;
export const count = { type: 'integer', minimum: 0 } as const;
export const textOrNull = { type: ['string', 'null'] } as const;
export const numberOrNull = { type: ['number', 'null'] } as const;

/** An object that has all of its keys and no others. */
export function closed(properties: Readonly<Record<string, object>>) {
  return { type: 'object', properties, required: Object.keys(properties), additionalProperties: false };
}

export function list(items: object) {
  return { type: 'array', items };
}

/** An object whose keys are names. */
export function byName(values: object) {
  return { type: 'object', additionalProperties: values };
}
