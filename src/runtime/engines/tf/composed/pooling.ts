import * as tf from '@tensorflow/tfjs-core';
import { runStock } from '../operations/operation.ts';
import { returnTaps, tapReader } from '../operations/taps.ts';
import type { Axes } from '../operations/window.ts';

export function maxPool(x: tf.Tensor, [rows, columns]: Axes): tf.Tensor {
  // Zeros as padding would win against negative values; the stock kernel's own padding does not count.
  const padded = rows.before + rows.after + columns.before + columns.after > 0;
  return runStock(
    'MaxPool',
    { x },
    {
      filterSize: [rows.kernel, columns.kernel],
      strides: [rows.stride, columns.stride],
      pad: padded ? 'same' : 'valid',
    },
  );
}

export function gradeMaxPool(x: tf.Tensor, dy: tf.Tensor, axes: Axes): tf.Tensor {
  const [rows, columns] = axes;
  const y = maxPool(x, axes);
  const read = tapReader(x, axes, Number.NEGATIVE_INFINITY);
  let open: tf.Tensor = tf.onesLike(dy);
  const sent: tf.Tensor[][] = [];
  for (let row = 0; row < rows.kernel; row++) {
    const line: tf.Tensor[] = [];
    for (let column = 0; column < columns.kernel; column++) {
      const below = tf.step(tf.sub(y, read(row, column)));
      const stillOpen = tf.mul(open, below);
      line.push(tf.mul(dy, tf.sub(open, stillOpen)));
      open = stillOpen;
    }
    sent.push(line);
  }
  return returnTaps(sent, axes);
}
