import type { LossTerm } from '../run-plan.ts';
import { FormulaBuilder, type LossAxis, type LossFormula, reads } from './formula.ts';

type TermOf<N extends LossTerm['loss']> = Extract<LossTerm, { readonly loss: N }>;

/** The losses of overlap: the axes along which each of their ratios is one. */
function ratioAxes({ reduction }: { readonly reduction: 'image' | 'batch' }): readonly LossAxis[] {
  return reduction === 'image' ? ['pixel'] : ['image', 'pixel'];
}

/** The formula of a term; undefined where engines compute its loss by a rule of its own. */
export function formulaOf(term: LossTerm): LossFormula | undefined {
  return term.formula ?? builtInFormula(term);
}

/** The heads of which a loss reads how far pixels lie from the border of the truth. */
export function distanceHeads(terms: readonly LossTerm[]): readonly string[] {
  const reading = terms.filter((term) => reads(formulaOf(term) ?? [], 'distance'));
  return [...new Set(reading.map(({ head }) => head))];
}

/** The formula of a loss of the language; undefined for those with rules of their own, and for a declared one. */
export function builtInFormula(term: LossTerm): LossFormula | undefined {
  switch (term.loss) {
    case 'tversky':
    case 'focal_tversky':
      return tversky(term);
    case 'categorical_focal':
      return categoricalFocal(term);
    case 'boundary':
      return boundary();
    case 'cross_entropy':
      return term.weights && weightedCrossEntropy(term, term.weights);
    case 'dice':
    case 'jaccard':
      return term.weights && weightedOverlap(term, term.weights);
    default:
      return undefined;
  }
}

/** `1 − (hits + s) / (hits + α · wrong + β · missed + s)`, Salehi et al. 2017; its power 1 / γ, Abraham and Khan 2019. */
function tversky(term: TermOf<'tversky' | 'focal_tversky'>): LossFormula {
  const b = new FormulaBuilder();
  const [head, truth] = counted(b, term.background);
  const over = ratioAxes(term);
  const hits = b.sum(b.multiply(head, truth), ...over);
  const rest = (of: number) => b.subtract(b.number(1), of);
  // Sums of what is no error, and not differences of sums, which would be rounded.
  const wrong = b.sum(b.multiply(head, rest(truth)), ...over);
  const missed = b.sum(b.multiply(rest(head), truth), ...over);
  const smooth = b.number(term.smooth);
  const errors = b.add(b.multiply(b.number(term.alpha), wrong), b.multiply(b.number(term.beta), missed));
  const distance = b.divide(errors, b.add(b.add(hits, errors), smooth));
  const each = term.loss === 'tversky' ? distance : b.power(distance, 1 / term.gamma);
  b.mean(each, 'image', 'class');
  return b.steps;
}

/** `−w (1 − p)^γ log p` of the true class, mean over pixels; Lin et al. 2017 for classes that exclude each other. */
function categoricalFocal({ gamma, weights }: TermOf<'categorical_focal'>): LossFormula {
  const b = new FormulaBuilder();
  const [head, truth] = counted(b, true);
  const hard = b.power(b.subtract(b.number(1), head), gamma);
  const cost = b.multiply(b.multiply(truth, hard), b.unary('log_softmax', b.input('logits')));
  const weighed = weights === undefined ? cost : b.multiply(cost, b.classNumbers(weights, 'all'));
  b.mean(b.negate(b.sum(weighed, 'class')), 'image', 'pixel');
  return b.steps;
}

/** `Σ w y (−log p) / Σ w y` over all pixels of the batch, as PyTorch has it; the truth may be smoothed. */
function weightedCrossEntropy(
  { smoothing = 0 }: TermOf<'cross_entropy'>,
  weights: readonly number[],
): LossFormula {
  const b = new FormulaBuilder();
  const truth = b.input('truth');
  const weight = b.classNumbers(weights, 'all');
  const share = b.number(smoothing / weights.length);
  const smooth = smoothing === 0 ? truth : b.add(b.multiply(truth, b.number(1 - smoothing)), share);
  const cost = b.multiply(b.multiply(smooth, weight), b.unary('log_softmax', b.input('logits')));
  const whole = b.multiply(truth, weight);
  const all = ['image', 'pixel', 'class'] as const;
  b.divide(b.negate(b.mean(cost, ...all)), b.mean(whole, ...all));
  return b.steps;
}

/** The mean of the classes' distances by their weights. */
function weightedOverlap(term: TermOf<'dice' | 'jaccard'>, weights: readonly number[]): LossFormula {
  const b = new FormulaBuilder();
  const [head, truth] = counted(b, term.background ?? true);
  const over = ratioAxes(term);
  const both = b.sum(b.multiply(head, truth), ...over);
  const either = b.add(b.sum(head, ...over), b.sum(truth, ...over));
  const smooth = b.number(term.smooth);
  const [part, whole] =
    term.loss === 'dice' ? [b.multiply(b.number(2), both), either] : [both, b.subtract(either, both)];
  const distance = b.subtract(b.number(1), b.divide(b.add(part, smooth), b.add(whole, smooth)));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const shares = b.classNumbers(
    weights.map((weight) => weight / total),
    (term.background ?? true) ? 'all' : 'foreground',
  );
  b.mean(b.sum(b.multiply(shares, distance), 'class'), 'image');
  return b.steps;
}

/** The mean of `distance · p` over the pixels of all structures; Kervadec et al. 2019, equation 5. */
function boundary(): LossFormula {
  const b = new FormulaBuilder();
  const [head, distance] = [b.foreground(b.input('head')), b.foreground(b.input('distance'))];
  b.mean(b.multiply(head, distance), 'image', 'pixel', 'class');
  return b.steps;
}

/** Probabilities and truth of the classes that count. */
function counted(b: FormulaBuilder, background: boolean): readonly [head: number, truth: number] {
  const [head, truth] = [b.input('head'), b.input('truth')];
  return background ? [head, truth] : [b.foreground(head), b.foreground(truth)];
}
