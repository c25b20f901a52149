import * as tf from '@tensorflow/tfjs-core';
import { primitives } from '../primitives.ts';
import { lazy } from './affine.ts';
import { defineOperation } from './operation.ts';

/** Maps behind each other along their last axis. */
export function concatenate(maps: readonly tf.Tensor[]): tf.Tensor {
  const channels = maps.map((map) => map.shape.at(-1)!);
  return concatenation(numbered(maps), { channels }).y;
}

const concatenation = defineOperation<string, 'y', { readonly channels: readonly number[] }>({
  name: 'CmrnetConcatenate',
  saves: [],
  outputs: ['y'],
  forward: (maps) => ({ y: primitives().concatenate(Object.values(maps)) }),
  gradient: (dy, _, { channels }) => {
    const parts = lazy(() => primitives().split(dy, channels));
    return numbered(channels.map((_, index) => () => parts()[index]!));
  },
});

/** The sum of tensors of one shape. */
export function sum(tensors: readonly tf.Tensor[]): tf.Tensor {
  return addition(numbered(tensors), { count: tensors.length }).y;
}

const addition = defineOperation<string, 'y', { readonly count: number }>({
  name: 'CmrnetSum',
  saves: [],
  outputs: ['y'],
  forward: (tensors) => ({ y: primitives().sum(Object.values(tensors)) }),
  gradient: (dy, _, { count }) => numbered(Array.from({ length: count }, () => () => tf.clone(dy))),
});

/** Negative values become 0. */
export function relu(x: tf.Tensor): tf.Tensor {
  return rectification({ x }, {}).y;
}

const rectification = defineOperation<'x', 'y', object>({
  name: 'CmrnetRelu',
  saves: [],
  outputs: ['y'],
  savesOutputs: ['y'],
  forward: ({ x }) => ({ y: tf.relu(x) }),
  gradient: (dy, { y }) => ({ x: () => primitives().gradeRelu(y, dy) }),
});

/** `log(1 + exp(x))`: −log(1 − p) of the logit of p. Its gradient is alive however large the logit. */
export function softplus<T extends tf.Tensor>(x: T): T {
  return logarithm({ x }, {}).y as T;
}

const logarithm = defineOperation<'x', 'y', object>({
  name: 'CmrnetSoftplus',
  saves: ['x'],
  outputs: ['y'],
  forward: ({ x }) => ({ y: tf.add(tf.relu(x), tf.log(tf.add(tf.exp(tf.neg(tf.abs(x))), 1))) }),
  gradient: (dy, { x }) => ({ x: () => tf.mul(dy, tf.sigmoid(x)) }),
});

/** The value itself; nothing is learned through it. */
export function stopGradient(x: tf.Tensor): tf.Tensor {
  return stopping({ x }, {}).y;
}

const stopping = defineOperation<'x', 'y', object>({
  name: 'CmrnetStopGradient',
  saves: [],
  outputs: ['y'],
  forward: ({ x }) => ({ y: tf.clone(x) }),
  gradient: (dy) => ({ x: () => tf.zerosLike(dy) }),
});

/** A list as the record that operations take; keys that are numbers keep their order. */
function numbered<T>(list: readonly T[]): Record<string, T> {
  return Object.fromEntries(list.map((value, index) => [String(index), value]));
}
