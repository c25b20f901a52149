import type { Span } from '../../source/span.ts';
import type * as ast from '../../syntax/ast.ts';
import { numberRange } from '../../syntax/numbers.ts';
import type { Reporter } from '../program/program.ts';
import { describe } from './describe.ts';
import type { Evaluation } from './evaluation.ts';
import { type ListFunction, listFunction, listFunctions } from './list-functions.ts';
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
import { anyType, type Quantity, quantities, type Type } from './types.ts';
import { formatValue, inOwnUnit, isUnknown, poison, typeOf, unknown, type Value } from './values.ts';

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
      return list(expression, evaluation);
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
      return call(expression, evaluation);
    case 'member': {
      const of = evaluation.evaluate(expression.of);
      if (of.kind === 'poison') return poison;
      return notConstant(evaluation.reporter, expression.span, `\`.${expression.name.text}\``);
    }
    case 'spread':
      return notConstant(evaluation.reporter, expression.span, '`...`');
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
  if (isComparison(operator)) return compared(operator, expression, left, right, reporter);
  if (operator === '**') return power(expression, left, right, reporter);
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

function isComparison(operator: ast.Binary['operator']): operator is ast.Comparison {
  return Object.hasOwn(comparisons, operator);
}

/** What each comparison says of a difference below, at or above 0. */
const comparisons: Readonly<Record<ast.Comparison, (sign: number) => boolean>> = {
  '==': (sign) => sign === 0,
  '!=': (sign) => sign !== 0,
  '<': (sign) => sign < 0,
  '<=': (sign) => sign <= 0,
  '>': (sign) => sign > 0,
  '>=': (sign) => sign >= 0,
};

/** `left == right` and the like: numbers by their size, texts and truths only by being the same. */
function compared(
  operator: ast.Comparison,
  { span }: ast.Binary,
  left: Value,
  right: Value,
  reporter: Reporter,
): Value {
  const [one, other] = [kindToCompare(left), kindToCompare(right)];
  const sized = one !== 'bool' && one !== 'text';
  if (one === undefined || one !== other || (!sized && operator !== '==' && operator !== '!=')) {
    reporter.report('operandTypes', {
      at: span,
      arguments: { operator, left: describe(left), right: describe(right) },
    });
    return poison;
  }
  if (left.kind === 'unknown' || right.kind === 'unknown') return { kind: 'unknown', type: { kind: 'bool' } };
  const value = (side: Value) => (side as { value: Rational }).value;
  const sign = sized ? compare(value(left), value(right)) : Number(formatValue(left) !== formatValue(right));
  return { kind: 'bool', value: comparisons[operator](sign) };
}

function kindToCompare(value: Value): string | undefined {
  const type = typeOf(value);
  if (type?.kind === 'int' || type?.kind === 'real') return 'number';
  if (type?.kind === 'quantity') return type.quantity;
  if (type?.kind === 'string' || type?.kind === 'choice') return 'text';
  return type?.kind === 'bool' ? 'bool' : undefined;
}

/** Far beyond what numbers of a network need: larger powers would only take long to compute. */
const maxExponent = 1000;

/** `base ** exponent` with a whole exponent that is not negative. */
function power(expression: ast.Binary, base: Value, exponent: Value, reporter: Reporter): Value {
  const [type, exponentType] = [typeOf(base), typeOf(exponent)];
  if ((type?.kind !== 'int' && type?.kind !== 'real') || exponentType?.kind !== 'int') {
    reporter.report('operandTypes', {
      at: expression.span,
      arguments: { operator: '**', left: describe(base), right: describe(exponent) },
      notes: ['a number is raised to a whole number'],
    });
    return poison;
  }
  if (exponent.kind !== 'number') return { kind: 'unknown', type };
  const count = toNumber(exponent.value);
  if (count < 0 || count > maxExponent) {
    reporter.report('outOfBounds', {
      at: expression.right.span,
      arguments: { name: 'exponent', bounds: `from 0 to ${maxExponent}`, value: formatValue(exponent) },
    });
    return poison;
  }
  if (base.kind !== 'number') return { kind: 'unknown', type };
  let value = whole(1);
  for (let step = 0; step < count && isRepresentable(value, type.kind); step++) {
    value = multiply(value, base.value);
  }
  if (isRepresentable(value, type.kind)) return { ...base, value };
  reporter.report('numberOverflow', {
    at: expression.span,
    arguments: { operator: '**' },
    notes: [numberRange],
    help: [{ message: 'use smaller numbers' }],
  });
  return poison;
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
  if (parts.some((part) => part.kind === 'poison')) return poison;
  if (parts.some((part) => part.kind === 'unknown')) return unknown;
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

/** A list, with the items of those that are spread in it. */
function list(expression: ast.ListLiteral, evaluation: Evaluation): Value {
  const items: Value[] = [];
  let type: Type | undefined;
  for (const item of expression.items) {
    const value = evaluation.evaluate(item.kind === 'spread' ? item.value : item);
    const spread = item.kind === 'spread' ? typeOf(value) : undefined;
    if (spread === undefined) items.push(value);
    else if (value.kind === 'poison') return poison;
    else if (value.kind === 'list') items.push(...value.items);
    else if (spread.kind === 'list' || isUnknown(value))
      type = spread.kind === 'list' ? spread.element : spread;
    else {
      evaluation.reporter.report('typeMismatch', {
        at: item.span,
        arguments: { what: '`...`', expected: 'a list', actual: describe(value) },
      });
      return poison;
    }
  }
  if (type === undefined) return { kind: 'list', items };
  const alike = items.every((item) => typeOf(item)?.kind === type.kind);
  return {
    kind: 'unknown',
    type: { kind: 'list', element: alike ? type : anyType, length: undefined },
  };
}

function call(expression: ast.Call, evaluation: Evaluation): Value {
  const { callee } = expression;
  const name = callee.kind === 'reference' ? callee.name.text : '';
  if (Object.hasOwn(listFunctions, name)) return listFunction(name as ListFunction, expression, evaluation);
  const value = evaluation.evaluate(callee);
  if (value.kind === 'poison') return poison;
  return (
    evaluation.partly?.(expression, value) ?? notConstant(evaluation.reporter, expression.span, 'a call')
  );
}

function notConstant(reporter: Reporter, at: Span, what: string): Value {
  reporter.report('notConstant', { at, arguments: { what } });
  return poison;
}
