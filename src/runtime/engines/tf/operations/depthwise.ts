import * as tf from '@tensorflow/tfjs-core';
import { defineOperation, runStock } from './operation.ts';
import { combinePhases, frame, isSilent, phaseOf } from './phases.ts';
import { channelSums } from './sums.ts';
import { tapReader } from './taps.ts';
import { type Axes, type Axis, axesOf, type Sliding } from './window.ts';

/**
 * Convolution of every channel on its own, with any rate and stride. The kernel is `[rows, columns, in, multiplier]`;
 * channel `c · multiplier + m` of the result comes from channel `c`.
 */
export function convolveDepthwise(x: tf.Tensor4D, kernel: tf.Tensor4D, sliding: Sliding): tf.Tensor4D {
  return depthwise({ x, kernel }, axesOf([x.shape[1], x.shape[2]], sliding)).y as tf.Tensor4D;
}

const depthwise = defineOperation<'x' | 'kernel', 'y', Axes>({
  name: 'CmrnetDepthwise',
  saves: ['x', 'kernel'],
  outputs: ['y'],
  forward: ({ x, kernel }, axes) => ({ y: slide(x, kernel, axes) }),
  gradient: (dy, { x, kernel }, axes) => ({
    x: () => spreadDepthwise(dy, kernel, axes),
    kernel: () => correlate(x, dy, kernel.shape[3]!, axes),
  }),
});

/** Each channel by its own kernel, multiplier 1: pads a map and slides `[rows, columns, channels, multiplier]` over it. */
function slide(x: tf.Tensor, kernel: tf.Tensor, [rows, columns]: Axes): tf.Tensor {
  // Padding apart: the wasm kernel refuses or ignores unequal padding that is written out.
  const padded = pad(x, rows, columns);
  return runStock(
    'DepthwiseConv2dNative',
    { x: padded, filter: kernel },
    { strides: [rows.stride, columns.stride], dilations: [rows.rate, columns.rate], pad: 'valid' },
  );
}

function pad(x: tf.Tensor, rows: Axis, columns: Axis): tf.Tensor {
  const widths: [number, number][] = [
    [0, 0],
    [rows.before, rows.after],
    [columns.before, columns.after],
    [0, 0],
  ];
  return widths.every(([before, after]) => before === 0 && after === 0) ? x : tf.pad(x, widths);
}

/** The gradient of the map: phase by phase, `dy` under the turned kernel; then the sum over a channel's multiples. */
export function spreadDepthwise(dy: tf.Tensor, kernel: tf.Tensor, [rows, columns]: Axes): tf.Tensor {
  const [height, width, channels, multiplier] = kernel.shape as [number, number, number, number];
  const outputs = channels * multiplier;
  const taps = tf.split(tf.reshape(kernel, [height * width, outputs]), height * width);
  const phases = Array.from({ length: rows.stride }, (_, row) => phaseOf(rows, row)).flatMap((row) =>
    Array.from({ length: columns.stride }, (_, column) => ({ row, column: phaseOf(columns, column) })),
  );
  const parts = phases.map(({ row, column }) => {
    if (isSilent(row, rows) || isSilent(column, columns)) {
      return tf.zeros([dy.shape[0]!, row.count, column.count, outputs]);
    }
    const { part, axes } = frame(dy, row, column);
    const turned = row.taps
      .toReversed()
      .flatMap((r) => column.taps.toReversed().map((c) => taps[r * width + c]!));
    const small = tf.reshape(tf.concat(turned, 0), [row.taps.length, column.taps.length, outputs, 1]);
    return slide(part, small, axes);
  });
  const spreadOut = combinePhases(parts, rows, columns);
  if (multiplier === 1) return spreadOut;
  const [batch, down, across] = spreadOut.shape as [number, number, number, number];
  const multiples = tf.reshape(spreadOut, [batch * down * across * channels, multiplier]);
  return tf.reshape(tf.sum(multiples, 1), [batch, down, across, channels]);
}

/** The gradient of the kernel: for every tap the sums of `dy` times what the tap reads. */
function correlate(x: tf.Tensor, dy: tf.Tensor, multiplier: number, axes: Axes): tf.Tensor {
  const [rows, columns] = axes;
  const [batch, , , channels] = x.shape as [number, number, number, number];
  const read = tapReader(x, axes, 0);
  const size = batch * rows.output * columns.output;
  const sums: tf.Tensor[] = [];
  for (let row = 0; row < rows.kernel; row++) {
    for (let column = 0; column < columns.kernel; column++) {
      const seen = read(row * rows.rate, column * columns.rate);
      const products = tf.mul(
        tf.reshape(dy, [size, channels, multiplier]),
        tf.reshape(seen, [size, channels, 1]),
      );
      sums.push(channelSums(tf.reshape(products, dy.shape)));
    }
  }
  return tf.reshape(tf.stack(sums), [rows.kernel, columns.kernel, channels, multiplier]);
}
