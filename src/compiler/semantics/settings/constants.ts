import { convert } from '../values/convert.ts';
import { describe } from '../values/describe.ts';
import { compare, isWhole, parseRational, type Rational, toNumber } from '../values/rational.ts';
import { type Quantity, quantities, type Type } from '../values/types.ts';
import { formatValue, type Value } from '../values/values.ts';
import { evaluated, what } from './nodes.ts';
import type { Reading, SettingType } from './table.ts';
import type { SettingNode } from './tree.ts';

/** Limits of a number, in the words of messages and documentation. */
export interface Limits {
  readonly minimum?: number;
  readonly maximum?: number;
  /** Exclusive. */
  readonly above?: number;
  /** Exclusive. */
  readonly below?: number;
}

export function whole(limits: Limits = {}): SettingType<number> {
  return constant(limited('a whole number', limits), { kind: 'int' }, (value) => numberOf(value), limits);
}

/** A real number; `%` is one hundredth. */
export function number(limits: Limits = {}): SettingType<number> {
  return constant(limited('a number', limits), { kind: 'real' }, (value) => numberOf(value), limits);
}

export function text(): SettingType<string> {
  return constant('a text in quotes', { kind: 'string' }, stringOf);
}

/** `true` or `false`. */
export function flag(): SettingType<boolean> {
  return constant('`true` or `false`', { kind: 'bool' }, (value) => value.kind === 'bool' && value.value);
}

/** One of some texts in quotes. */
export function choice<const O extends string>(...options: readonly O[]): SettingType<O> {
  const words = options.map((option) => `\`"${option}"\``).join(' or ');
  return constant(words, { kind: 'choice', options }, (value) => stringOf(value) as O);
}

/** A quantity in its own unit, such as `8 GB` in MB. @param words with an example */
export function quantity(words: string, kind: Quantity, limits: Limits = {}): SettingType<number> {
  return constant(limited(words, limits), { kind: 'quantity', quantity: kind }, numberOf, limits);
}

/** Whole numbers above 0, such as `[256, 218, 1]`. */
export function sizes<const N extends number>(length: N): SettingType<readonly number[]> {
  const type: Type = { kind: 'list', element: { kind: 'int' }, length };
  const words = `a list of ${length} whole numbers above 0`;
  return constant(words, type, (value) => itemsOf(value).map(numberOf), { above: 0 });
}

/** A list of numbers, each within limits. */
export function numbers(limits: Limits = {}): SettingType<readonly number[]> {
  const type: Type = { kind: 'list', element: { kind: 'real' }, length: undefined };
  const words = limited('a list of numbers', limits);
  return constant(words, type, (value) => itemsOf(value).map(numberOf), limits);
}

export function texts(): SettingType<readonly string[]> {
  const type: Type = { kind: 'list', element: { kind: 'string' }, length: undefined };
  return constant('a list of texts in quotes', type, (value) => itemsOf(value).map(stringOf));
}

/** `low .. high` of an angle or of plain numbers. */
export function interval(
  quantity: Quantity | undefined,
  limits: Limits,
): SettingType<readonly [number, number]> {
  const words = quantity ? `a range of angles such as \`-15deg .. 15deg\`` : 'a range such as `-10% .. 10%`';
  const side: Type = quantity ? { kind: 'quantity', quantity } : { kind: 'real' };
  return {
    describe: words,
    read(node, reading) {
      const value = evaluated(node, reading);
      if (!value) return undefined;
      const { span } = node.entry!.value;
      if (value.kind !== 'range' || value.step) {
        reading.reporter.report('typeMismatch', {
          at: span,
          arguments: { what: what(node), expected: words, actual: describe(value) },
        });
        return undefined;
      }
      if (quantity && value.low.kind === 'number') {
        reportUnit(quantity, value.low, value.high, node, reading);
        return undefined;
      }
      const low = convert(value.low, side, { reporter: reading.reporter, at: span, what: what(node) });
      if (low.kind === 'poison' || !inside([low, value.high], limits, node, reading)) return undefined;
      return [numberOf(value.low), numberOf(value.high)];
    },
  };
}

function constant<T>(
  words: string,
  type: Type,
  read: (value: Value) => T,
  limits: Limits = {},
): SettingType<T> {
  return {
    describe: words,
    read(node, reading) {
      const value = evaluated(node, reading);
      if (!value) return undefined;
      const place = { reporter: reading.reporter, at: node.entry!.value.span, what: what(node) };
      const converted = convert(value, type, place);
      if (converted.kind === 'poison') return undefined;
      const numbers = converted.kind === 'list' ? converted.items : [converted];
      return inside(numbers, limits, node, reading) ? read(converted) : undefined;
    },
  };
}

function inside(values: readonly Value[], limits: Limits, node: SettingNode, reading: Reading): boolean {
  for (const value of values) {
    if (value.kind !== 'number' && value.kind !== 'quantity') continue;
    if (withinLimits(value.value, limits)) continue;
    reading.reporter.report('outOfBounds', {
      at: node.entry!.value.span,
      arguments: {
        name: node.name?.text ?? 'this',
        bounds: limitWords(limits),
        value: formatValue(value),
      },
    });
    return false;
  }
  return true;
}

/** Both ends of a range lack their unit: one mistake, mended at both. */
function reportUnit(quantity: Quantity, low: Value, high: Value, node: SettingNode, reading: Reading): void {
  const { value } = node.entry!;
  const { article, unit } = quantities[quantity];
  const ends = value.kind === 'range' ? [value.low, value.high] : [];
  reading.reporter.report('missingUnit', {
    at: value.span,
    arguments: { what: article, unit },
    help: [
      {
        message: `write \`${formatValue(low)}${unit} .. ${formatValue(high)}${unit}\``,
        fix: 'unit',
        edits: ends.map(({ span }) => ({ span: { ...span, start: span.end }, text: unit })),
      },
    ],
  });
}

function withinLimits(value: Rational, { minimum, maximum, above, below }: Limits): boolean {
  const to = (limit: number) => {
    const exact = parseRational(String(Math.abs(limit)));
    return compare(value, limit < 0 ? { ...exact, numerator: -exact.numerator } : exact);
  };
  return (
    (minimum === undefined || to(minimum) >= 0) &&
    (maximum === undefined || to(maximum) <= 0) &&
    (above === undefined || to(above) > 0) &&
    (below === undefined || to(below) < 0)
  );
}

/** `at least 1`, `above 0 and below 1`; empty without limits. */
function limitWords({ minimum, maximum, above, below }: Limits): string {
  if (minimum !== undefined && maximum !== undefined) return `within ${minimum} .. ${maximum}`;
  const low =
    minimum === undefined ? (above === undefined ? [] : [`above ${above}`]) : [`at least ${minimum}`];
  const high =
    maximum === undefined ? (below === undefined ? [] : [`below ${below}`]) : [`at most ${maximum}`];
  return [...low, ...high].join(' and ');
}

/** A noun with its limits: `a whole number, at least 1`. */
function limited(noun: string, limits: Limits): string {
  return [noun, limitWords(limits)].filter((part) => part !== '').join(', ');
}

function numberOf(value: Value): number {
  if (value.kind !== 'number' && value.kind !== 'quantity') throw new Error(`${value.kind} is no number`);
  return isWhole(value.value) ? Number(value.value.numerator) : toNumber(value.value);
}

function stringOf(value: Value): string {
  if (value.kind !== 'string') throw new Error(`${value.kind} is no text`);
  return value.value;
}

function itemsOf(value: Value): readonly Value[] {
  if (value.kind !== 'list') throw new Error(`${value.kind} is no list`);
  return value.items;
}
