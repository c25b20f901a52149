import * as tf from '@tensorflow/tfjs-core';
import { formulaOf, type LossTerm } from '../../../../compiler/index.ts';
import type { HeadValue } from '../model/build.ts';
import { softplus } from '../operations/elements.ts';
import { imageSums } from '../operations/sums.ts';
import { computeFormula } from './loss-formula.ts';

/** Values and truth of one head: `[batch, height, width, channels]` or `[batch, channels]`. */
export interface Answer extends HeadValue {
  readonly truth: tf.Tensor;
  /** The signed distances to the border of the truth, where a loss reads them. */
  readonly distance?: tf.Tensor;
}

/** The loss of a batch: the weighted sum of its terms, equation 6, and per head the sum of its terms without weights. */
export interface Loss {
  readonly loss: tf.Scalar;
  readonly heads: Readonly<Record<string, tf.Scalar>>;
}

/**
 * Equation 6. `answers` by head; heads without a term may be left out.
 * @param variances by head the logarithms, `[1]`, of the variances that weigh heads by their uncertainty
 */
export function totalLoss(
  terms: readonly LossTerm[],
  answers: ReadonlyMap<string, Answer>,
  variances: ReadonlyMap<string, tf.Tensor> = new Map(),
): Loss {
  let loss: tf.Tensor = tf.scalar(0);
  const heads: Record<string, tf.Scalar> = {};
  for (const term of terms) {
    const answer = answers.get(term.head);
    if (answer === undefined) throw new Error(`the batch holds no truth for the head ${term.head}`);
    const value = lossOf(term, answer);
    const fixed = tf.mul(value, term.weight);
    const variance = variances.get(term.head);
    loss = tf.add(loss, variance === undefined ? fixed : tf.mul(fixed, scalarOf(tf.exp(tf.neg(variance)))));
    const before = heads[term.head];
    heads[term.head] = before === undefined ? value : tf.add(before, value);
  }
  for (const variance of variances.values()) loss = tf.add(loss, scalarOf(tf.mul(variance, 0.5)));
  return { loss: loss as tf.Scalar, heads };
}

function scalarOf(value: tf.Tensor): tf.Scalar {
  return tf.reshape(value, []);
}

/**
 * One term without its weight. Cross entropies are made of logits: a probability that rounds to 0 or 1 would have no
 * logarithm, and no gradient to come back by.
 */
export function lossOf(term: LossTerm, { truth, predicted, logits, distance }: Answer): tf.Scalar {
  const y = asMap(truth);
  const p = asMap(predicted);
  const given = () => {
    if (logits === null) throw new Error(`${term.loss} of a head that ends with no sigmoid or softmax`);
    return asMap(logits);
  };
  const formula = formulaOf(term);
  if (formula !== undefined) {
    const distances = () => {
      if (distance === undefined) throw new Error(`nothing gives ${term.loss} distances`);
      return asMap(distance);
    };
    return computeFormula(formula, { head: () => p, truth: () => y, logits: given, distance: distances });
  }
  switch (term.loss) {
    case 'jaccard': {
      const { both, either } = overlap(y, p, term);
      return meanDistance(both, tf.sub(either, both), term.smooth);
    }
    case 'dice': {
      const { both, either } = overlap(y, p, term);
      return meanDistance(tf.mul(both, 2), either, term.smooth);
    }
    case 'bce': {
      // −y log p − (1 − y) log(1 − p), where log p is log(1 − p) + z.
      const z = given();
      const smooth = smoothed(y, term.smoothing, 2);
      return mean(tf.sub(softplus(z), tf.mul(smooth, z)));
    }
    case 'cross_entropy': {
      const smooth = smoothed(y, term.smoothing, p.shape[3]);
      return tf.mul(mean(tf.mul(smooth, tf.logSoftmax(given()))), -p.shape[3]);
    }
    case 'focal': {
      const z = given();
      const [yes, no] = [tf.neg(softplus(tf.neg(z))), tf.neg(softplus(z))];
      const power = (logarithm: tf.Tensor) => tf.exp(tf.mul(logarithm, term.gamma));
      const hits = tf.mul(tf.mul(tf.mul(y, term.alpha), power(no)), yes);
      const misses = tf.mul(tf.mul(tf.mul(tf.sub(1, y), 1 - term.alpha), power(yes)), no);
      return tf.neg(mean(tf.add(hits, misses) as tf.Tensor4D));
    }
    case 'mse':
      return mean(tf.square(tf.sub<tf.Tensor4D>(p, y)));
    case 'mae':
      return mean(absolute(tf.sub(p, y)));
    case 'huber': {
      // With c the smaller of |d| and delta: c (|d| − c / 2).
      const size = absolute(tf.sub(p, y));
      const inside = tf.sub(size, tf.relu(tf.sub(size, term.delta)));
      return mean(tf.mul(inside, tf.sub(size, tf.mul(inside, 0.5))));
    }
    default:
      throw new Error(`the loss ${term.loss} has neither a rule nor a formula`);
  }
}

/** Σyŷ and Σy + Σŷ for every channel of every image, or of the batch. */
function overlap(
  y: tf.Tensor4D,
  p: tf.Tensor4D,
  { reduction, background = true }: Extract<LossTerm, { readonly loss: 'jaccard' | 'dice' }>,
): { readonly both: tf.Tensor; readonly either: tf.Tensor } {
  const over = (sums: tf.Tensor2D) => {
    const counted = background ? sums : tf.slice2d(sums, [0, 1], [sums.shape[0], sums.shape[1] - 1]);
    return reduction === 'image' ? counted : tf.sum(counted, 0);
  };
  return {
    both: over(imageSums(tf.mul(y, p))),
    either: over(tf.add(imageSums(y), imageSums(p))),
  };
}

/** The mean of `1 − (part + smooth) / (whole + smooth)`. */
function meanDistance(part: tf.Tensor, whole: tf.Tensor, smooth: number): tf.Scalar {
  return tf.mean(tf.sub(1, tf.div(tf.add(part, smooth), tf.add(whole, smooth)))) as tf.Scalar;
}

/** `|x|`, of two halves, as the compiled step has it: the gradient at 0 is 0. */
function absolute(x: tf.Tensor4D): tf.Tensor4D {
  return tf.add(tf.relu(x), tf.relu(tf.neg(x)));
}

/** A truth, a share of which is spread evenly over all answers. */
function smoothed(y: tf.Tensor4D, share = 0, answers: number): tf.Tensor4D {
  return share === 0 ? y : tf.add(tf.mul(y, 1 - share), share / answers);
}

/** Over all values: image by image and channel by channel first, which is faster and more exact than at once. */
function mean(values: tf.Tensor4D): tf.Scalar {
  return tf.div(tf.mean(imageSums(values)), values.shape[1] * values.shape[2]) as tf.Scalar;
}

function asMap(values: tf.Tensor): tf.Tensor4D {
  if (values.rank === 4) return values as tf.Tensor4D;
  const [batch, channels] = values.shape as [number, number];
  return tf.reshape(values, [batch, 1, 1, channels]);
}
