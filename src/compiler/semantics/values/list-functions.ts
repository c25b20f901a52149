import type * as ast from '../../syntax/ast.ts';
import type { Reporter } from '../program/program.ts';
import { describe } from './describe.ts';
import type { Evaluation } from './evaluation.ts';
import { rangeValues } from './ranges.ts';
import { compare, toNumber } from './rational.ts';
import { anyType, type Type } from './types.ts';
import { formatValue, int, isUnknown, poison, typeOf, unknown, type Value } from './values.ts';

/** The functions of values that are known before training, with what each gives. */
export const listFunctions = {
  last: 'the last item of a list',
  butlast: 'a list without its last item',
  repeat: 'a list of one value, so many times',
  len: 'how many items a list has',
  reverse: 'a list from its end to its start',
  zip: 'the first items of several lists as a list, then the second ones, and so on',
  max: 'the largest of several numbers',
  min: 'the smallest of several numbers',
  choose: 'its second argument where the first is `true`, else its third',
} as const;

export type ListFunction = keyof typeof listFunctions;

/** The value of a call of one of the {@link listFunctions}. Mistakes are reported and give poison. */
export function listFunction(name: ListFunction, call: ast.Call, evaluation: Evaluation): Value {
  const { reporter } = evaluation;
  const [least, most, words] = arities[name];
  const given = call.arguments;
  const plain = given.every(({ form }) => form === 'positional');
  if (!plain || given.length < least || given.length > most) {
    reporter.report('tooManyArguments', { at: call.span, arguments: { callee: name, count: words } });
    return poison;
  }
  if (name === 'choose') return chosen(given as Three, evaluation);
  const values = given.map(({ value }) => evaluation.evaluate(value));
  if (values.some(({ kind }) => kind === 'poison')) return poison;
  if (name === 'repeat') return repeated(given, values as [Value, Value], reporter);
  if (name === 'max' || name === 'min') return extreme(name, given, values, reporter);
  const lists = values.map((value, index) => asList(name, value, given[index]!, reporter));
  if (lists.some((list) => list === undefined)) return poison;
  if (lists.some((list) => list === 'unknown')) return unknown;
  return name === 'zip'
    ? zipped(given, lists as List[], reporter)
    : ofList(name, given[0]!, lists[0] as List, reporter);
}

/** How many arguments each function takes, at least and at most, and in words. */
const arities: Readonly<Record<ListFunction, readonly [number, number, string]>> = {
  last: [1, 1, 'exactly one list'],
  butlast: [1, 1, 'exactly one list'],
  len: [1, 1, 'exactly one list'],
  reverse: [1, 1, 'exactly one list'],
  repeat: [2, 2, 'exactly a value and how often'],
  zip: [2, Number.POSITIVE_INFINITY, 'at least two lists'],
  max: [1, Number.POSITIVE_INFINITY, 'a list, or at least one number'],
  min: [1, Number.POSITIVE_INFINITY, 'a list, or at least one number'],
  choose: [3, 3, 'exactly a condition and two values'],
};

type Three = readonly [ast.Argument, ast.Argument, ast.Argument];

/** A list of which at least the type of the items is known. */
interface List {
  readonly type: Type & { kind: 'list' };
  /** Undefined while bodies are only checked. */
  readonly items: readonly Value[] | undefined;
}

/** A list, or the whole numbers of a range. */
function asList(
  name: ListFunction,
  value: Value,
  at: ast.Argument,
  reporter: Reporter,
): List | 'unknown' | undefined {
  if (isUnknown(value)) return 'unknown';
  const list = listOfRange(value) ?? value;
  const type = typeOf(list);
  if (type?.kind === 'list') return { type, items: list.kind === 'list' ? list.items : undefined };
  reporter.report('typeMismatch', {
    at: at.span,
    arguments: { what: `\`${name}\``, expected: 'a list', actual: describe(value) },
  });
  return undefined;
}

/** The whole numbers of a range, both ends included, as a list; undefined for other values. */
export function listOfRange(value: Value): Value | undefined {
  if (value.kind !== 'range' || value.low.kind !== 'number' || value.low.type !== 'int') return undefined;
  return { kind: 'list', items: rangeValues(value.low, value.high, value.step ?? int(1)) };
}

function ofList(
  name: 'last' | 'butlast' | 'len' | 'reverse',
  at: ast.Argument,
  { type, items }: List,
  reporter: Reporter,
): Value {
  if (name === 'len') {
    const length = items?.length ?? type.length;
    return length === undefined ? { kind: 'unknown', type: { kind: 'int' } } : int(length);
  }
  if (type.length === 0 && name !== 'reverse') {
    reporter.report('emptyList', { at: at.span, arguments: { function: name } });
    return poison;
  }
  if (!items) {
    const length = name === 'butlast' ? undefined : type.length;
    return { kind: 'unknown', type: name === 'last' ? type.element : { ...type, length } };
  }
  if (name === 'last') return items.at(-1)!;
  return { kind: 'list', items: name === 'butlast' ? items.slice(0, -1) : items.toReversed() };
}

function zipped(given: readonly ast.Argument[], lists: readonly List[], reporter: Reporter): Value {
  const lengths = lists.map(({ type }) => type.length);
  const length = lengths.find((own) => own !== undefined);
  const other = lengths.findIndex((own) => own !== undefined && own !== length);
  if (other > -1) {
    reporter.report('listLength', {
      at: given[other]!.span,
      arguments: { what: '`zip`', expected: length!, actual: lengths[other]! },
    });
    return poison;
  }
  if (lists.some(({ items }) => !items)) {
    const kinds = new Set(lists.map(({ type }) => type.element.kind));
    const element: Type = kinds.size === 1 ? lists[0]!.type.element : anyType;
    const row: Type = { kind: 'list', element, length: lists.length };
    return { kind: 'unknown', type: { kind: 'list', element: row, length } };
  }
  const rows = Array.from({ length: length! }, (_, index): Value => {
    return { kind: 'list', items: lists.map(({ items }) => items![index]!) };
  });
  return { kind: 'list', items: rows };
}

function extreme(
  name: 'max' | 'min',
  given: readonly ast.Argument[],
  values: readonly Value[],
  reporter: Reporter,
): Value {
  if (values.some(isUnknown)) return unknown;
  const [only] = values;
  const list = values.length === 1 ? (listOfRange(only!) ?? only!) : undefined;
  const listType = list && typeOf(list);
  const items = list?.kind === 'list' ? list.items : values;
  if (listType?.kind === 'list' && list!.kind !== 'list') return { kind: 'unknown', type: listType.element };
  const numbers = items.filter((item) => ['int', 'real'].includes(typeOf(item)?.kind ?? ''));
  if (items.length === 0) {
    reporter.report('emptyList', { at: given[0]!.span, arguments: { function: name } });
    return poison;
  }
  if (numbers.length < items.length) {
    const wrong = items.findIndex((item) => !numbers.includes(item));
    reporter.report('typeMismatch', {
      at: given[list ? 0 : wrong]!.span,
      arguments: { what: `\`${name}\``, expected: 'numbers', actual: describe(items[wrong]!) },
    });
    return poison;
  }
  const known = items.flatMap((item) => (item.kind === 'number' ? [item] : []));
  if (known.length < items.length) {
    const isInt = items.every((item) => typeOf(item)?.kind === 'int');
    return { kind: 'unknown', type: { kind: isInt ? 'int' : 'real' } };
  }
  return known.reduce((best, item) => {
    const sign = compare(item.value, best.value);
    return (name === 'max' ? sign > 0 : sign < 0) ? item : best;
  });
}

/** Only the value that is chosen is evaluated, so that it alone becomes part of a network. */
function chosen([condition, yes, no]: Three, evaluation: Evaluation): Value {
  const value = evaluation.evaluate(condition.value);
  if (value.kind === 'poison') return poison;
  if (value.kind === 'bool') return evaluation.evaluate((value.value ? yes : no).value);
  if (!isUnknown(value) && typeOf(value)?.kind !== 'bool') {
    evaluation.reporter.report('typeMismatch', {
      at: condition.span,
      arguments: { what: '`choose`', expected: '`true` or `false`', actual: describe(value) },
    });
    return poison;
  }
  const values = [yes, no].map((argument) => evaluation.evaluate(argument.value));
  if (values.some(({ kind }) => kind === 'poison')) return poison;
  const [one, other] = values.map(typeOf);
  return one && other && one.kind === other.kind && one.kind !== 'list'
    ? { kind: 'unknown', type: one }
    : unknown;
}

/** The longest list that `repeat` makes: far more layers than a network may have. */
const maxRepeats = 100_000;

/** `repeat(value, count)`. */
function repeated(
  [what, count]: readonly ast.Argument[],
  [value, times]: readonly [Value, Value],
  reporter: Reporter,
): Value {
  if (isUnknown(times)) return unknown;
  if (typeOf(times)?.kind !== 'int') {
    reporter.report('typeMismatch', {
      at: count!.span,
      arguments: { what: '`repeat`', expected: 'a whole number', actual: describe(times) },
    });
    return poison;
  }
  const element = typeOf(value);
  if (!element) {
    reporter.report('typeMismatch', {
      at: what!.span,
      arguments: { what: '`repeat`', expected: 'a value', actual: describe(value) },
    });
    return poison;
  }
  if (times.kind !== 'number') return { kind: 'unknown', type: { kind: 'list', element, length: undefined } };
  const length = toNumber(times.value);
  if (length < 1 || length > maxRepeats) {
    reporter.report('outOfBounds', {
      at: count!.span,
      arguments: { name: 'count', bounds: `from 1 to ${maxRepeats}`, value: formatValue(times) },
    });
    return poison;
  }
  if (value.kind === 'unknown') return { kind: 'unknown', type: { kind: 'list', element, length } };
  return { kind: 'list', items: Array.from({ length }, () => value) };
}
