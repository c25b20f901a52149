import type * as tf from '@tensorflow/tfjs-core';
import type { Axes } from '../operations/window.ts';
import {
  axisTensor,
  execute,
  executeAll,
  integer,
  type KernelAttributes,
  real,
  shapeTensor,
} from './execute.ts';
import { paddingOf } from './padding.ts';

/** TensorFlow's pooling, rearrangements and sums of maps. */
export function maxPool(x: tf.Tensor, axes: Axes): tf.Tensor {
  return execute('MaxPool', [x], pooling(axes));
}

export function gradeMaxPool(x: tf.Tensor, dy: tf.Tensor, axes: Axes): tf.Tensor {
  return execute('MaxPoolGrad', [x, maxPool(x, axes), dy], pooling(axes));
}

function pooling(axes: Axes): KernelAttributes {
  const [rows, columns] = axes;
  return {
    T: real,
    ksize: { int: [1, rows.kernel, columns.kernel, 1] },
    strides: { int: [1, rows.stride, columns.stride, 1] },
    padding: paddingOf(axes),
    data_format: 'NHWC',
  };
}

export function depthToSpace(x: tf.Tensor, factor: number): tf.Tensor {
  return execute('DepthToSpace', [x], { T: real, block_size: { int: factor }, data_format: 'NHWC' });
}

export function spaceToDepth(x: tf.Tensor, factor: number): tf.Tensor {
  return execute('SpaceToDepth', [x], { T: real, block_size: { int: factor }, data_format: 'NHWC' });
}

export function concatenate(maps: readonly tf.Tensor[]): tf.Tensor {
  const axis = axisTensor(maps[0]!.rank - 1);
  return execute('ConcatV2', [...maps, axis], { N: { int: maps.length }, T: real, Tidx: integer });
}

export function split(map: tf.Tensor, channels: readonly number[]): readonly tf.Tensor[] {
  const inputs = [map, shapeTensor(channels), axisTensor(map.rank - 1)];
  const attributes = { T: real, Tlen: integer, num_split: { int: channels.length } };
  return executeAll('SplitV', inputs, attributes, channels.length);
}

export function sum(tensors: readonly tf.Tensor[]): tf.Tensor {
  return execute('AddN', tensors, { T: real, N: { int: tensors.length } });
}

export function gradeRelu(x: tf.Tensor, dy: tf.Tensor): tf.Tensor {
  return execute('ReluGrad', [dy, x]);
}

/** Half the sum of squares is finite where all values are; sums of any shape without a list of axes. */
export function areFinite(tensors: readonly tf.Tensor[]): boolean {
  if (tensors.length === 0) return true;
  const squares = tensors.map((tensor) => execute('L2Loss', [tensor]));
  return Number.isFinite(sum(squares).dataSync()[0]!);
}
