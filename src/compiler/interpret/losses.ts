import { formulaOf } from '../plan/loss/built-in.ts';
import { reads } from '../plan/loss/formula.ts';
import type { LossTerm } from '../plan/run-plan.ts';
import { evaluateFormula } from './loss-formula.ts';
import { signedDistances } from './signed-distance.ts';
import type { Tensor } from './tensor.ts';

/** How the overlap losses sum. */
export interface Overlap {
  /** Added to numerator and denominator, so that an empty mask predicted empty costs nothing. */
  readonly smooth: number;
  /** `image`: one ratio per image and channel, then their mean. `batch`: one ratio per channel over the whole batch. */
  readonly reduction: 'image' | 'batch';
  /** False leaves out channel 0, the background of a softmax. */
  readonly background?: boolean;
}

/** Jaccard distance `1 − Σyŷ / (Σy + Σŷ − Σyŷ)`: equation 3. */
export function jaccardDistance(truth: Tensor, predicted: Tensor, overlap: Overlap): number {
  return overlapLoss(
    truth,
    predicted,
    overlap,
    ({ both, truth: y, predicted: p }, smooth) => (both + smooth) / (y + p - both + smooth),
  );
}

/** Dice loss `1 − 2Σyŷ / (Σy + Σŷ)`. */
export function diceLoss(truth: Tensor, predicted: Tensor, overlap: Overlap): number {
  return overlapLoss(
    truth,
    predicted,
    overlap,
    ({ both, truth: y, predicted: p }, smooth) => (2 * both + smooth) / (y + p + smooth),
  );
}

/**
 * Binary cross entropy of logits, `p = 1 / (1 + exp(−z))`, equation 5: mean over all values.
 * @param smoothing of every truth goes half to either answer
 */
export function binaryCrossEntropy(truth: Tensor, logits: Tensor, smoothing = 0): number {
  return meanOver(truth, logits, (y, z) => {
    const smooth = y * (1 - smoothing) + smoothing / 2;
    return -(smooth * logSigmoid(z) + (1 - smooth) * logSigmoid(-z));
  });
}

/**
 * Focal loss of Lin et al. 2017 of logits, `−α(1 − p)^γ log p` where y is 1 and `−(1 − α)p^γ log(1 − p)` where it is 0:
 * mean over all values.
 */
export function focalLoss(truth: Tensor, logits: Tensor, gamma: number, alpha: number): number {
  return meanOver(truth, logits, (y, z) => {
    const [yes, no] = [logSigmoid(z), logSigmoid(-z)];
    return -(y * alpha * Math.exp(gamma * no) * yes + (1 - y) * (1 - alpha) * Math.exp(gamma * yes) * no);
  });
}

/**
 * Categorical cross entropy `−Σ y log p` over the channels, equation 4, of logits, `p = exp(z) / Σ exp(z)`: mean over pixels.
 * @param smoothing of every truth is spread evenly over the channels
 */
export function crossEntropy(truth: Tensor, logits: Tensor, smoothing = 0): number {
  const channels = truth.shape.at(-1)!;
  const smooth = (y: number) => y * (1 - smoothing) + smoothing / channels;
  return channels * meanOver(truth, logSoftmax(logits), (y, logarithm) => -smooth(y) * logarithm);
}

/** Mean of `(ŷ − y)²` over all values. */
export function meanSquaredError(truth: Tensor, predicted: Tensor): number {
  return meanOver(truth, predicted, (y, value) => (value - y) ** 2);
}

/** Mean of `|ŷ − y|` over all values. */
export function meanAbsoluteError(truth: Tensor, predicted: Tensor): number {
  return meanOver(truth, predicted, (y, value) => Math.abs(value - y));
}

/** Huber 1964: `d² / 2` where `|d|` is at most `delta`, else `delta · (|d| − delta / 2)`; mean over all values. */
export function huberLoss(truth: Tensor, predicted: Tensor, delta: number): number {
  return meanOver(truth, predicted, (y, value) => {
    const size = Math.abs(value - y);
    return size <= delta ? size ** 2 / 2 : delta * (size - delta / 2);
  });
}

/** What a network says: probabilities, and the logits that they were made of, by head. */
interface Answers {
  readonly heads: ReadonlyMap<string, Tensor>;
  readonly logits: ReadonlyMap<string, Tensor>;
}

/** One term of a loss, without its weight. */
function lossOf(term: LossTerm, truth: Tensor, { heads, logits }: Answers): number {
  const formula = formulaOf(term);
  if (formula !== undefined) {
    return evaluateFormula(formula, {
      head: heads.get(term.head)!,
      truth,
      logits: logits.get(term.head),
      ...(reads(formula, 'distance') && { distance: signedDistances(truth) }),
    });
  }
  switch (term.loss) {
    case 'jaccard':
      return jaccardDistance(truth, heads.get(term.head)!, term);
    case 'dice':
      return diceLoss(truth, heads.get(term.head)!, term);
    case 'bce':
      return binaryCrossEntropy(truth, logits.get(term.head)!, term.smoothing);
    case 'cross_entropy':
      return crossEntropy(truth, logits.get(term.head)!, term.smoothing);
    case 'focal':
      return focalLoss(truth, logits.get(term.head)!, term.gamma, term.alpha);
    case 'mse':
      return meanSquaredError(truth, heads.get(term.head)!);
    case 'mae':
      return meanAbsoluteError(truth, heads.get(term.head)!);
    case 'huber':
      return huberLoss(truth, heads.get(term.head)!, term.delta);
    default:
      throw new Error(`the loss ${term.loss} has neither a definition nor a formula`);
  }
}

/**
 * The weighted sum of the terms, equation 6. Truths by head. Cross entropies are of logits: a probability that rounds to
 * 0 or 1 would have no logarithm, and no gradient to come back by.
 * @param variances the logarithms of the variances that weigh heads by their uncertainty, where they do
 */
export function totalLoss(
  terms: readonly LossTerm[],
  truths: ReadonlyMap<string, Tensor>,
  answers: Answers,
  variances: ReadonlyMap<string, number> = new Map(),
): number {
  const regular = [...variances.values()].reduce((sum, variance) => sum + variance / 2, 0);
  return terms.reduce((sum, term) => {
    const value = lossOf(term, truths.get(term.head)!, answers);
    return sum + Math.exp(-(variances.get(term.head) ?? 0)) * term.weight * value;
  }, regular);
}

interface Sums {
  both: number;
  truth: number;
  predicted: number;
}

function overlapLoss(
  truth: Tensor,
  predicted: Tensor,
  { smooth, reduction, background = true }: Overlap,
  ratio: (sums: Sums, smooth: number) => number,
): number {
  const batch = truth.shape[0]!;
  const channels = truth.shape.at(-1)!;
  const perImage = truth.data.length / batch;
  const parts = Array.from({ length: (reduction === 'image' ? batch : 1) * channels }, () => ({
    both: 0,
    truth: 0,
    predicted: 0,
  }));
  for (const [index, y] of truth.data.entries()) {
    const p = predicted.data[index]!;
    const image = reduction === 'image' ? Math.floor(index / perImage) : 0;
    const sums = parts[image * channels + (index % channels)]!;
    sums.both += y * p;
    sums.truth += y;
    sums.predicted += p;
  }
  const counted = parts.filter((_, index) => background || index % channels > 0);
  return counted.reduce((sum, sums) => sum + 1 - ratio(sums, smooth), 0) / counted.length;
}

/** The mean of a loss per value. */
function meanOver(truth: Tensor, given: Tensor, loss: (y: number, value: number) => number): number {
  return truth.data.reduce((total, y, index) => total + loss(y, given.data[index]!), 0) / truth.data.length;
}

/** `log(1 / (1 + exp(−z)))`, exact however far from 0. */
function logSigmoid(z: number): number {
  return Math.min(z, 0) - Math.log1p(Math.exp(-Math.abs(z)));
}

/** `z − log Σ exp(z)` over the last axis. */
function logSoftmax({ shape, data }: Tensor): Tensor {
  const channels = shape.at(-1)!;
  const result = Float64Array.from(data);
  for (let start = 0; start < data.length; start += channels) {
    const own = data.subarray(start, start + channels);
    const largest = Math.max(...own);
    const sum = own.reduce((total, z) => total + Math.exp(z - largest), 0);
    for (const [c, z] of own.entries()) result[start + c] = z - largest - Math.log(sum);
  }
  return { shape, data: result };
}
