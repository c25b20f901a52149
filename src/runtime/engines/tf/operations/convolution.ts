import * as tf from '@tensorflow/tfjs-core';
import { primitives } from '../primitives.ts';
import { defineOperation } from './operation.ts';
import { type Axes, axesOf, type Sliding } from './window.ts';

/**
 * Convolution with any rate and stride. All maps are `[batch, height, width, channels]`, kernels `[rows, columns, in, out]`.
 */
export function convolve(x: tf.Tensor4D, kernel: tf.Tensor4D, sliding: Sliding): tf.Tensor4D {
  const axes = axesOf([x.shape[1], x.shape[2]], sliding);
  return convolution({ x, kernel }, axes).y as tf.Tensor4D;
}

/** {@link convolve} of groups of channels, each with its own outputs. The kernel's third axis is `in / groups`. */
export function convolveGroups(
  x: tf.Tensor4D,
  kernel: tf.Tensor4D,
  sliding: Sliding,
  groups: number,
): tf.Tensor4D {
  if (groups === 1) return convolve(x, kernel, sliding);
  const kernels = tf.split(kernel, groups, 3) as tf.Tensor4D[];
  const parts = (tf.split(x, groups, 3) as tf.Tensor4D[]).map((part, index) =>
    convolve(part, kernels[index]!, sliding),
  );
  return tf.concat(parts, 3);
}

/**
 * The transpose of a convolution: spreads every pixel over a window of the result, whose size is `size`.
 * The kernel is `[rows, columns, out, in]`.
 */
export function convolveTransposed(
  x: tf.Tensor4D,
  kernel: tf.Tensor4D,
  size: readonly [number, number],
  sliding: Sliding,
): tf.Tensor4D {
  return transposedConvolution({ x, kernel }, axesOf(size, sliding)).y as tf.Tensor4D;
}

const convolution = defineOperation<'x' | 'kernel', 'y', Axes>({
  name: 'CmrnetConvolution',
  saves: ['x', 'kernel'],
  outputs: ['y'],
  forward: ({ x, kernel }, axes) => ({ y: primitives().slide(x, kernel, axes) }),
  gradient: (dy, { x, kernel }, axes) => ({
    x: () => primitives().spread(dy, kernel, axes),
    kernel: () => primitives().correlate(x, dy, axes),
  }),
});

const transposedConvolution = defineOperation<'x' | 'kernel', 'y', Axes>({
  name: 'CmrnetTransposedConvolution',
  saves: ['x', 'kernel'],
  outputs: ['y'],
  forward: ({ x, kernel }, axes) => ({ y: primitives().spread(x, kernel, axes) }),
  gradient: (dy, { x, kernel }, axes) => ({
    x: () => primitives().slide(dy, kernel, axes),
    kernel: () => primitives().correlate(dy, x, axes),
  }),
});
