import type { OperationName } from '../../ir/graph.ts';
import type { Parameter } from '../../ir/operations/entry.ts';
import { type ArgumentValue, operation } from '../../ir/operations.ts';
import type { Span } from '../../source/span.ts';
import type { Reporter } from '../program/program.ts';
import { convert } from '../values/convert.ts';
import { describe } from '../values/describe.ts';
import { describeType, type Type } from '../values/types.ts';
import { formatValue, numeric, typeOf, type Value } from '../values/values.ts';
import type { Formal } from './arguments.ts';
import { reportVolume } from './volumes.ts';

type ParameterType = Parameter['type'];

/** The parameters of an operation as arguments are matched with them. */
export function formalsOf(op: OperationName): readonly Formal[] {
  return parametersOf(op).map(({ name, default: otherwise }) => ({
    name,
    required: otherwise === undefined,
  }));
}

/** An argument as the operation table wants it, unless it is not known yet, or wrong, which is reported. */
export function operationArgument(
  op: OperationName,
  name: string,
  value: Value,
  at: Span,
  reporter: Reporter,
): { readonly argument: ArgumentValue } | 'unknown' | 'wrong' {
  const { type } = parametersOf(op).find((parameter) => parameter.name === name)!;
  const what = `\`${name}\` of \`${op}\``;
  const converted =
    convertPair(type, value, { reporter, at, what }) ?? convert(value, typeFor(type), { reporter, at, what });
  if (converted.kind === 'poison') return 'wrong';
  if (!isKnown(converted)) return 'unknown';
  const plain = toPlain(converted);
  const bounds = outside(type, plain);
  if (bounds === undefined) return { argument: plain };
  reporter.report('outOfBounds', { at, arguments: { name, bounds, value: formatValue(value) } });
  return 'wrong';
}

function isKnown(value: Value): boolean {
  return value.kind === 'list' ? value.items.every(isKnown) : value.kind !== 'unknown';
}

function parametersOf(op: OperationName): readonly Parameter[] {
  return operation(op).parameters as readonly Parameter[];
}

/** A pair is one int or a list of two; anything else is reported as a list of two would be. */
function convertPair(
  type: ParameterType,
  value: Value,
  place: { reporter: Reporter; at: Span; what: string },
): Value | undefined {
  if (type.kind !== 'pair') return undefined;
  const actual = typeOf(value);
  const pair: Type = { kind: 'list', element: { kind: 'int' }, length: 2 };
  if (actual?.kind === 'list' && actual.length === 3) {
    reportVolume(`${place.what} with three sizes`, place.at, place.reporter);
    return { kind: 'poison' };
  }
  if (actual?.kind === 'list') return convert(value, pair, place);
  if (actual?.kind === 'int' || actual?.kind === 'any') return value;
  place.reporter.report('typeMismatch', {
    at: place.at,
    arguments: {
      what: place.what,
      expected: `a whole number or ${describeType(pair)}`,
      actual: describe(value),
    },
  });
  return { kind: 'poison' };
}

function typeFor(type: ParameterType): Type {
  switch (type.kind) {
    case 'int':
    case 'real':
    case 'bool':
      return { kind: type.kind };
    case 'pair':
      return { kind: 'int' };
    case 'choice':
      return { kind: 'choice', options: type.choices };
    default:
      return type satisfies never;
  }
}

function toPlain(value: Value): ArgumentValue {
  switch (value.kind) {
    case 'bool':
    case 'string':
      return value.value;
    case 'list':
      return value.items.map((item) => numeric(item)!);
    default:
      return numeric(value)!;
  }
}

/** The bounds in words that a number breaks, or undefined when it keeps them. */
function outside(type: ParameterType, value: ArgumentValue): string | undefined {
  const numbers =
    typeof value === 'number' ? [value] : Array.isArray(value) ? (value as readonly number[]) : [];
  const any = (breaks: (number: number) => boolean) => numbers.some(breaks);
  if (type.kind === 'int' || type.kind === 'pair') {
    return any((number) => number < type.minimum) ? `at least ${type.minimum}` : undefined;
  }
  if (type.kind !== 'real') return undefined;
  const { minimum, maximum, above, below } = type;
  if (minimum !== undefined && any((number) => number < minimum)) return `at least ${minimum}`;
  if (maximum !== undefined && any((number) => number > maximum)) return `at most ${maximum}`;
  if (above !== undefined && any((number) => number <= above)) return `above ${above}`;
  if (below !== undefined && any((number) => number >= below)) return `below ${below}`;
  return undefined;
}
