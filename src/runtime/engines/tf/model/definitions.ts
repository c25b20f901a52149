import * as tf from '@tensorflow/tfjs-core';
import * as stock from '@tensorflow/tfjs-layers';
import type { Attributes, LayerPlanOf, OperationName } from '../../../../compiler/index.ts';
import { dropoutFactors } from '../../../random/dropout.ts';
import { attend, softmaxAlong } from '../operations/attention.ts';
import { convolve, convolveGroups, convolveTransposed } from '../operations/convolution.ts';
import { convolveDepthwise } from '../operations/depthwise.ts';
import { concatenate, relu, stopGradient, sum } from '../operations/elements.ts';
import { normalise, normaliseBy, normaliseChannels, normaliseGroups } from '../operations/normalisation.ts';
import { avgPool, maxPool, maxUnpool } from '../operations/pooling.ts';
import { depthToSpace, resize, spaceToDepth } from '../operations/resolution.ts';
import { addBias } from '../operations/sums.ts';
import type { Call, Definition } from './layer.ts';

/** What a layer's definition may depend on beside its plan. */
export interface Surroundings {
  /** Of the run. */
  readonly seed: number;
  /** `[height, width, channels]` of the layer's result. */
  readonly shape: readonly number[];
  /** Whether a ReLU follows and is part of this layer. */
  readonly rectified: boolean;
}

type Lowering<O extends OperationName> = (
  layer: LayerPlanOf<O>,
  surroundings: Surroundings,
) => Definition | stock.layers.Layer;

/**
 * How each operation becomes a layer: a stock layer where TensorFlow.js has the same meaning, trains it, and is not
 * slow; a definition of our own otherwise.
 */
export const lowerings: { readonly [O in Exclude<OperationName, 'input'>]: Lowering<O> } = {
  conv:
    ({ attributes }) =>
    ({ inputs: [x], weights: [kernel, bias] }) =>
      addBias(convolveGroups(map(x), map(kernel), attributes, attributes.groups), vector(bias)),
  depthwise_conv:
    ({ attributes }) =>
    ({ inputs: [x], weights: [kernel, bias] }) =>
      addBias(convolveDepthwise(map(x), map(kernel), attributes), vector(bias)),
  separable_conv:
    ({ attributes }) =>
    ({ inputs: [x], weights: [depthwise, pointwise, bias] }) => {
      const between = convolveDepthwise(map(x), map(depthwise), attributes);
      return addBias(convolve(between, map(pointwise), pixel), vector(bias));
    },
  conv_transpose:
    ({ attributes }, { shape }) =>
    ({ inputs: [x], weights: [kernel, bias] }) => {
      const sliding = { ...attributes, rate: [1, 1] } as const;
      return addBias(convolveTransposed(map(x), map(kernel), [shape[0]!, shape[1]!], sliding), vector(bias));
    },
  batch_norm:
    ({ attributes }, { rectified }) =>
    (call) =>
      batchNorm(call, attributes, rectified),
  group_norm: ({ attributes: { groups, epsilon } }, { rectified }) => groupNorm(groups, epsilon, rectified),
  instance_norm: ({ attributes: { epsilon } }, { shape, rectified }) =>
    groupNorm(shape[2]!, epsilon, rectified),
  layer_norm:
    ({ attributes: { epsilon } }) =>
    ({ inputs: [x], weights: [gamma, beta] }) =>
      normaliseChannels(x!, vector(gamma)!, vector(beta)!, epsilon),
  relu:
    () =>
    ({ inputs: [x] }) =>
      relu(x!),
  leaky_relu: ({ name, attributes }) => stock.layers.leakyReLU({ name, alpha: attributes.slope }),
  // The stock layer knows alpha 1 only. Below zero relu(x) is 0, above it min(x, 0) is 0.
  elu:
    ({ attributes: { alpha } }) =>
    ({ inputs: [x] }) =>
      tf.add(tf.relu(x!), tf.mul(alpha, tf.elu(tf.neg(tf.relu(tf.neg(x!)))))),
  swish:
    () =>
    ({ inputs: [x] }) =>
      tf.mul(x!, tf.sigmoid(x!)),
  gelu:
    () =>
    ({ inputs: [x] }) =>
      tf.mul(tf.mul(x!, 0.5), tf.add(tf.erf(tf.mul(x!, Math.SQRT1_2)), 1)),
  sigmoid: ({ name }) => stock.layers.activation({ name, activation: 'sigmoid' }),
  softmax: ({ name }) => stock.layers.softmax({ name, axis: -1 }),
  softmax_along:
    ({ attributes: { axis } }) =>
    ({ inputs: [x] }) =>
      softmaxAlong(map(x), axis === 'height' ? 1 : axis === 'width' ? 2 : 3),
  attention:
    ({ attributes }) =>
    ({ inputs: [x], weights }) =>
      attend(map(x), weights, attributes),
  stop_gradient:
    () =>
    ({ inputs: [x] }) =>
      stopGradient(x!),
  max_pool:
    ({ attributes }) =>
    ({ inputs: [x] }) =>
      maxPool(map(x), attributes),
  max_unpool:
    () =>
    ({ inputs: [x, before] }) =>
      maxUnpool(map(x), map(before)),
  avg_pool:
    ({ attributes }) =>
    ({ inputs: [x] }) =>
      avgPool(map(x), attributes),
  global_avg_pool: ({ name }) => stock.layers.globalAveragePooling2d({ name, dataFormat: 'channelsLast' }),
  global_max_pool: ({ name }) => stock.layers.globalMaxPooling2d({ name, dataFormat: 'channelsLast' }),
  dense:
    () =>
    ({ inputs: [x], weights: [kernel, bias] }) =>
      addBias(tf.matMul(x!, kernel!), vector(bias)),
  dropout: ({ name, attributes: { rate } }, { seed }) => dropout(name, rate, seed),
  flatten: ({ name }) => stock.layers.flatten({ name }),
  concat:
    () =>
    ({ inputs }) =>
      concatenate(inputs),
  add:
    () =>
    ({ inputs }) =>
      isAlike(inputs) ? sum(inputs) : tf.add(...ofOneRank(inputs)),
  // Stock layers guess how shapes of different rank meet; here a vector is a number per channel.
  subtract:
    () =>
    ({ inputs }) =>
      tf.sub(...ofOneRank(inputs)),
  multiply:
    () =>
    ({ inputs }) =>
      tf.mul(...ofOneRank(inputs)),
  affine:
    ({ attributes: { factor, shift } }) =>
    ({ inputs: [x] }) =>
      tf.add(tf.mul(x!, factor), shift),
  matmul:
    () =>
    ({ inputs: [left, right] }) =>
      tf.matMul(map(left), map(right)),
  transpose:
    () =>
    ({ inputs: [x] }) =>
      tf.transpose(x!, [0, 1, 3, 2]),
  reshape:
    (_, { shape }) =>
    ({ inputs: [x] }) =>
      tf.reshape(x!, [x!.shape[0]!, ...shape]),
  space_to_depth:
    ({ attributes: { factor } }) =>
    ({ inputs: [x] }) =>
      spaceToDepth(map(x), factor),
  depth_to_space:
    ({ attributes: { factor } }) =>
    ({ inputs: [x] }) =>
      depthToSpace(map(x), factor),
  resize:
    ({ attributes }) =>
    ({ inputs: [x] }) =>
      resize(map(x), attributes),
  pad: ({ name, attributes: { top, bottom, left, right } }) =>
    stock.layers.zeroPadding2d({ name, padding: border(top, bottom, left, right) }),
  slice:
    ({ attributes: { begin, count, axis } }) =>
    ({ inputs: [x] }) => {
      const place = axis === 'channels' ? x!.rank - 1 : axis === 'width' ? 2 : 1;
      const from = x!.shape.map((_, index) => (index === place ? begin : 0));
      const size = x!.shape.map((own, index) => (index === place ? count : own));
      return tf.slice(x!, from, size);
    },
  crop: ({ name, attributes: { top, bottom, left, right } }) =>
    stock.layers.cropping2D({ name, cropping: border(top, bottom, left, right) }),
};

/** A 1×1 convolution. */
const pixel = { kernel: [1, 1], rate: [1, 1], stride: [1, 1], padding: 'same' } as const;

/** Keras 2.2.4: the moving variance takes the batch's times n / (n − (1 + epsilon)). */
function batchNorm(
  { inputs: [x], weights, mode, assign }: Call,
  { momentum, epsilon, scale }: Attributes['batch_norm'],
  rectify: boolean,
): tf.Tensor {
  const [beta, mean, variance] = weights.slice(-3) as [tf.Tensor1D, tf.Tensor1D, tf.Tensor1D];
  const gamma = scale ? (weights[0] as tf.Tensor1D) : tf.onesLike(beta);
  const input = x!.rank === 4 ? map(x) : (tf.reshape(x!, [-1, 1, 1, x!.shape.at(-1)!]) as tf.Tensor4D);
  if (!mode.training) {
    const y = normaliseBy(input, { gamma, beta, mean, variance }, { epsilon, rectify });
    return shapedAs(x!, y);
  }
  const batch = normalise(input, gamma, beta, { epsilon, rectify });
  const [images, height, width] = input.shape;
  const count = images * height * width;
  const kept = mode.momentum ?? momentum;
  const move = (past: tf.Tensor, now: tf.Tensor, correction: number) =>
    tf.add(tf.mul(past, kept), tf.mul(now, (1 - kept) * correction));
  assign(weights.length - 2, move(mean, batch.mean, 1));
  assign(weights.length - 1, move(variance, batch.variance, count / (count - (1 + epsilon))));
  return shapedAs(x!, batch.y);
}

/** The shape of a vector for what was computed as a map of one pixel. */
function shapedAs(x: tf.Tensor, y: tf.Tensor): tf.Tensor {
  return x.rank === y.rank ? y : tf.reshape(y, x.shape);
}

function groupNorm(groups: number, epsilon: number, rectify: boolean): Definition {
  return ({ inputs: [x], weights: [gamma, beta] }) =>
    normaliseGroups(map(x), vector(gamma)!, vector(beta)!, { groups, epsilon, rectify });
}

/** The numbers drawn depend on the run's seed, the layer, the step and which of the layer's applications it is. */
function dropout(name: string, rate: number, seed: number): Definition {
  let lastStep = 0;
  let application = 0;
  return ({ inputs: [x], mode }) => {
    if (!mode.training || rate === 0) return tf.clone(x!);
    const step = mode.step ?? 0;
    application = step === lastStep ? application + 1 : 0;
    lastStep = step;
    const factors = dropoutFactors({ seed, layer: name, step, application }, rate, x!.size);
    return tf.mul(x!, tf.tensor(factors, x!.shape));
  };
}

/** Both operands, a vector as a map of one pixel where the other is a map. */
function ofOneRank(inputs: readonly tf.Tensor[]): [tf.Tensor, tf.Tensor] {
  const rank = Math.max(...inputs.map((x) => x.rank));
  return inputs.map((x) => (x.rank < rank ? tf.reshape(x, [x.shape[0]!, 1, 1, x.shape[1]!]) : x)) as [
    tf.Tensor,
    tf.Tensor,
  ];
}

function isAlike([left, right]: readonly tf.Tensor[]): boolean {
  return `${left!.shape}` === `${right!.shape}`;
}

function border(
  top: number,
  bottom: number,
  left: number,
  right: number,
): [[number, number], [number, number]] {
  return [
    [top, bottom],
    [left, right],
  ];
}

function map(x: tf.Tensor | undefined): tf.Tensor4D {
  return x as tf.Tensor4D;
}

function vector(x: tf.Tensor | undefined): tf.Tensor1D | undefined {
  return x as tf.Tensor1D | undefined;
}
