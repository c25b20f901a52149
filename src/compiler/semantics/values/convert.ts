import type { Advice, Label } from '../../diagnostics/diagnostic.ts';
import { alternatives, didYouMean } from '../../diagnostics/suggest.ts';
import type { Span } from '../../source/span.ts';
import type * as ast from '../../syntax/ast.ts';
import type { Reporter } from '../program/program.ts';
import { describe } from './describe.ts';
import { compare, type Rational } from './rational.ts';
import { anyType, assignable, describeType, namedTypes, quantities, type Type } from './types.ts';
import { formatValue, poison, sameValue, typeOf, type Value } from './values.ts';

/** Where a value is wanted: for messages. */
export interface Place {
  readonly reporter: Reporter;
  readonly at: Span;
  /** What wants the value, such as "`rate`" or "an angle". */
  readonly what: string;
  readonly secondary?: readonly Label[];
}

/** The value as the type wants it; reports a value that does not fit and gives poison. */
export function convert(value: Value, type: Type, place: Place): Value {
  if (value.kind === 'poison') return poison;
  const actual = typeOf(value);
  if (type.kind === 'list' && value.kind === 'list') return convertList(value.items, type, place);
  if (type.kind === 'choice' && value.kind === 'string') {
    if (type.options.includes(value.value)) return value;
    const inside = { ...place.at, start: place.at.start + 1, end: place.at.end - 1 };
    return mismatch(value, type, place, didYouMean(inside, value.value, type.options));
  }
  if (actual && assignable(actual, type)) {
    return value.kind === 'number' && type.kind === 'real' ? { ...value, type: 'real' } : value;
  }
  if (type.kind === 'quantity' && value.kind === 'number') {
    const { unit } = quantities[type.quantity];
    place.reporter.report('missingUnit', {
      at: place.at,
      arguments: { what: place.what, unit },
      secondary: place.secondary ?? [],
      help: [
        {
          message: `write \`${formatValue(value)}${unit}\``,
          fix: 'unit',
          edits: [{ span: { ...place.at, start: place.at.end }, text: unit }],
        },
      ],
    });
    return poison;
  }
  return mismatch(value, type, place);
}

/** The type that a parameter declares; `any` when there is none of that name. */
export function parameterType(parameter: ast.Parameter, reporter: Reporter): Type {
  const { base, list } = parameter.type;
  let element: Type;
  if (base.kind === 'choice') {
    element = { kind: 'choice', options: base.options.map((option) => option.value) };
  } else {
    const named = Object.hasOwn(namedTypes, base.name.text) ? namedTypes[base.name.text] : undefined;
    if (!named && base.name.text !== '') {
      reporter.report('unknownType', {
        at: base.name.span,
        arguments: { name: base.name.text },
        notes: [
          `there are ${alternatives(Object.keys(namedTypes), 'and')}, choices of texts, and lists of these`,
        ],
        help: didYouMean(base.name.span, base.name.text, Object.keys(namedTypes)),
      });
    }
    element = named ?? anyType;
  }
  if (!list) return element;
  return { kind: 'list', element, length: list.length === undefined ? undefined : Number(list.length.text) };
}

/** Whether a value lies within the bounds after `in`: a range, or a list of all allowed values. */
export function withinBounds(value: Value, bounds: Value): boolean {
  if (value.kind === 'unknown' || value.kind === 'poison') return true;
  if (value.kind === 'list' && bounds.kind === 'range') {
    return value.items.every((item) => withinBounds(item, bounds));
  }
  if (bounds.kind === 'list') return bounds.items.some((allowed) => sameValue(allowed, value));
  if (bounds.kind !== 'range') return true;
  if (value.kind !== 'number' && value.kind !== 'quantity') return true;
  const limit = (side: Value) => (side as { value: Rational }).value;
  return compare(limit(bounds.low), value.value) <= 0 && compare(value.value, limit(bounds.high)) <= 0;
}

/** The bounds in words: `within 4 .. 64`, `one of [1, 2]`. */
export function describeBounds(bounds: Value): string {
  return bounds.kind === 'range' ? `within ${formatValue(bounds)}` : `one of ${formatValue(bounds)}`;
}

function convertList(items: readonly Value[], type: Type & { kind: 'list' }, place: Place): Value {
  if (type.length !== undefined && items.length !== type.length) {
    place.reporter.report('listLength', {
      at: place.at,
      arguments: { what: place.what, expected: type.length, actual: items.length },
      secondary: place.secondary ?? [],
    });
    return poison;
  }
  const converted = items.map((item) =>
    convert(item, type.element, { ...place, what: `an item of ${place.what}` }),
  );
  return converted.some((item) => item.kind === 'poison') ? poison : { kind: 'list', items: converted };
}

function mismatch(value: Value, type: Type, place: Place, help: readonly Advice<'spelling'>[] = []): Value {
  place.reporter.report('typeMismatch', {
    at: place.at,
    arguments: { what: place.what, expected: describeType(type), actual: describe(value) },
    secondary: place.secondary ?? [],
    help,
  });
  return poison;
}
