import * as tf from '@tensorflow/tfjs-core';
import { defineOperation, runStock } from './operation.ts';
import { combinePhases, frame, isSilent, phaseOf, reach } from './phases.ts';
import { type Axes, axesOf, type Sliding } from './window.ts';

/**
 * Convolution with any rate and stride, and its two gradients, in the formulations that ran fastest among stock
 * operations on wasm. All maps are `[batch, height, width, channels]`, kernels `[rows, columns, in, out]`.
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
  forward: ({ x, kernel }, axes) => ({ y: slide(x, kernel, axes) }),
  gradient: (dy, { x, kernel }, axes) => ({
    x: () => spread(dy, kernel, axes),
    kernel: () => correlate(x, dy, axes),
  }),
});

const transposedConvolution = defineOperation<'x' | 'kernel', 'y', Axes>({
  name: 'CmrnetTransposedConvolution',
  saves: ['x', 'kernel'],
  outputs: ['y'],
  forward: ({ x, kernel }, axes) => ({ y: spread(x, kernel, axes) }),
  gradient: (dy, { x, kernel }, axes) => ({
    x: () => slide(dy, kernel, axes),
    kernel: () => correlate(dy, x, axes),
  }),
});

/** The stock kernel with padding written out. */
function slide(x: tf.Tensor, kernel: tf.Tensor, [rows, columns]: Axes): tf.Tensor {
  return runStock(
    'Conv2D',
    { x, filter: kernel },
    {
      strides: [rows.stride, columns.stride],
      dilations: [rows.rate, columns.rate],
      pad: [
        [0, 0],
        [rows.before, rows.after],
        [columns.before, columns.after],
        [0, 0],
      ],
      dataFormat: 'NHWC',
    },
  );
}

/**
 * The gradient of the map: a convolution of `dy` with the kernel turned by 180° and its channels exchanged. With a
 * stride, the pixels of the map fall into phases that read different taps: one small convolution each.
 */
function spread(dy: tf.Tensor, kernel: tf.Tensor, [rows, columns]: Axes): tf.Tensor {
  const turned = turn(kernel);
  const phases = Array.from({ length: rows.stride }, (_, row) => phaseOf(rows, row)).flatMap((row) =>
    Array.from({ length: columns.stride }, (_, column) => ({ row, column: phaseOf(columns, column) })),
  );
  const parts = phases.map(({ row, column }) => {
    if (isSilent(row, rows) || isSilent(column, columns)) {
      return tf.zeros([dy.shape[0]!, row.count, column.count, kernel.shape[2]!]);
    }
    const { part, axes } = frame(dy, row, column);
    return slide(part, pick(turned, row.taps, column.taps), axes);
  });
  return combinePhases(parts, rows, columns);
}

/** The kernel turned by 180°, `[rows, columns, in, out] → [rows, columns, out, in]`. */
function turn(kernel: tf.Tensor): tf.Tensor {
  const [rows, columns, input, output] = kernel.shape as [number, number, number, number];
  const exchanged = tf.transpose(tf.reshape(kernel, [rows * columns, input, output]), [0, 2, 1]);
  // Flipping one long axis moves whole taps: on wasm 70 times as fast as `tf.reverse` over two axes.
  const flipped = tf.image.flipLeftRight(tf.reshape(exchanged, [1, 1, rows * columns, input * output]));
  return tf.reshape(flipped, [rows, columns, output, input]);
}

/** The rows and columns of a turned kernel, counted as in the kernel before it was turned, ascending. */
function pick(turned: tf.Tensor, rows: readonly number[], columns: readonly number[]): tf.Tensor {
  const along = (kernel: tf.Tensor, axis: 0 | 1, taps: readonly number[]) => {
    const size = kernel.shape[axis]!;
    if (taps.length === size) return kernel;
    const slices = [...taps].reverse().map((tap) => {
      const begin = [0, 0, 0, 0];
      const extent = [...kernel.shape];
      begin[axis] = size - 1 - tap;
      extent[axis] = 1;
      return tf.slice(kernel, begin, extent);
    });
    return tf.concat(slices, axis);
  };
  return along(along(turned, 0, rows), 1, columns);
}

/**
 * The gradient of the kernel: a convolution whose batch is the map's channels, whose channels are the examples and
 * whose kernel is `dy`; stride and rate change places.
 */
function correlate(x: tf.Tensor, dy: tf.Tensor, axes: Axes): tf.Tensor {
  const [rows, columns] = axes;
  const [input, output] = [x.shape[3]!, dy.shape[3]!];
  const exchanged = axes.map((axis) => ({
    ...axis,
    kernel: axis.output,
    rate: axis.stride,
    stride: axis.rate,
    // What the last tap reads, where it lies beyond the map.
    after: Math.max(0, reach(axis) - axis.size - axis.before),
  })) as unknown as Axes;
  const sums = slide(tf.transpose(x, [3, 1, 2, 0]), tf.transpose(dy, [1, 2, 0, 3]), exchanged);
  const wanted = tf.slice(sums, [0, 0, 0, 0], [input, rows.kernel, columns.kernel, output]);
  return tf.transpose(wanted, [1, 2, 0, 3]);
}
