import type { LossTerm } from '../../../plan/run-plan.ts';
import type * as ast from '../../../syntax/ast.ts';
import { add, formatRational, isZero, type Rational } from '../../values/rational.ts';
import type { Reading } from '../table.ts';
import type { WeighedLoss, WeighedTerm } from './terms.ts';

/**
 * The loss as the run plan holds it: equal terms joined, those of weight 0 left out. Reports weights that cannot be
 * meant, and heads that the loss leaves untrained. Undefined when nothing can be trained with it.
 */
export function settleLoss(
  { terms, at }: WeighedLoss,
  heads: readonly ast.Head[],
  reading: Reading,
): readonly LossTerm[] | undefined {
  const { reporter } = reading;
  const joined = new Map<string, { term: WeighedTerm; weight: Rational }>();
  for (const term of terms) {
    const same = JSON.stringify([term.head.name.text, term.loss]);
    const before = joined.get(same);
    joined.set(same, { term, weight: before ? add(before.weight, term.weight) : term.weight });
  }
  let sound = true;
  for (const { term, weight } of joined.values()) {
    if (weight.numerator >= 0n) continue;
    sound = false;
    reporter.report('negativeWeight', {
      at: term.call.span,
      arguments: { head: term.head.name.text, weight: formatRational(weight) },
      notes: ['training would make this head worse'],
    });
  }
  if (!sound) return undefined;
  const weighed = [...joined.values()].filter(({ weight }) => !isZero(weight));
  if (weighed.length === 0) {
    reporter.report('untrainable', {
      at: at.span,
      arguments: {},
      help: [{ message: 'give the loss of at least one head a weight above 0' }],
    });
    return undefined;
  }
  for (const head of heads) {
    if (weighed.some(({ term }) => term.head === head)) continue;
    const call = terms.find((term) => term.head === head)?.call;
    reporter.report('zeroWeight', {
      at: (call ?? at).span,
      arguments: { head: head.name.text },
      label: call ? 'this has weight 0' : `\`${head.name.text}\` is not in this sum`,
      secondary: [{ span: head.name.span, text: 'the head' }],
      notes: ['it is still evaluated, with the weights that it starts with'],
    });
  }
  const sum = weighed.map(({ weight }) => weight).reduce(add);
  if (sum.numerator !== sum.denominator) {
    reporter.report('weightSum', {
      at: at.span,
      arguments: { sum: formatRational(sum) },
      notes: ['the size of the loss then depends on the weights, and with it what a learning rate means'],
    });
  }
  return weighed.map(
    ({ term, weight }) =>
      ({ weight: Number(formatRational(weight)), head: term.head.name.text, ...term.loss }) as LossTerm,
  );
}
