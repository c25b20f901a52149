import { formulaOf } from '../plan/loss/built-in.ts';
import { type LossFormula, settledFormula } from '../plan/loss/formula.ts';
import type { HeadPlan, LossTerm } from '../plan/run-plan.ts';
import type { ResolvedExperiment } from '../semantics/experiments/experiment.ts';
import type { Reporter } from '../semantics/program/program.ts';

/** What a head of each encoding ends with. */
const endings = {
  binary: 'sigmoid',
  multilabel: 'sigmoid',
  categorical: 'softmax',
  number: 'number',
} as const;

/**
 * The loss with what its terms compute of the heads as they are, for those that are formulas; numbers for classes are checked
 * against the classes of the head. Undefined when a mistake was reported.
 */
export function completeLoss(
  loss: readonly LossTerm[],
  heads: readonly HeadPlan[],
  placeOfLoss: ResolvedExperiment['placeOfLoss'],
  reporter: Reporter,
): readonly LossTerm[] | undefined {
  let sound = true;
  const complete = loss.map((term) => {
    const formula = formulaOf(term);
    const head = heads.find(({ name }) => name === term.head);
    if (formula === undefined || head === undefined) return term;
    const settled = settledFormula(formula, endings[head.encoding]);
    sound = checkClasses(term, settled, head, placeOfLoss, reporter) && sound;
    return { ...term, formula: settled };
  });
  return sound ? complete : undefined;
}

/** One number for each class that counts. */
function checkClasses(
  term: LossTerm,
  formula: LossFormula,
  head: HeadPlan,
  placeOfLoss: ResolvedExperiment['placeOfLoss'],
  reporter: Reporter,
): boolean {
  for (const step of formula) {
    if (step.op !== 'class_numbers') continue;
    const partly = step.classes === 'foreground' && head.encoding === 'categorical';
    const wanted = partly ? head.channels - 1 : head.channels;
    if (step.values.length === wanted) continue;
    const count = (values: number, noun: string) =>
      `${values} ${noun}${values === 1 ? '' : noun === 'class' ? 'es' : 's'}`;
    const names = head.encoding === 'categorical' && head.kind === 'mask';
    reporter.report('classWeights', {
      at: placeOfLoss(term),
      arguments: {
        what: term.loss === 'declared' ? `a list in \`${term.name}\`` : '`weights`',
        given: count(step.values.length, 'number'),
        head: head.name,
        wanted: `${count(wanted, 'class')}${partly ? ' besides the background' : ''}`,
      },
      notes: names && !partly ? ['the first class of a softmax is the background'] : [],
    });
    return false;
  }
  return true;
}
