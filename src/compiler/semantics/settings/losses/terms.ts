import type { LossTerm } from '../../../plan/run-plan.ts';
import type * as ast from '../../../syntax/ast.ts';
import { multiply, type Rational } from '../../values/rational.ts';
import type { Value } from '../../values/values.ts';

/** One summand with its exact weight and the places that diagnostics point to. */
export interface WeighedTerm {
  readonly weight: Rational;
  readonly head: ast.Head;
  /** The loss and its options, without weight and head. */
  readonly loss: { readonly loss: LossTerm['loss'] } & Readonly<Record<string, unknown>>;
  readonly call: ast.Call;
}

export interface WeighedLoss {
  readonly terms: readonly WeighedTerm[];
  readonly at: ast.Expression;
}

/** A constant, or a list of terms. */
export type Part = Value | readonly WeighedTerm[];

/** Terms that count `factor` times as much. */
export function scaled(terms: readonly WeighedTerm[], factor: Rational): readonly WeighedTerm[] {
  return terms.map((term) => ({ ...term, weight: multiply(term.weight, factor) }));
}

/** Whether a part of a loss is terms, and no constant. */
export function isTerms(part: Part | undefined): part is readonly WeighedTerm[] {
  return Array.isArray(part);
}
