import * as tf from '@tensorflow/tfjs-core';
import type { Primitives } from '../primitives.ts';
import * as convolution from './convolution.ts';
import * as normalisation from './normalisation.ts';
import * as pooling from './pooling.ts';
import * as resolution from './resolution.ts';

/** Primitives made of TensorFlow.js's own operations: right on every engine, and nowhere fast. */
export const composed: Primitives = {
  ...convolution,
  ...normalisation,
  ...pooling,
  ...resolution,
  concatenate: (maps) => tf.concat([...maps], -1),
  split: (map, channels) => tf.split(map, [...channels], -1),
  sum: (tensors) => tensors.slice(1).reduce((sum, tensor) => tf.add(sum, tensor), tensors[0]!),
  gradeRelu: (x, dy) => tf.mul(dy, tf.step(x)),
  rmsprop: (states, gradients, { lr, rho, epsilon }) =>
    states.map(({ weight, meanSquare: past }, index) => {
      const gradient = gradients[index]!;
      const meanSquare = tf.add(tf.mul(past, rho), tf.mul(tf.mul(gradient, gradient), 1 - rho));
      const change = tf.div(tf.mul(gradient, lr), tf.add(tf.sqrt(meanSquare), epsilon));
      return { weight: tf.sub(weight, change), meanSquare };
    }),
  // A value that is not finite makes every sum it is part of so.
  areFinite: (tensors) =>
    tensors
      .map((tensor) => tf.sum(tf.reshape(tensor, [-1])))
      .every((sum) => Number.isFinite(sum.dataSync()[0]!)),
};
