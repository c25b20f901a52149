/** Parts of JSON schemas. */

export { arraySchema as list, objectSchema as closed } from '../../compiler/index.ts';

export const text = { type: 'string' } as const;
export const number = { type: 'number' } as const;
export const count = { type: 'integer', minimum: 0 } as const;
export const textOrNull = { type: ['string', 'null'] } as const;
export const numberOrNull = { type: ['number', 'null'] } as const;

/** An object whose keys are names. */
export function byName(values: object) {
  return { type: 'object', additionalProperties: values };
}
