import type { Scope } from '../semantics/names/scope.ts';
import type { Reporter } from '../semantics/program/program.ts';
import { listOfRange } from '../semantics/values/list-functions.ts';
import { anyType } from '../semantics/values/types.ts';
import { isUnknown, numeric, poison, typeOf, type Value } from '../semantics/values/values.ts';
import type * as ast from '../syntax/ast.ts';

/** What a repeat runs over: a list, or the whole numbers of a range, of which there may be none: `1 .. depth - 1`. */
export function repeatedOver(over: ast.Expression, evaluate: (expression: ast.Expression) => Value): Value {
  const list = (): Value => {
    const value = evaluate(over);
    return listOfRange(value) ?? value;
  };
  if (over.kind !== 'range' || over.step) return list();
  const [low, high] = [evaluate(over.low), evaluate(over.high)];
  if (low.kind === 'poison' || high.kind === 'poison') return poison;
  const [from, to] = [numeric(low), numeric(high)];
  if (from !== undefined && to === from - 1) return { kind: 'list', items: [] };
  const isInt = [low, high].every((end) => isUnknown(end) || typeOf(end)?.kind === 'int');
  if (isInt && (from === undefined || to === undefined)) {
    return { kind: 'unknown', type: { kind: 'list', element: { kind: 'int' }, length: undefined } };
  }
  return list();
}

/** Gives the variables of a repeat their values in one step; reports an item that has not as many parts. */
export function bindVariables(
  { variables, over }: ast.Repeat,
  step: Value,
  scope: Scope,
  reporter: Reporter,
): boolean {
  const [only, ...others] = variables as [ast.Name, ...ast.Name[]];
  if (others.length === 0) {
    scope.set(only.text, step, only.span);
    return true;
  }
  const type = typeOf(step);
  const parts = isUnknown(step) ? undefined : type?.kind === 'list' ? type.length : 1;
  if (parts !== undefined && parts !== variables.length) {
    reporter.report('listLength', {
      at: over.span,
      arguments: { what: 'each item', expected: variables.length, actual: parts },
      secondary: [{ span: { ...only.span, end: others.at(-1)!.span.end }, text: 'named here' }],
    });
    return false;
  }
  for (const [index, name] of variables.entries()) {
    const element = type?.kind === 'list' ? type.element : anyType;
    const value: Value = step.kind === 'list' ? step.items[index]! : { kind: 'unknown', type: element };
    scope.set(name.text, value, name.span);
  }
  return true;
}
