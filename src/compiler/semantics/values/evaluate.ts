import { listed } from '../../diagnostics/listing.ts';
import type { Span } from '../../source/span.ts';
import type * as ast from '../../syntax/ast.ts';
import { numberRange } from '../../syntax/numbers.ts';
import type { Reporter } from '../program/program.ts';
import {
  add,
  compare,
  divide,
  isRepresentable,
  isWhole,
  isZero,
  multiply,
  negate,
  parseRational,
  type Rational,
  subtract,
  toNumber,
  whole,
} from './rational.ts';
import { describeType, type Quantity, quantities } from './types.ts';
import { formatValue, inOwnUnit, isUnknown, poison, typeOf, unknown, type Value } from './values.ts';

/** What evaluating an expression needs: names, and a way to go on with the parts of the expression. */
export interface Evaluation {
  readonly reporter: Reporter;
  /** The value of a name; reports one that nothing has. */
  lookup(name: ast.Name): Value;
  /** The value of a part of the expression. Bodies of networks know more kinds of expressions than constants have. */
  evaluate(expression: ast.Expression): Value;
}

/** The value of an expression that is known at compile time. Mistakes are reported and give poison. */
export function evaluateConstant(expression: ast.Expression, evaluation: Evaluation): Value {
  switch (expression.kind) {
    case 'number':
      return literal(expression);
    case 'string':
      return { kind: 'string', value: expression.value };
    case 'boolean':
      return { kind: 'bool', value: expression.value };
    case 'reference':
      return evaluation.lookup(expression.name);
    case 'list':
      return { kind: 'list', items: expression.items.map((item) => evaluation.evaluate(item)) };
    case 'tuple':
      if (expression.items.length === 1) return evaluation.evaluate(expression.items[0]!);
      return notConstant(evaluation.reporter, expression.span, 'a pair');
    case 'range':
      return range(expression, evaluation);
    case 'binary':
      return arithmetic(
        expression,
        evaluation.evaluate(expression.left),
        evaluation.evaluate(expression.right),
        evaluation.reporter,
      );
    case 'negation':
      return negated(expression, evaluation.evaluate(expression.value), evaluation.reporter);
    case 'index':
      return item(expression, evaluation);
    case 'call':
      return listFunction(expression, evaluation);
    case 'member': {
      const of = evaluation.evaluate(expression.of);
      if (of.kind === 'poison') return poison;
      return notConstant(evaluation.reporter, expression.span, `\`.${expression.name.text}\``);
    }
    case 'pipe':
    case 'repeat':
      return notConstant(evaluation.reporter, expression.span, 'a tensor');
    case 'hole':
      return poison;
    default:
      return expression satisfies never;
  }
}

/** The value of a number as written. */
export function literal(expression: ast.NumberLiteral): Value {
  const value = parseRational(expression.text);
  const { unit } = expression;
  if (unit === undefined) {
    return { kind: 'number', type: /^\d+$/.test(expression.text) ? 'int' : 'real', value };
  }
  if (unit === '%') return { kind: 'number', type: 'real', value: divide(value, whole(100)) };
  const quantity = (Object.keys(quantities) as Quantity[]).find(
    (name) => quantities[name].unit === unit || (unit === 'GB' && name === 'bytes'),
  )!;
  return { kind: 'quantity', quantity, value: inOwnUnit(value, unit) };
}

/** `left operator right` of two constants; tensors and other things are reported. */
export function arithmetic(expression: ast.Binary, left: Value, right: Value, reporter: Reporter): Value {
  if (left.kind === 'poison' || right.kind === 'poison') return poison;
  if (isUnknown(left) || isUnknown(right)) return unknown;
  const { operator, span } = expression;
  const leftType = typeOf(left);
  const rightType = typeOf(right);
  const scalable = left.kind === 'quantity' && right.kind === 'number' && '*/'.includes(operator);
  const scaling = left.kind === 'number' && right.kind === 'quantity' && operator === '*';
  const alike =
    left.kind === 'quantity' &&
    right.kind === 'quantity' &&
    left.quantity === right.quantity &&
    '+-'.includes(operator);
  const isNumber = (type: typeof leftType) => type?.kind === 'int' || type?.kind === 'real';
  if (!scalable && !scaling && !alike && !(isNumber(leftType) && isNumber(rightType))) {
    reporter.report('operandTypes', {
      at: span,
      arguments: { operator, left: describe(left), right: describe(right) },
    });
    return poison;
  }
  if (operator === '/' && right.kind === 'number' && isZero(right.value)) {
    reporter.report('divisionByZero', { at: expression.right.span, arguments: {} });
    return poison;
  }
  const ints = leftType?.kind === 'int' && rightType?.kind === 'int';
  if (left.kind === 'unknown' || right.kind === 'unknown') {
    return { kind: 'unknown', type: { kind: ints ? 'int' : 'real' } };
  }
  const a = (left as { value: Rational }).value;
  const b = (right as { value: Rational }).value;
  const value = { '+': add, '-': subtract, '*': multiply, '/': divide }[operator](a, b);
  if (ints && !isWhole(value)) {
    reporter.report('inexactDivision', {
      at: span,
      arguments: { left: formatValue(left), right: formatValue(right) },
      notes: ['dividing two whole numbers must leave nothing over'],
      help: [{ message: `choose values that divide, or write \`${formatValue(left)}.0\` for a real number` }],
    });
    return poison;
  }
  if (!isRepresentable(value, ints ? 'int' : 'real')) {
    reporter.report('numberOverflow', {
      at: span,
      arguments: { operator },
      notes: [numberRange],
      help: [{ message: 'use smaller numbers' }],
    });
    return poison;
  }
  if (left.kind === 'quantity') return { ...left, value };
  if (right.kind === 'quantity') return { ...right, value };
  return { kind: 'number', type: ints ? 'int' : 'real', value };
}

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

/** A value in words, for messages. */
export function describe(value: Value): string {
  const plain = ['number', 'quantity', 'bool', 'string'].includes(value.kind);
  if (plain) return `\`${formatValue(value)}\``;
  if (value.kind === 'range') return 'a range';
  if (value.kind === 'layer') return 'a layer';
  if (value.kind === 'stage') return 'a stage';
  if (value.kind === 'outputs') {
    return `the outputs ${listed([...value.members.keys()].map((name) => `\`${name}\``))} of \`${value.block}\``;
  }
  if (value.kind === 'function') return `the operation \`${value.name}\``;
  if (value.kind === 'declared') return `the ${value.declared.declaration.kind} \`${formatValue(value)}\``;
  const type = typeOf(value);
  return type ? describeType(type) : value.kind;
}

/** Minus a constant; tensors and other things are reported. */
export function negated(expression: ast.Negation, value: Value, reporter: Reporter): Value {
  if (isUnknown(value)) return value;
  if (value.kind === 'number' || value.kind === 'quantity') return { ...value, value: negate(value.value) };
  const type = typeOf(value);
  if (value.kind === 'unknown' && (type?.kind === 'int' || type?.kind === 'real')) return value;
  if (value.kind === 'poison') return poison;
  reporter.report('typeMismatch', {
    at: expression.value.span,
    arguments: { what: '`-`', expected: 'a number', actual: describe(value) },
  });
  return poison;
}

function range(expression: ast.Range, evaluation: Evaluation): Value {
  const low = evaluation.evaluate(expression.low);
  const high = evaluation.evaluate(expression.high);
  const step = expression.step && evaluation.evaluate(expression.step);
  const parts = [low, high, ...(step ? [step] : [])];
  if (parts.some((part) => part.kind === 'poison' || part.kind === 'unknown')) return poison;
  const kinds = new Set(parts.map((part) => (part.kind === 'quantity' ? part.quantity : part.kind)));
  const numeric = low.kind === 'number' || low.kind === 'quantity';
  const report = (at: Span, problem: string) => {
    evaluation.reporter.report('badRange', { at, arguments: { problem } });
    return poison;
  };
  if (kinds.size > 1 || !numeric) {
    return report(expression.span, 'the ends of a range must be two numbers of the same kind');
  }
  const value = (part: Value) => (part as { value: Rational }).value;
  if (compare(value(low), value(high)) > 0) {
    return report(
      expression.span,
      `the range starts at ${formatValue(low)}, above its end ${formatValue(high)}`,
    );
  }
  if (step && compare(value(step), whole(0)) <= 0) {
    return report(expression.step!.span, `the step ${formatValue(step)} leads nowhere`);
  }
  if (step && !isWhole(divide(subtract(value(high), value(low)), value(step)))) {
    return report(
      expression.span,
      `steps of ${formatValue(step)} from ${formatValue(low)} miss ${formatValue(high)}`,
    );
  }
  return { kind: 'range', low, high, step };
}

function item(expression: ast.Index, evaluation: Evaluation): Value {
  const list = evaluation.evaluate(expression.of);
  const at = evaluation.evaluate(expression.at);
  if (list.kind === 'poison' || at.kind === 'poison') return poison;
  if (isUnknown(list)) return unknown;
  const type = typeOf(list);
  const atType = typeOf(at);
  if (type?.kind !== 'list') {
    evaluation.reporter.report('typeMismatch', {
      at: expression.of.span,
      arguments: { what: 'an index', expected: 'a list', actual: describe(list) },
    });
    return poison;
  }
  if (atType?.kind !== 'int') {
    evaluation.reporter.report('typeMismatch', {
      at: expression.at.span,
      arguments: { what: 'an index', expected: 'a whole number', actual: describe(at) },
    });
    return poison;
  }
  if (at.kind !== 'number') return { kind: 'unknown', type: type.element };
  const index = toNumber(at.value);
  if (index < 0 || (type.length !== undefined && index >= type.length)) {
    evaluation.reporter.report('indexOutOfRange', {
      at: expression.at.span,
      arguments: { index, length: type.length ?? 0 },
      notes: ['the first item has index 0'],
    });
    return poison;
  }
  return list.kind === 'list' ? list.items[index]! : { kind: 'unknown', type: type.element };
}

/** The functions of lists: `last(list)`, `butlast(list)` and `repeat(value, count)`. */
export const listFunctions = {
  last: 'the last item of a list',
  butlast: 'a list without its last item',
  repeat: 'a list of one value, so many times',
} as const;

function listFunction(expression: ast.Call, evaluation: Evaluation): Value {
  const { callee } = expression;
  const name = callee.kind === 'reference' ? callee.name.text : undefined;
  if (name === 'repeat') return repeated(expression, evaluation);
  if (name !== 'last' && name !== 'butlast') {
    const value = evaluation.evaluate(callee);
    return value.kind === 'poison' ? poison : notConstant(evaluation.reporter, expression.span, 'a call');
  }
  const [argument, extra] = expression.arguments;
  if (!argument || extra || argument.form !== 'positional') {
    evaluation.reporter.report('tooManyArguments', {
      at: expression.span,
      arguments: { callee: name, count: 'exactly one list' },
    });
    return poison;
  }
  const list = evaluation.evaluate(argument.value);
  if (list.kind === 'poison') return poison;
  const type = typeOf(list);
  if (type?.kind !== 'list') {
    evaluation.reporter.report('typeMismatch', {
      at: argument.span,
      arguments: { what: `\`${name}\``, expected: 'a list', actual: describe(list) },
    });
    return poison;
  }
  if (type.length === 0) {
    evaluation.reporter.report('emptyList', { at: argument.span, arguments: { function: name } });
    return poison;
  }
  if (list.kind !== 'list') {
    return { kind: 'unknown', type: name === 'last' ? type.element : { ...type, length: undefined } };
  }
  return name === 'last' ? list.items.at(-1)! : { kind: 'list', items: list.items.slice(0, -1) };
}

/** The longest list that `repeat` makes: far more layers than a network may have. */
const maxRepeats = 100_000;

/** `repeat(value, count)`. */
function repeated(expression: ast.Call, evaluation: Evaluation): Value {
  const { reporter } = evaluation;
  const [what, count, extra] = expression.arguments;
  const values = expression.arguments.map((argument) => evaluation.evaluate(argument.value));
  if (!what || !count || extra || what.form !== 'positional' || count.form !== 'positional') {
    reporter.report('tooManyArguments', {
      at: expression.span,
      arguments: { callee: 'repeat', count: 'exactly a value and how often' },
    });
    return poison;
  }
  const [value, times] = values as [Value, Value];
  if (value.kind === 'poison' || times.kind === 'poison') return poison;
  if (typeOf(times)?.kind !== 'int') {
    reporter.report('typeMismatch', {
      at: count.span,
      arguments: { what: '`repeat`', expected: 'a whole number', actual: describe(times) },
    });
    return poison;
  }
  const element = typeOf(value);
  if (!element) {
    reporter.report('typeMismatch', {
      at: what.span,
      arguments: { what: '`repeat`', expected: 'a value', actual: describe(value) },
    });
    return poison;
  }
  if (times.kind !== 'number') return { kind: 'unknown', type: { kind: 'list', element, length: undefined } };
  const length = toNumber(times.value);
  if (length < 1 || length > maxRepeats) {
    reporter.report('outOfBounds', {
      at: count.span,
      arguments: { name: 'count', bounds: `from 1 to ${maxRepeats}`, value: formatValue(times) },
    });
    return poison;
  }
  if (value.kind === 'unknown') return { kind: 'unknown', type: { kind: 'list', element, length } };
  return { kind: 'list', items: Array.from({ length }, () => value) };
}

function notConstant(reporter: Reporter, at: Span, what: string): Value {
  reporter.report('notConstant', { at, arguments: { what } });
  return poison;
}
