import * as tf from '@tensorflow/tfjs-core';
import type { Attributes } from '../../../../compiler/index.ts';

/** Shares that sum to 1 along an axis of a map. */
export function softmaxAlong(x: tf.Tensor4D, axis: 1 | 2 | 3): tf.Tensor {
  // The axis last, and back again: exchanged with the last one.
  const order = [0, 1, 2, 3].map((own) => (own === axis ? 3 : own === 3 ? axis : own));
  return tf.transpose(tf.softmax(tf.transpose(x, order)), order);
}

/** Self-attention of the pixels of a map; weights of query, key, value and output, each a matrix and where there is one a bias. */
export function attend(
  x: tf.Tensor4D,
  weights: readonly tf.Tensor[],
  { heads, bias }: Attributes['attention'],
): tf.Tensor {
  const [batch, height, width, channels] = x.shape;
  const [tokens, depth] = [height * width, channels / heads];
  const project = (value: tf.Tensor, place: number) => {
    const [kernel, shift] = bias ? weights.slice(2 * place, 2 * place + 2) : [weights[place]];
    const product = tf.matMul(value, kernel!);
    return shift === undefined ? product : tf.add(product, shift);
  };
  const flat = tf.reshape(x, [batch * tokens, channels]);
  const [query, key, value] = [0, 1, 2].map((place) => {
    const parts = tf.reshape(project(flat, place), [batch, tokens, heads, depth]);
    return tf.reshape(tf.transpose(parts, [0, 2, 1, 3]), [batch * heads, tokens, depth]);
  });
  const scores = tf.matMul(tf.mul(query!, 1 / Math.sqrt(depth)), key!, false, true);
  const found = tf.matMul(tf.softmax(scores), value!);
  const joined = tf.transpose(tf.reshape(found, [batch, heads, tokens, depth]), [0, 2, 1, 3]);
  return tf.reshape(project(tf.reshape(joined, [batch * tokens, channels]), 3), x.shape);
}
