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
  const type: Type = { kind: 'int' };
  const example = String(Math.max(limits.minimum ?? 0, 1));
  return { ...constant(limited('a whole number', limits), type, numberOf, limits), example };
}

/** A real number; `%` is one hundredth. */
export function number(limits: Limits = {}): SettingType<number> {
  const example = limits.below === 1 || limits.maximum === 1 ? '0.5' : '1';
  return { ...constant(limited('a number', limits), { kind: 'real' }, numberOf, limits), example };
}

export function text(): SettingType<string> {
  return constant('a text in quotes', { kind: 'string' }, stringOf);
}

/** `true` or `false`. */
export function flag(): SettingType<boolean> {
  const read = (value: Value) => value.kind === 'bool' && value.value;
  return { ...constant('`true` or `false`', { kind: 'bool' }, read), example: 'true' };
}

/** One of some texts in quotes. */
export function choice<const O extends string>(...options: readonly O[]): SettingType<O> {
  const words = options.map((option) => `\`"${option}"\``).join(' or ');
  const type: Type = { kind: 'choice', options };
  return { ...constant(words, type, (value) => stringOf(value) as O), example: `"${options[0]}"` };
}

/** A quantity in its own unit, such as `8 GB` in MB. @param words with an example */
export function quantity(words: string, kind: Quantity, limits: Limits = {}): SettingType<number> {
  const type: Type = { kind: 'quantity', quantity: kind };
  return { ...constant(limited(words, limits), type, numberOf, limits), example: exampleIn(words) };
}

/** A length in mm; a plain number is taken for mm, as it was before there were units. @param words with an example */
export function millimetres(words: string, limits: Limits = {}): SettingType<number> {
  const exact = quantity(words, 'length', limits);
  return {
    ...exact,
    read(node, reading) {
      const value = evaluated(node, reading);
      if (value?.kind !== 'number') return value && exact.read(node, reading);
      return inside([value], limits, node, reading) ? numberOf(value) : undefined;
    },
  };
}

/** The example of some words: what stands in them as code. */
function exampleIn(words: string): string {
  return /`([^`]+)`/.exec(words)![1]!;
}

/** Whole numbers above 0, such as `[256, 218, 1]`. */
export function sizes<const N extends number>(length: N): SettingType<readonly number[]> {
  const type: Type = { kind: 'list', element: { kind: 'int' }, length };
  const words = `a list of ${length} whole numbers above 0`;
  const read = (value: Value) => itemsOf(value).map(numberOf);
  return {
    ...constant(words, type, read, { above: 0 }),
    example: `[${[256, 218, 1].slice(0, length).join(', ')}]`,
  };
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

/** `low .. high` of an angle or of plain numbers. @param example one as it must be written, within the limits */
export function interval(
  example: string,
  quantity: Quantity | undefined,
  limits: Limits,
): SettingType<readonly [number, number]> {
  const words = `a range${quantity ? ' of angles' : ''} such as \`${example}\``;
  const side: Type = quantity ? { kind: 'quantity', quantity } : { kind: 'real' };
  return {
    describe: words,
    example,
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
