import * as tf from '@tensorflow/tfjs-core';
import type { NormAttributes, NormWeights, Primitives } from '../primitives.ts';
import { execute, executeAll, type KernelAttributes, onGpu, real } from './execute.ts';

/** One pass: the moments of the batch and the map normalised by them. */
export function normaliseBatch(
  x: tf.Tensor,
  { gamma, beta }: Pick<NormWeights, 'gamma' | 'beta'>,
  attributes: NormAttributes,
): ReturnType<Primitives['normaliseBatch']> {
  const none = tf.tensor1d([]);
  const outputs = executeAll('FusedBatchNormV3', [x, gamma, beta, none, none], fused(attributes, true), 6);
  const [y, mean, unbiased] = outputs as [tf.Tensor, tf.Tensor, tf.Tensor];
  const pixels = x.size / x.shape[3]!;
  // The kernel divides by n − 1, except where n is 1 and the variance 0.
  return { y: rectified(y, attributes), mean, variance: tf.mul(unbiased, Math.max(1, pixels - 1) / pixels) };
}

export function normalise(x: tf.Tensor, weights: NormWeights, attributes: NormAttributes): tf.Tensor {
  const { gamma, beta, mean, variance } = weights;
  const outputs = executeAll(
    'FusedBatchNormV3',
    [x, gamma, beta, mean, variance],
    fused(attributes, false),
    6,
  );
  return rectified(outputs[0]!, attributes);
}

export function gradeNorm(
  x: tf.Tensor,
  dy: tf.Tensor,
  weights: NormWeights,
  attributes: NormAttributes,
): ReturnType<Primitives['gradeNorm']> {
  const { gamma, mean, variance } = weights;
  const g = attributes.rectify
    ? execute('ReluGrad', [dy, normalise(x, weights, { ...attributes, rectify: false })])
    : dy;
  // What the forward kernel keeps for its gradient: the variance on a CPU, one over its root on a GPU.
  const spread = onGpu() ? tf.rsqrt(tf.add(variance, attributes.epsilon)) : variance;
  const inputs = [g, x, gamma, mean, spread, tf.tensor1d([])];
  const outputs = executeAll('FusedBatchNormGradV3', inputs, fused(attributes, true), 5);
  const [dx, dgamma, dbeta] = outputs as [tf.Tensor, tf.Tensor, tf.Tensor];
  return { x: dx, gamma: dgamma, beta: dbeta };
}

function rectified(y: tf.Tensor, { rectify }: NormAttributes): tf.Tensor {
  return rectify ? execute('Relu', [y]) : y;
}

function fused({ epsilon }: NormAttributes, training: boolean): KernelAttributes {
  return { T: real, U: real, epsilon: { float: epsilon }, data_format: 'NHWC', is_training: training };
}
