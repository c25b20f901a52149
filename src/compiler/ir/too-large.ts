import type { Problem } from './operations/entry.ts';
import { elements, formatShape, type Shape } from './shape.ts';

/** Engines index values with 32-bit integers. */
const maxValues = 2 ** 31 - 1;

/** The problem of a value or weight that no engine could hold; undefined when it is small enough. */
export function tooLarge(what: string, shape: Shape): (Problem & { problem: 'tooManyValues' }) | undefined {
  if (elements(shape) <= maxValues) return undefined;
  return {
    problem: 'tooManyValues',
    arguments: { what, shape: formatShape(shape) },
    notes: [`the limit is 2³¹ − 1 = ${maxValues} values`],
    help: ['use a smaller image, or fewer channels'],
  };
}
