import type * as ast from '../../syntax/ast.ts';
import type { Reporter } from '../program/program.ts';
import { convert, describeBounds, parameterType, withinBounds } from '../values/convert.ts';
import { type Evaluation, evaluateConstant } from '../values/evaluate.ts';
import type { Type } from '../values/types.ts';
import { formatValue, type Given, poison } from '../values/values.ts';
import type { Formal } from './arguments.ts';
import { lookup, Scope } from './scope.ts';

/** A parameter with its type resolved. */
export interface Typed extends Formal {
  readonly parameter: ast.Parameter;
  readonly type: Type;
}

/** Finds the types of declared parameters, and reports unknown types once. */
export class Signatures {
  readonly #typed = new Map<readonly ast.Parameter[], readonly Typed[]>();
  readonly #reporter: Reporter;

  constructor(reporter: Reporter) {
    this.#reporter = reporter;
  }

  of(parameters: readonly ast.Parameter[]): readonly Typed[] {
    const existing = this.#typed.get(parameters);
    if (existing) return existing;
    const typed = parameters.map((parameter) => ({
      parameter,
      name: parameter.name.text,
      required: parameter.initial === undefined,
      type: parameterType(parameter, this.#reporter),
    }));
    this.#typed.set(parameters, typed);
    return typed;
  }
}

/** Evaluates constants in a scope. */
export function constantsIn(scope: Scope, reporter: Reporter): Evaluation {
  const evaluation: Evaluation = {
    reporter,
    lookup: (name) => lookup(name, scope, 'value', reporter),
    evaluate: (expression) => evaluateConstant(expression, evaluation),
  };
  return evaluation;
}

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
