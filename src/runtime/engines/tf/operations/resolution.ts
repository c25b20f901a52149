import * as tf from '@tensorflow/tfjs-core';
import { primitives } from '../primitives.ts';
import { defineOperation } from './operation.ts';

/** `out[h·f + i, w·f + j, k] = in[h, w, (i·f + j)·K + k]`: pixels from channels. */
export function depthToSpace(x: tf.Tensor4D, factor: number): tf.Tensor4D {
  return shuffle({ x }, { factor }).y as tf.Tensor4D;
}

const shuffle = defineOperation<'x', 'y', { readonly factor: number }>({
  name: 'CmrnetDepthToSpace',
  saves: [],
  outputs: ['y'],
  forward: ({ x }, { factor }) => ({ y: primitives().depthToSpace(x, factor) }),
  gradient: (dy, _, { factor }) => ({ x: () => primitives().spaceToDepth(dy, factor) }),
});

/** The inverse of {@link depthToSpace}: channels from pixels. */
export function spaceToDepth(x: tf.Tensor4D, factor: number): tf.Tensor4D {
  return gather({ x }, { factor }).y as tf.Tensor4D;
}

const gather = defineOperation<'x', 'y', { readonly factor: number }>({
  name: 'CmrnetSpaceToDepth',
  saves: [],
  outputs: ['y'],
  forward: ({ x }, { factor }) => ({ y: primitives().spaceToDepth(x, factor) }),
  gradient: (dy, _, { factor }) => ({ x: () => primitives().depthToSpace(dy, factor) }),
});

interface Resizing {
  readonly height: number;
  readonly width: number;
  readonly method: 'bilinear' | 'nearest';
}

/** Samples a map at the pixel centres of another size. The stock gradients forget the half pixel; this one does not. */
export function resize(x: tf.Tensor4D, resizing: Resizing): tf.Tensor4D {
  const from = { rows: x.shape[1], columns: x.shape[2] };
  return resized({ x }, { ...resizing, ...from }).y as tf.Tensor4D;
}

interface ResizingOf extends Resizing {
  /** Of the map before. */
  readonly rows: number;
  readonly columns: number;
}

const resized = defineOperation<'x', 'y', ResizingOf>({
  name: 'CmrnetResize',
  saves: [],
  outputs: ['y'],
  forward: ({ x }, { rows, columns, height, width, method }) => ({
    y: resample(x, shares(rows, height, method), shares(columns, width, method)),
  }),
  gradient: (dy, _, { rows, columns, height, width, method }) => ({
    x: () =>
      resample(dy, transposed(shares(rows, height, method)), transposed(shares(columns, width, method))),
  }),
});

/** How much each pixel of a new axis takes of each pixel of the old: `matrix[new][old]`. */
type Shares = readonly (readonly number[])[];

function shares(from: number, to: number, method: 'bilinear' | 'nearest'): Shares {
  return Array.from({ length: to }, (_, index) => {
    const weights = new Array<number>(from).fill(0);
    const place = ((index + 0.5) * from) / to;
    if (method === 'nearest') {
      weights[Math.min(from - 1, Math.floor(place))] = 1;
      return weights;
    }
    const exact = Math.min(from - 1, Math.max(0, place - 0.5));
    const low = Math.floor(exact);
    const high = Math.min(from - 1, low + 1);
    weights[low]! += 1 - (exact - low);
    weights[high]! += exact - low;
    return weights;
  });
}

function transposed(matrix: Shares): Shares {
  return matrix[0]!.map((_, column) => matrix.map((row) => row[column]!));
}

/** Multiplies rows and columns of every image by a matrix each. */
function resample(x: tf.Tensor, rows: Shares, columns: Shares): tf.Tensor {
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  // The matrix as the kernel of a convolution by one pixel, the axis it mixes as its channels.
  const mix = (map: tf.Tensor, matrix: Shares) => {
    const [first, second, size] = [map.shape[0]!, map.shape[1]!, map.shape[2]!];
    const kernel = tf.tensor4d(transposed(matrix).flat(), [1, 1, size, matrix.length]);
    return tf.conv2d(tf.reshape(map, [1, first, second, size]) as tf.Tensor4D, kernel, 1, 'valid');
  };
  const byRow = tf.transpose(tf.reshape(x, [batch, height, width * channels]), [0, 2, 1]);
  const tall = tf.reshape(mix(byRow, rows), [batch, width, channels, rows.length]);
  const byColumn = tf.reshape(tf.transpose(tall, [0, 3, 2, 1]), [batch, rows.length * channels, width]);
  const wide = tf.reshape(mix(byColumn, columns), [batch, rows.length, channels, columns.length]);
  return tf.transpose(wide, [0, 1, 3, 2]);
}
