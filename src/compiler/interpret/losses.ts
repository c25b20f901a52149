import type { LossTerm } from '../plan/run-plan.ts';
import type { Tensor } from './tensor.ts';

/** How the overlap losses sum. */
export interface Overlap {
  /** Added to numerator and denominator, so that an empty mask predicted empty costs nothing. */
  readonly smooth: number;
  /** `image`: one ratio per image and channel, then their mean. `batch`: one ratio per channel over the whole batch. */
  readonly reduction: 'image' | 'batch';
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

/** Binary cross entropy, equation 5: mean over all values. @param smoothing of every truth goes half to either answer */
export function binaryCrossEntropy(truth: Tensor, predicted: Tensor, smoothing = 0): number {
  return meanOver(truth, predicted, (y, p) => {
    const smooth = y * (1 - smoothing) + smoothing / 2;
    return -(smooth * Math.log(p) + (1 - smooth) * Math.log(1 - p));
  });
}

/** Focal loss of Lin et al. 2017, `−α(1 − p)^γ log p` where y is 1 and `−(1 − α)p^γ log(1 − p)` where it is 0: mean over all values. */
export function focalLoss(truth: Tensor, predicted: Tensor, gamma: number, alpha: number): number {
  return meanOver(
    truth,
    predicted,
    (y, p) =>
      -(y * alpha * (1 - p) ** gamma * Math.log(p) + (1 - y) * (1 - alpha) * p ** gamma * Math.log(1 - p)),
  );
}

/**
 * Categorical cross entropy `−Σ y log p` over the channels, equation 4: mean over pixels.
 * @param smoothing of every truth is spread evenly over the channels
 */
export function crossEntropy(truth: Tensor, predicted: Tensor, smoothing = 0): number {
  const channels = truth.shape.at(-1)!;
  const smooth = (y: number) => y * (1 - smoothing) + smoothing / channels;
  return channels * meanOver(truth, predicted, (y, p) => -smooth(y) * Math.log(p));
}

/** One term of a loss, without its weight. */
function lossOf(term: LossTerm, truth: Tensor, predicted: Tensor): number {
  switch (term.loss) {
    case 'jaccard':
      return jaccardDistance(truth, predicted, term);
    case 'dice':
      return diceLoss(truth, predicted, term);
    case 'bce':
      return binaryCrossEntropy(truth, predicted, term.smoothing);
    case 'cross_entropy':
      return crossEntropy(truth, predicted, term.smoothing);
    case 'focal':
      return focalLoss(truth, predicted, term.gamma, term.alpha);
  }
}

/**
 * The weighted sum of the terms, equation 6. Truths and predictions by head.
 * @param variances the logarithms of the variances that weigh heads by their uncertainty, where they do
 */
export function totalLoss(
  terms: readonly LossTerm[],
  truths: ReadonlyMap<string, Tensor>,
  predictions: ReadonlyMap<string, Tensor>,
  variances: ReadonlyMap<string, number> = new Map(),
): number {
  const regular = [...variances.values()].reduce((sum, variance) => sum + variance / 2, 0);
  return terms.reduce((sum, term) => {
    const value = lossOf(term, truths.get(term.head)!, predictions.get(term.head)!);
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
  { smooth, reduction }: Overlap,
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
  return parts.reduce((sum, sums) => sum + 1 - ratio(sums, smooth), 0) / parts.length;
}

/** The mean of a loss per value; probabilities are held within [1e-7, 1 − 1e-7] as Keras holds them. */
function meanOver(truth: Tensor, predicted: Tensor, loss: (y: number, p: number) => number): number {
  const held = (p: number) => Math.min(1 - 1e-7, Math.max(1e-7, p));
  const sum = truth.data.reduce((total, y, index) => total + loss(y, held(predicted.data[index]!)), 0);
  return sum / truth.data.length;
}
