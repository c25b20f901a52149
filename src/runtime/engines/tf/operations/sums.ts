import * as tf from '@tensorflow/tfjs-core';
import { defineOperation } from './operation.ts';

/**
 * The mean of every channel of every image: `[batch, height, width, channels] → [batch, channels]`.
 * Two poolings: on wasm 20 to 50 times as fast as `tf.sum` over the first axes, and more exact, as each sums few values.
 */
export function imageMeans(x: tf.Tensor4D): tf.Tensor2D {
  const [batch, height, width, channels] = x.shape;
  const rows = tf.avgPool(x, [1, width], 1, 'valid');
  return tf.reshape(tf.avgPool(rows, [height, 1], 1, 'valid'), [batch, channels]);
}

/** The sum of every channel over all other axes: `[…, channels] → [channels]`. */
export function channelSums(x: tf.Tensor): tf.Tensor1D {
  if (x.rank !== 4) return tf.sum(tf.reshape(x, [-1, x.shape.at(-1)!]), 0);
  const [, height, width] = x.shape as [number, number, number, number];
  return tf.mul(tf.sum(imageMeans(x as tf.Tensor4D), 0), height * width);
}

/** The sum of every channel of every image, `[batch, height, width, channels] → [batch, channels]`, with its gradient. */
export function imageSums(x: tf.Tensor4D): tf.Tensor2D {
  const [, height, width] = x.shape;
  return sumsOfImages({ x }, { height, width }).y as tf.Tensor2D;
}

const sumsOfImages = defineOperation<'x', 'y', { readonly height: number; readonly width: number }>({
  name: 'CmrnetImageSums',
  saves: [],
  outputs: ['y'],
  forward: ({ x }, { height, width }) => ({ y: tf.mul(imageMeans(x as tf.Tensor4D), height * width) }),
  gradient: (dy, _, { height, width }) => ({
    x: () => {
      const [batch, channels] = dy.shape as [number, number];
      return tf.add(tf.zeros([batch, height, width, channels]), tf.reshape(dy, [batch, 1, 1, channels]));
    },
  }),
});

/** `x + bias` for a bias per channel, with a gradient that is fast on wasm. */
export function addBias<T extends tf.Tensor>(x: T, bias: tf.Tensor1D | undefined): T {
  return bias === undefined ? x : (biased({ x, bias }, {}).y as T);
}

const biased = defineOperation<'x' | 'bias', 'y', object>({
  name: 'CmrnetAddBias',
  saves: [],
  outputs: ['y'],
  forward: ({ x, bias }) => ({ y: tf.add(x, bias) }),
  gradient: (dy) => ({ x: () => tf.clone(dy), bias: () => channelSums(dy) }),
});
