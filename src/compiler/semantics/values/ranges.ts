import { add, compare, divide, subtract, toNumber } from './rational.ts';
import type { Value } from './values.ts';

/** How many values a range with a step has. */
export function rangeLength(low: Value, high: Value, step: Value): number {
  if (low.kind !== 'number' || high.kind !== 'number' || step.kind !== 'number') return 0;
  return Math.floor(toNumber(divide(subtract(high.value, low.value), step.value))) + 1;
}

/** All values of a range with a step, in decimals: `0.0 .. 1.0 step 0.1` has eleven. */
export function rangeValues(low: Value, high: Value, step: Value): readonly Value[] {
  const values: Value[] = [];
  if (low.kind !== 'number' || high.kind !== 'number' || step.kind !== 'number') return values;
  const type = low.type === 'int' && step.type === 'int' ? 'int' : 'real';
  for (let value = low.value; compare(value, high.value) <= 0; value = add(value, step.value)) {
    values.push({ kind: 'number', type, value });
  }
  return values;
}
