import type * as ast from '../../syntax/ast.ts';
import type { Reporter } from '../program/program.ts';
import { parameterType } from '../values/convert.ts';
import type { Type } from '../values/types.ts';
import type { Formal } from './arguments.ts';

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
