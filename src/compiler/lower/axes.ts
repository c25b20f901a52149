import type { Label } from '../diagnostics/diagnostic.ts';
import { describeShape } from '../ir/operations/entry.ts';
import type { Shape } from '../ir/shape.ts';
import type { Scope } from '../semantics/names/scope.ts';
import { reportVolume } from '../semantics/names/volumes.ts';
import { describe } from '../semantics/values/describe.ts';
import type { Evaluation } from '../semantics/values/evaluation.ts';
import { int, numeric, typeOf, type Value } from '../semantics/values/values.ts';
import type { Span } from '../source/span.ts';
import type * as ast from '../syntax/ast.ts';

/**
 * Compares a tensor with a declared shape, such as `[h, w, 2 * c]`: a new name binds the axis, a name or expression
 * that is known must agree, and `_` takes anything. Returns false when a mistake was reported.
 * @param actual the tensor's shape, undefined while bodies are only checked
 * @param operand where the tensor was written
 */
export function matchShape(
  declared: ast.ShapeExpression,
  actual: Shape | undefined,
  operand: Span,
  scope: Scope,
  evaluation: Evaluation,
): boolean {
  const { reporter } = evaluation;
  if (declared.axes.length === 4) {
    reportVolume('a value with four sizes', declared.span, reporter);
    return false;
  }
  if (actual && actual.length !== declared.axes.length) {
    reporter.report('axisCount', {
      at: declared.span,
      arguments: { expected: declared.axes.length, actual: describeShape(actual) },
      secondary: operandLabel(operand, declared.span, actual),
    });
    return false;
  }
  let sound = true;
  for (const [index, axis] of declared.axes.entries()) {
    const size = actual?.[index];
    if (axis.kind === 'hole') continue;
    if (axis.kind === 'reference' && (axis.name.text === '_' || axis.name.text === '')) continue;
    if (axis.kind === 'reference' && !scope.get(axis.name.text)) {
      const value: Value = size === undefined ? { kind: 'unknown', type: { kind: 'int' } } : int(size);
      scope.set(axis.name.text, value, axis.span);
      continue;
    }
    const value = evaluation.evaluate(axis);
    if (value.kind === 'poison') sound = false;
    else if (typeOf(value)?.kind !== 'int') {
      sound = false;
      reporter.report('typeMismatch', {
        at: axis.span,
        arguments: { what: 'an axis', expected: 'a whole number', actual: describe(value) },
      });
    } else if (size !== undefined && numeric(value) !== undefined && numeric(value) !== size) {
      sound = false;
      const bound = axis.kind === 'reference' ? scope.place(axis.name.text) : undefined;
      reporter.report('axisSize', {
        at: axis.span,
        arguments: { axis: axisName(axis, index), actual: size, expected: numeric(value)! },
        secondary: [
          ...operandLabel(operand, axis.span, actual!),
          ...(bound ? [{ span: bound, text: `${numeric(value)} here` }] : []),
        ],
      });
    }
  }
  return sound;
}

function operandLabel(operand: Span, primary: Span, shape: Shape): readonly Label[] {
  return operand === primary ? [] : [{ span: operand, text: shape.join('×') }];
}

function axisName(axis: ast.Expression, index: number): string {
  if (axis.kind === 'reference') return axis.name.text;
  return ['height', 'width', 'channels'][index] ?? String(index);
}
