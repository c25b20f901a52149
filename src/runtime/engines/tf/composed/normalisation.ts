import * as tf from '@tensorflow/tfjs-core';
import { affine, inverse, row } from '../operations/affine.ts';
import { imageMeans } from '../operations/sums.ts';
import type { NormAttributes, NormWeights, Primitives } from '../primitives.ts';

export function normaliseBatch(
  x: tf.Tensor,
  weights: Pick<NormWeights, 'gamma' | 'beta'>,
  attributes: NormAttributes,
): ReturnType<Primitives['normaliseBatch']> {
  const mean = channelMeans(x);
  const centred = affine(x, null, tf.neg(row(mean)), false);
  const moments = { mean, variance: channelMeans(tf.mul(centred, centred)) };
  return { ...moments, y: normalise(x, { ...weights, ...moments }, attributes) };
}

export function normalise(
  x: tf.Tensor,
  { gamma, beta, mean, variance }: NormWeights,
  { epsilon, rectify }: NormAttributes,
): tf.Tensor {
  const scale = tf.mul(gamma, inverse(variance, epsilon));
  const centred = affine(x, null, tf.neg(row(mean)), false);
  return affine(centred, row(scale), row(beta), rectify);
}

/**
 * With g the gradient behind the ReLU, c = x − mean and s = 1/√(variance + ε):
 * dx = γs·(g − mean(g) − c·s²·mean(gc)).
 */
export function gradeNorm(
  x: tf.Tensor,
  dy: tf.Tensor,
  weights: NormWeights,
  attributes: NormAttributes,
): ReturnType<Primitives['gradeNorm']> {
  const { gamma, mean, variance } = weights;
  const pixels = x.size / x.shape[3]!;
  const g = attributes.rectify ? tf.mul(dy, tf.step(normalise(x, weights, attributes))) : dy;
  const centred = affine(x, null, tf.neg(row(mean)), false);
  const plain = channelMeans(g);
  const product = channelMeans(tf.mul(g, centred));
  const by = inverse(variance, attributes.epsilon);
  const scale = tf.mul(gamma, by);
  const slope = tf.neg(tf.mul(scale, tf.mul(tf.square(by), product)));
  const shift = tf.neg(tf.mul(scale, plain));
  return {
    x: tf.add(affine(g, row(scale), row(shift), false), affine(centred, row(slope), null, false)),
    gamma: tf.mul(tf.mul(product, by), pixels),
    beta: tf.mul(plain, pixels),
  };
}

function channelMeans(x: tf.Tensor): tf.Tensor {
  return tf.mean(imageMeans(x as tf.Tensor4D), 0);
}
