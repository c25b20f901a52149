import * as tf from '@tensorflow/tfjs-core';
import { defineOperation, runStock } from './operation.ts';
import { imageMeans } from './sums.ts';

/** Over what means and variances are taken: the batch by channel, or each image by group of neighbouring channels. */
export type Over = { readonly kind: 'batch' } | { readonly kind: 'groups'; readonly count: number };

interface Attributes {
  readonly over: Over;
  readonly epsilon: number;
  /** Whether negative results become 0: batch norm and the ReLU behind it in one. */
  readonly rectify: boolean;
}

/** A normalised map, with the batch's mean and biased variance where statistics are the batch's: `[1, channels]`. */
export interface Normalised {
  readonly y: tf.Tensor4D;
  readonly mean: tf.Tensor2D;
  readonly variance: tf.Tensor2D;
}

/** `gamma · (x − mean) / √(variance + epsilon) + beta` by the statistics of `x` itself. */
export function normalise(
  x: tf.Tensor4D,
  gamma: tf.Tensor1D,
  beta: tf.Tensor1D,
  attributes: Attributes,
): Normalised {
  return normalisation({ x, gamma, beta }, attributes) as unknown as Normalised;
}

/** {@link normalise} by given statistics `[channels]`. */
export function normaliseBy(
  x: tf.Tensor4D,
  weights: Readonly<Record<'gamma' | 'beta' | 'mean' | 'variance', tf.Tensor1D>>,
  { epsilon, rectify }: Pick<Attributes, 'epsilon' | 'rectify'>,
): tf.Tensor4D {
  const scale = tf.div(weights.gamma, tf.sqrt(tf.add(weights.variance, epsilon)));
  const shift = tf.sub(weights.beta, tf.mul(weights.mean, scale));
  return affine(x, row(scale), row(shift), rectify) as tf.Tensor4D;
}

const normalisation = defineOperation<'x' | 'gamma' | 'beta', 'y' | 'mean' | 'variance', Attributes>({
  name: 'CmrnetNormalisation',
  saves: ['x', 'gamma'],
  outputs: ['y', 'mean', 'variance'],
  savesOutputs: ['y', 'mean', 'variance'],
  forward: ({ x, gamma, beta }, { over, epsilon, rectify }) => {
    const mean = average(imageMeans(x as tf.Tensor4D), over);
    const centred = affine(x, null, tf.neg(mean), false);
    const variance = average(imageMeans(tf.mul(centred, centred) as tf.Tensor4D), over);
    const scale = tf.mul(inverse(variance, epsilon), row(gamma));
    return { y: affine(centred, scale, row(beta), rectify), mean, variance };
  },
  gradient: (dy, { x, gamma, y, mean, variance }, { over, epsilon, rectify }) => {
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
        const shift = tf.neg(tf.mul(by, average(tf.mul(plain, row(gamma)), over)));
        const slope = tf.neg(tf.mul(tf.pow(by, 3), average(tf.mul(product, row(gamma)), over)));
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

/** Means per image and channel `[batch, channels]` averaged over the batch, `[1, channels]`, or within groups. */
function average(means: tf.Tensor, over: Over): tf.Tensor {
  if (over.kind === 'batch') return tf.mean(means, 0, true);
  const [batch, channels] = means.shape as [number, number];
  const size = channels / over.count;
  const groups = tf.mean(tf.reshape(means, [batch, over.count, size]), 2, true);
  return tf.reshape(tf.mul(groups, tf.ones([batch, over.count, size])), [batch, channels]);
}

function inverse(variance: tf.Tensor, epsilon: number): tf.Tensor {
  return tf.div(1, tf.sqrt(tf.add(variance, epsilon)));
}

function row(values: tf.Tensor): tf.Tensor2D {
  return tf.reshape(values, [1, -1]);
}

/**
 * `x · scale + shift`, then ReLU where asked. Scale and shift are `[1, channels]` or `[batch, channels]`; null leaves
 * them out. On wasm the first kind is a depthwise convolution by one pixel: one pass on all threads.
 */
function affine(x: tf.Tensor, scale: tf.Tensor | null, shift: tf.Tensor | null, rectify: boolean): tf.Tensor {
  const [, , , channels] = x.shape as [number, number, number, number];
  const perImage = (scale ?? shift)!.shape[0] !== 1;
  if (tf.getBackend() === 'wasm' && !perImage) {
    return runStock(
      'FusedDepthwiseConv2D',
      {
        x,
        filter: scale === null ? tf.ones([1, 1, channels, 1]) : tf.reshape(scale, [1, 1, channels, 1]),
        // The kernel looks at the shape that the bias was computed with, so a reshaped one has to be computed again.
        ...(shift === null ? {} : { bias: tf.add(tf.reshape(shift, [channels]), 0) }),
      },
      {
        strides: [1, 1],
        pad: 'valid',
        dataFormat: 'NHWC',
        dilations: [1, 1],
        dimRoundingMode: undefined,
        activation: rectify ? 'relu' : 'linear',
      },
    );
  }
  const spread = (values: tf.Tensor) => tf.reshape(values, [values.shape[0]!, 1, 1, channels]);
  const scaled = scale === null ? x : tf.mul(x, spread(scale));
  const shifted = shift === null ? scaled : tf.add(scaled, spread(shift));
  return rectify ? tf.relu(shifted) : shifted;
}

function lazy<T>(compute: () => T): () => T {
  let value: { readonly computed: T } | undefined;
  return () => {
    value ??= { computed: compute() };
    return value.computed;
  };
}
