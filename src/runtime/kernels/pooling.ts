import type * as tf from '@tensorflow/tfjs-core';
import type { Slides } from './convolution.ts';
import type { Kernels } from './kernels.ts';
import { clear } from './memory.ts';

/** The largest number of every window; pixels beyond the map do not count. Rates are 1. */
export function poolLargest(kernels: Kernels, x: tf.Tensor4D, slides: Slides): tf.Tensor4D {
  const [rows, columns] = slides;
  const [batch, , , channels] = x.shape;
  const y = kernels.create<tf.Rank.R4>([batch, rows.output, columns.output, channels]);
  run(kernels, 'poolLargest', { x, y, dx: 0, slides, block: 1 });
  return y;
}

/** The gradient of {@link poolLargest}: each number of `dy` goes to the first of its window's largest. */
export function gradePool(kernels: Kernels, x: tf.Tensor4D, dy: tf.Tensor4D, slides: Slides): tf.Tensor4D {
  const [rows] = slides;
  const dx = kernels.create<tf.Rank.R4>(x.shape);
  const address = kernels.addressOf(dx);
  clear(kernels, address, dx.size);
  const block = rows.kernel > rows.stride ? rows.output : 1;
  run(kernels, 'gradePool', { x, y: dy, dx: address, slides, block });
  return dx;
}

function run(
  kernels: Kernels,
  name: string,
  pooling: {
    readonly x: tf.Tensor4D;
    readonly y: tf.Tensor4D;
    readonly dx: number;
    readonly slides: Slides;
    readonly block: number;
  },
): void {
  const { x, y, dx, slides, block } = pooling;
  const [rows, columns] = slides;
  const [batch, height, width, channels] = x.shape;
  kernels.run(
    name,
    [
      ...[
        kernels.addressOf(x),
        kernels.addressOf(y),
        dx,
        height,
        width,
        channels,
        rows.output,
        columns.output,
      ],
      ...[rows.kernel, columns.kernel, rows.stride, columns.stride, rows.before, columns.before, block],
    ],
    (batch * rows.output) / block,
  );
}
