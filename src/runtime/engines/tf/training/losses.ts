import * as tf from '@tensorflow/tfjs-core';
import type { LossTerm } from '../../../../compiler/index.ts';
import { imageSums } from '../operations/sums.ts';

/** Values and truth of one head: `[batch, height, width, channels]` or `[batch, channels]`. */
export interface Answer {
  readonly truth: tf.Tensor;
  readonly predicted: tf.Tensor;
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

/** One term without its weight. */
export function lossOf(term: LossTerm, { truth, predicted }: Answer): tf.Scalar {
  const y = asMap(truth);
  const p = asMap(predicted);
  switch (term.loss) {
    case 'jaccard': {
      const { both, either } = overlap(y, p, term.reduction);
      return meanDistance(both, tf.sub(either, both), term.smooth);
    }
    case 'dice': {
      const { both, either } = overlap(y, p, term.reduction);
      return meanDistance(tf.mul(both, 2), either, term.smooth);
    }
    case 'bce': {
      const { yes, no } = logarithms(p);
      const smooth = smoothed(y, term.smoothing, 2);
      return tf.neg(mean(tf.add(tf.mul(smooth, yes), tf.mul(tf.sub(1, smooth), no))));
    }
    case 'cross_entropy': {
      const smooth = smoothed(y, term.smoothing, p.shape[3]);
      return tf.mul(mean(tf.mul(smooth, logarithms(p).yes)), -p.shape[3]);
    }
    case 'focal': {
      const { yes, no, held } = logarithms(p);
      const hits = tf.mul(tf.mul(tf.mul(y, term.alpha), tf.pow(tf.sub(1, held), term.gamma)), yes);
      const misses = tf.mul(tf.mul(tf.mul(tf.sub(1, y), 1 - term.alpha), tf.pow(held, term.gamma)), no);
      return tf.neg(mean(tf.add(hits, misses)));
    }
  }
}

/** Σyŷ and Σy + Σŷ for every channel of every image, or of the batch. */
function overlap(
  y: tf.Tensor4D,
  p: tf.Tensor4D,
  reduction: 'image' | 'batch',
): { readonly both: tf.Tensor; readonly either: tf.Tensor } {
  const over = (sums: tf.Tensor) => (reduction === 'image' ? sums : tf.sum(sums, 0));
  return {
    both: over(imageSums(tf.mul(y, p))),
    either: over(tf.add(imageSums(y), imageSums(p))),
  };
}

/** The mean of `1 − (part + smooth) / (whole + smooth)`. */
function meanDistance(part: tf.Tensor, whole: tf.Tensor, smooth: number): tf.Scalar {
  return tf.mean(tf.sub(1, tf.div(tf.add(part, smooth), tf.add(whole, smooth)))) as tf.Scalar;
}

/** log p and log(1 − p) of probabilities held within [1e-7, 1 − 1e-7], as Keras holds them. */
function logarithms(p: tf.Tensor4D) {
  const held = tf.clipByValue(p, 1e-7, 1 - 1e-7);
  return { held, yes: tf.log(held), no: tf.log(tf.sub(1, held)) };
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
