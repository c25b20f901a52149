/** A metric that has no value, and why; so that nothing undefined is ever written as NaN, zero or one. */
interface Undefined {
  readonly reason: string;
}

export type Value = number | Undefined;

export function isDefined(value: Value): value is number {
  return typeof value === 'number';
}

/** Arithmetic mean; undefined as soon as one of the values is, or when there are none. */
export function mean(values: readonly Value[]): Value {
  if (values.length === 0) return { reason: 'there are no images' };
  let sum = 0;
  for (const value of values) {
    if (!isDefined(value)) return value;
    sum += value;
  }
  return sum / values.length;
}

/** Standard deviation of a sample (n − 1); undefined for fewer than two values. */
export function deviation(values: readonly Value[]): Value {
  const centre = mean(values);
  if (!isDefined(centre)) return centre;
  if (values.length < 2) return { reason: 'a deviation needs two values' };
  const squares = (values as readonly number[]).reduce((sum, value) => sum + (value - centre) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1));
}

/** A quotient of counts, undefined with the given reason when there is nothing to divide by. */
export function ratio(part: number, whole: number, reason: string): Value {
  return whole === 0 ? { reason } : part / whole;
}
