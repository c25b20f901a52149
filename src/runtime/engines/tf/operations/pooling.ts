import * as tf from '@tensorflow/tfjs-core';
import { primitives } from '../primitives.ts';
import { spreadDepthwise } from './depthwise.ts';
import { defineOperation } from './operation.ts';
import { type Axes, axesOf, type Sliding } from './window.ts';

type Pooling = Omit<Sliding, 'rate' | 'kernel'> & { readonly size: Sliding['kernel'] };

/** Why not the stock layers: on wasm the stock gradient of max pooling is wrong, and everywhere that of padded average pooling. */
interface Attributes extends Pooling {
  readonly axes: Axes;
}

/** The largest value of every window. Of equal ones the first gets the gradient. */
export function maxPool(x: tf.Tensor4D, pooling: Pooling): tf.Tensor4D {
  return maxPooling({ x }, withAxes(x, pooling)).y as tf.Tensor4D;
}

/** The mean of every window's pixels that lie inside the map. */
export function avgPool(x: tf.Tensor4D, pooling: Pooling): tf.Tensor4D {
  return avgPooling({ x }, withAxes(x, pooling)).y as tf.Tensor4D;
}

/** Every value at the place of the first largest value of its window of `before`; zeros elsewhere. */
export function maxUnpool(x: tf.Tensor4D, before: tf.Tensor4D): tf.Tensor4D {
  const size = [before.shape[1] / x.shape[1], before.shape[2] / x.shape[2]] as const;
  return maxUnpooling({ x, before }, withAxes(before, { size, stride: size, padding: 'valid' }))
    .y as tf.Tensor4D;
}

function withAxes(x: tf.Tensor4D, pooling: Pooling): Attributes {
  const sliding: Sliding = { ...pooling, kernel: pooling.size, rate: [1, 1] };
  return { ...pooling, axes: axesOf([x.shape[1], x.shape[2]], sliding) };
}

const maxPooling = defineOperation<'x', 'y', Attributes>({
  name: 'CmrnetMaxPool',
  saves: ['x'],
  outputs: ['y'],
  forward: ({ x }, { axes }) => ({ y: primitives().maxPool(x, axes) }),
  gradient: (dy, { x }, { axes }) => ({ x: () => primitives().gradeMaxPool(x, dy, axes) }),
});

const avgPooling = defineOperation<'x', 'y', Attributes>({
  name: 'CmrnetAvgPool',
  saves: [],
  outputs: ['y'],
  forward: ({ x }, { size, stride, padding }) => ({
    y: tf.avgPool(x as tf.Tensor4D, [...size], [...stride], padding),
  }),
  gradient: (dy, _, { size, axes }) => ({
    x: () => {
      const [rows, columns] = axes.map((axis) =>
        Array.from({ length: axis.output }, (_, index) => {
          const begin = index * axis.stride - axis.before;
          return Math.min(axis.size, begin + axis.kernel) - Math.max(0, begin);
        }),
      ) as [number[], number[]];
      const shares = rows.flatMap((row) => columns.map((column) => 1 / (row * column)));
      const shared = tf.mul(dy, tf.tensor(shares, [1, rows.length, columns.length, 1]));
      return spreadDepthwise(shared, tf.ones([...size, dy.shape[3]!, 1]), axes);
    },
  }),
});

/** What max pooling does to gradients is unpooling; its own gradient picks the same places. Places have no gradient. */
const maxUnpooling = defineOperation<'x' | 'before', 'y', Attributes>({
  name: 'CmrnetMaxUnpool',
  saves: ['before'],
  outputs: ['y'],
  forward: ({ x, before }, { axes }) => ({ y: primitives().gradeMaxPool(before, x, axes) }),
  gradient: (dy, { before }, { size, stride, axes }) => ({
    x: () => {
      const [batch, rows, columns, channels] = dy.shape as [number, number, number, number];
      const ones = tf.ones([batch, rows / size[0], columns / size[1], channels]);
      const picked = tf.mul(dy, primitives().gradeMaxPool(before, ones, axes)) as tf.Tensor4D;
      return tf.mul(tf.avgPool(picked, [...size], [...stride], 'valid'), size[0] * size[1]);
    },
    before: () => tf.zerosLike(before),
  }),
});
