import type * as tf from '@tensorflow/tfjs-core';
import type { Axes } from '../operations/window.ts';
import { execute, type KernelAttributes, real, shapeTensor } from './execute.ts';
import { paddingOf } from './padding.ts';

/** TensorFlow's convolution and its two gradients, which know every rate and stride. */
export function slide(x: tf.Tensor, kernel: tf.Tensor, axes: Axes): tf.Tensor {
  return execute('Conv2D', [x, kernel], windows(axes));
}

/** The gradient of the map; the kernel's third axis has its channels. */
export function spread(dy: tf.Tensor, kernel: tf.Tensor, axes: Axes): tf.Tensor {
  const [rows, columns] = axes;
  const size = shapeTensor([dy.shape[0]!, rows.size, columns.size, kernel.shape[2]!]);
  return execute('Conv2DBackpropInput', [size, kernel, dy], windows(axes));
}

export function correlate(x: tf.Tensor, dy: tf.Tensor, axes: Axes): tf.Tensor {
  const [rows, columns] = axes;
  const size = shapeTensor([rows.kernel, columns.kernel, x.shape[3]!, dy.shape[3]!]);
  return execute('Conv2DBackpropFilter', [x, size, dy], windows(axes));
}

function windows(axes: Axes): KernelAttributes {
  const [rows, columns] = axes;
  return {
    T: real,
    strides: { int: [1, rows.stride, columns.stride, 1] },
    dilations: { int: [1, rows.rate, columns.rate, 1] },
    padding: paddingOf(axes),
    data_format: 'NHWC',
    use_cudnn_on_gpu: true,
  };
}
