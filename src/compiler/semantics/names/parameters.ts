import type * as ast from '../../syntax/ast.ts';
import type { Reporter } from '../program/program.ts';
import { convert, describeBounds, withinBounds } from '../values/convert.ts';
import { evaluateConstant } from '../values/evaluate.ts';
import type { Evaluation } from '../values/evaluation.ts';
import { formatValue, type Given, poison, type Value } from '../values/values.ts';
import { type Evaluated, partialOf, withArguments } from './application.ts';
import { lookup, Scope } from './scope.ts';
import { Signatures, type Typed } from './signatures.ts';

/** Evaluates constants in a scope. */
export function constantsIn(scope: Scope, reporter: Reporter): Evaluation {
  const evaluation: Evaluation = {
    reporter,
    lookup: (name) => lookup(name, scope, 'value', reporter),
    evaluate: (expression) => evaluateConstant(expression, evaluation),
    partly: (call, callee) => partly(call, callee, evaluation),
  };
  return evaluation;
}

/** An operation or block with some of its arguments, such as `leaky_relu(slope = 0.1)`; undefined for other callees. */
function partly(call: ast.Call, callee: Value, evaluation: Evaluation): Value | undefined {
  const partial = partialOf(callee);
  if (!partial) return undefined;
  const evaluated = call.arguments.map((argument): Evaluated => {
    return { argument, value: evaluation.evaluate(argument.value), decided: argument.span };
  });
  const waiting = withArguments(partial, call.span, evaluated, quiet, evaluation.reporter, false);
  return waiting ? { kind: 'partial', partial: waiting } : poison;
}

/** Types that there are not are reported where they are declared. */
const quiet = new Signatures({ report: () => undefined });

/**
 * Puts the values of all parameters into a new scope: the given ones, else the defaults, which may use the parameters
 * before them. Values that do not fit their type or bounds are reported and become poison.
 */
export function bindParameters(
  parameters: readonly Typed[],
  given: ReadonlyMap<string, Given>,
  around: Scope,
  reporter: Reporter,
): Scope {
  const scope = new Scope(around);
  for (const { name, parameter, type } of parameters) {
    const own = given.get(name);
    const evaluation = constantsIn(scope, reporter);
    const initial = !own && parameter.initial && evaluation.evaluate(parameter.initial);
    const at = own?.at ?? parameter.initial?.span ?? parameter.span;
    const secondary = own ? [{ span: parameter.name.span, text: 'declared here' }] : [];
    const value = convert(own?.value ?? (initial || poison), type, {
      reporter,
      at,
      what: `\`${name}\``,
      secondary,
    });
    const bounds = parameter.bounds && evaluation.evaluate(parameter.bounds);
    const bounded = bounds === undefined || withinBounds(value, bounds);
    if (!bounded) {
      reporter.report('outOfBounds', {
        at,
        arguments: { name, bounds: describeBounds(bounds), value: formatValue(value) },
        secondary: [{ span: parameter.bounds!.span, text: 'declared here' }],
      });
    }
    scope.set(name, bounded ? value : poison, parameter.name.span);
    if (own?.decided) scope.decide(name, own.decided);
  }
  return scope;
}

/** Puts every parameter into a new scope as a value of which only the type is known. */
export function unknownParameters(parameters: readonly Typed[], around: Scope): Scope {
  const scope = new Scope(around);
  for (const { name, type, parameter } of parameters) {
    scope.set(name, { kind: 'unknown', type }, parameter.name.span);
  }
  return scope;
}
