import { isWritable, maxDigits, maxWholeNumber } from '../../syntax/numbers.ts';

/**
 * An exact number in lowest terms with a positive denominator. Constants of the language are computed with these,
 * so that `0.0 .. 1.0 step 0.1` is eleven clean values and `1 - 0.9` is 0.1.
 */
export interface Rational {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

export const one: Rational = { numerator: 1n, denominator: 1n };

/** Whether the result of a computation is still a number that can be handled. */
export function isRepresentable(value: Rational, type: 'int' | 'real'): boolean {
  const size = value.numerator < 0n ? -value.numerator : value.numerator;
  const limit = type === 'int' ? maxWholeNumber : 10n ** BigInt(2 * maxDigits);
  return size <= limit && value.denominator <= limit;
}

/** The value of digits as written: `40`, `0.003`, `1e-7`; 0 for digits that {@link isWritable} refuses. */
export function parseRational(text: string): Rational {
  if (!isWritable(text)) return { numerator: 0n, denominator: 1n };
  const match = /^(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(text);
  if (!match) throw new Error(`not a number: ${text}`);
  const [, whole = '', fraction = '', exponent = '0'] = match;
  const digits = BigInt(`${whole}${fraction}` || '0');
  const shift = Number(exponent) - fraction.length;
  return shift >= 0 ? lowest(digits * 10n ** BigInt(shift), 1n) : lowest(digits, 10n ** BigInt(-shift));
}

/** The exact value of a whole number. */
export function whole(value: number): Rational {
  return { numerator: BigInt(value), denominator: 1n };
}

export function add(a: Rational, b: Rational): Rational {
  return lowest(a.numerator * b.denominator + b.numerator * a.denominator, a.denominator * b.denominator);
}

export function subtract(a: Rational, b: Rational): Rational {
  return add(a, negate(b));
}

export function multiply(a: Rational, b: Rational): Rational {
  return lowest(a.numerator * b.numerator, a.denominator * b.denominator);
}

/** The divisor must not be zero. */
export function divide(a: Rational, b: Rational): Rational {
  return lowest(a.numerator * b.denominator, a.denominator * b.numerator);
}

export function negate(a: Rational): Rational {
  return { numerator: -a.numerator, denominator: a.denominator };
}

/** Negative, zero or positive, as `a - b` is. */
export function compare(a: Rational, b: Rational): number {
  const difference = a.numerator * b.denominator - b.numerator * a.denominator;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

export function isZero(a: Rational): boolean {
  return a.numerator === 0n;
}

export function isWhole(a: Rational): boolean {
  return a.denominator === 1n;
}

/** The nearest double. */
export function toNumber(a: Rational): number {
  const decimal = decimalDigits(a);
  return decimal === undefined ? Number(a.numerator) / Number(a.denominator) : Number(formatRational(a));
}

/** `0.1`, `1e-7`, `16`; a number without a finite decimal form is rounded to a double. */
export function formatRational(a: Rational): string {
  const places = decimalDigits(a);
  if (places === undefined) return String(Number(a.numerator) / Number(a.denominator));
  if (places === 0) {
    const digits = String(a.numerator);
    return digits.length > maxWholeDigits ? String(Number(a.numerator)) : digits;
  }
  const scaled = (a.numerator * 10n ** BigInt(places)) / a.denominator;
  const digits = String(scaled < 0n ? -scaled : scaled).padStart(places + 1, '0');
  const sign = scaled < 0n ? '-' : '';
  const significant = digits.replace(/^0+/, '');
  if (places >= 7 && significant.length <= 3) {
    const mantissa = significant.length > 1 ? `${significant[0]}.${significant.slice(1)}` : significant;
    return `${sign}${mantissa}e-${places - significant.length + 1}`;
  }
  return `${sign}${digits.slice(0, -places)}.${digits.slice(-places)}`;
}

/** Longer whole numbers are written with an exponent, as JavaScript does. */
const maxWholeDigits = 21;

/** How many decimal places write the number exactly, or undefined when none do. */
function decimalDigits(a: Rational): number | undefined {
  let rest = a.denominator;
  let twos = 0;
  let fives = 0;
  while (rest % 2n === 0n) {
    rest /= 2n;
    twos += 1;
  }
  while (rest % 5n === 0n) {
    rest /= 5n;
    fives += 1;
  }
  return rest === 1n ? Math.max(twos, fives) : undefined;
}

function lowest(numerator: bigint, denominator: bigint): Rational {
  const sign = denominator < 0n ? -1n : 1n;
  const common = greatestCommonDivisor(numerator < 0n ? -numerator : numerator, denominator * sign);
  return { numerator: (sign * numerator) / common, denominator: (sign * denominator) / common };
}

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  let [larger, smaller] = [a, b];
  while (smaller !== 0n) [larger, smaller] = [smaller, larger % smaller];
  return larger === 0n ? 1n : larger;
}
