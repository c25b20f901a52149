import * as tf from '@tensorflow/tfjs-core';
import { type NormAttributes, type NormWeights, primitives } from '../primitives.ts';
import { affine, inverse, lazy, row } from './affine.ts';
import { defineOperation } from './operation.ts';
import { imageMeans } from './sums.ts';

/** A normalised map, with the batch's mean and biased variance: `[channels]`. */
export interface Normalised {
  readonly y: tf.Tensor4D;
  readonly mean: tf.Tensor1D;
  readonly variance: tf.Tensor1D;
}

/** `gamma · (x − mean) / √(variance + epsilon) + beta` by the statistics of each channel in the batch. */
export function normalise(
  x: tf.Tensor4D,
  gamma: tf.Tensor1D,
  beta: tf.Tensor1D,
  attributes: NormAttributes,
): Normalised {
  return batchNorm({ x, gamma, beta }, attributes) as unknown as Normalised;
}

/** `gamma · (x − mean) / √(variance + epsilon) + beta` by the channels of each pixel, or of a vector. */
export function normaliseChannels(
  x: tf.Tensor,
  gamma: tf.Tensor1D,
  beta: tf.Tensor1D,
  epsilon: number,
): tf.Tensor {
  const centred = tf.sub(x, tf.mean(x, -1, true));
  const spread = tf.sqrt(tf.add(tf.mean(tf.square(centred), -1, true), epsilon));
  return tf.add(tf.mul(tf.div(centred, spread), gamma), beta);
}

/** {@link normalise} by given statistics `[channels]`. For inference: without a gradient. */
export function normaliseBy(x: tf.Tensor4D, weights: NormWeights, attributes: NormAttributes): tf.Tensor4D {
  return tf.tidy(() => primitives().normalise(x, weights, attributes)) as tf.Tensor4D;
}

const batchNorm = defineOperation<'x' | 'gamma' | 'beta', 'y' | 'mean' | 'variance', NormAttributes>({
  name: 'CmrnetBatchNorm',
  saves: ['x', 'gamma', 'beta'],
  outputs: ['y', 'mean', 'variance'],
  savesOutputs: ['mean', 'variance'],
  forward: ({ x, gamma, beta }, attributes) => primitives().normaliseBatch(x, { gamma, beta }, attributes),
  gradient: (dy, { x, ...weights }, attributes) => {
    const gradients = lazy(() => primitives().gradeNorm(x, dy, weights, attributes));
    return {
      x: () => gradients().x,
      gamma: () => gradients().gamma,
      beta: () => gradients().beta,
    };
  },
});

interface GroupAttributes extends NormAttributes {
  /** Of neighbouring channels. */
  readonly groups: number;
}

/** {@link normalise} by the statistics of each image and group of channels. */
export function normaliseGroups(
  x: tf.Tensor4D,
  gamma: tf.Tensor1D,
  beta: tf.Tensor1D,
  attributes: GroupAttributes,
): tf.Tensor4D {
  return groupNorm({ x, gamma, beta }, attributes).y as tf.Tensor4D;
}

const groupNorm = defineOperation<'x' | 'gamma' | 'beta', 'y' | 'mean' | 'variance', GroupAttributes>({
  name: 'CmrnetGroupNorm',
  saves: ['x', 'gamma'],
  outputs: ['y', 'mean', 'variance'],
  savesOutputs: ['y', 'mean', 'variance'],
  forward: ({ x, gamma, beta }, { groups, epsilon, rectify }) => {
    const mean = average(imageMeans(x as tf.Tensor4D), groups);
    const centred = affine(x, null, tf.neg(mean), false);
    const variance = average(imageMeans(tf.mul(centred, centred) as tf.Tensor4D), groups);
    const scale = tf.mul(inverse(variance, epsilon), row(gamma));
    return { y: affine(centred, scale, row(beta), rectify), mean, variance };
  },
  gradient: (dy, { x, gamma, y, mean, variance }, { groups, epsilon, rectify }) => {
    const [, height, width] = x.shape as [number, number, number, number];
    const pixels = height * width;
    const once = lazy(() => {
      const g = rectify ? tf.mul(dy, tf.step(y)) : dy;
      const centred = affine(x, null, tf.neg(mean), false);
      const plain = imageMeans(g as tf.Tensor4D);
      const product = imageMeans(tf.mul(g, centred) as tf.Tensor4D);
      return { g, centred, plain, product, by: inverse(variance, epsilon) };
    });
    return {
      // With g the gradient behind the ReLU, c = x − mean and s = 1/√(variance + ε):
      // dx = s·(γg − mean(γg) − c·s²·mean(γgc)).
      x: () => {
        const { g, centred, plain, product, by } = once();
        const scale = tf.mul(by, row(gamma));
        const shift = tf.neg(tf.mul(by, average(tf.mul(plain, row(gamma)), groups)));
        const slope = tf.neg(tf.mul(tf.pow(by, 3), average(tf.mul(product, row(gamma)), groups)));
        return tf.add(affine(g, scale, shift, false), affine(centred, slope, null, false));
      },
      gamma: () => {
        const { product, by } = once();
        return tf.mul(tf.sum(tf.mul(product, by), 0), pixels);
      },
      beta: () => tf.mul(tf.sum(once().plain, 0), pixels),
    };
  },
});

/** Means per image and channel `[batch, channels]` averaged within groups of channels. */
function average(means: tf.Tensor, count: number): tf.Tensor {
  const [batch, channels] = means.shape as [number, number];
  const size = channels / count;
  const groups = tf.mean(tf.reshape(means, [batch, count, size]), 2, true);
  return tf.reshape(tf.mul(groups, tf.ones([batch, count, size])), [batch, channels]);
}
