import {
  isTensor,
  numeric,
  type OperationApplication,
  typeOf,
  type Value,
} from '../semantics/values/values.ts';
import type { Span } from '../source/span.ts';
import type * as ast from '../syntax/ast.ts';

/**
 * The operation that an operator stands for where one side is a tensor, or both are; undefined where neither is, and for
 * what an operator cannot do, such as `2 / x`.
 */
export function appliedByOperator(
  { operator, span }: ast.Binary,
  left: Value,
  right: Value,
): OperationApplication | undefined {
  if (isTensor(left) && isTensor(right)) {
    const op = meetings[operator];
    return op && bare(op, span);
  }
  if (!isTensor(left) && !isTensor(right)) return undefined;
  const reversed = isTensor(right);
  const constant = reversed ? left : right;
  const isNumber = ['int', 'real'].includes(typeOf(constant)?.kind ?? '');
  if (!isNumber || (operator === '/' && reversed)) return undefined;
  // While bodies are only checked, numbers may be unknown; 0 is no divisor.
  const number = numeric(constant) ?? 1;
  if (operator === '/' && number === 0) return undefined;
  const changes: Partial<Record<ast.Binary['operator'], OperationApplication['arguments']>> = {
    '+': { shift: number },
    '-': reversed ? { factor: -1, shift: number } : { shift: -number },
    '*': { factor: number },
    '/': { factor: 1 / number },
  };
  const change = changes[operator];
  return change && affine(change, span);
}

/** A tensor times `factor`, plus `shift`. */
export function affine(change: OperationApplication['arguments'], span: Span): OperationApplication {
  return { ...bare('affine', span), arguments: change };
}

/** An operation without arguments besides its tensors. */
export function bare(op: OperationApplication['op'], span: Span): OperationApplication {
  return { kind: 'operation', op, arguments: {}, places: new Map(), span };
}

/** The operations that join two tensors value by value, by their signs. */
const meetings: Partial<Record<ast.Binary['operator'], 'add' | 'subtract' | 'multiply'>> = {
  '+': 'add',
  '-': 'subtract',
  '*': 'multiply',
};
