import * as tf from '@tensorflow/tfjs-core';
import type { Trained } from './optimizers.ts';

/** Gradients shortened together so that the root of the sum of all their squares is at most `longest`. For use within `tf.tidy`. */
export function clipTogether(
  gradients: readonly (tf.Tensor | null)[],
  longest: number,
): readonly (tf.Tensor | null)[] {
  const squares = gradients.flatMap((gradient) => (gradient === null ? [] : [tf.sum(tf.square(gradient))]));
  if (squares.length === 0) return gradients;
  const length = tf.sqrt(tf.addN(squares));
  const factor = tf.div(longest, tf.maximum(length, longest));
  return gradients.map((gradient) => (gradient === null ? null : tf.mul(gradient, factor)));
}

/** Takes a share of themselves from kernels; biases and the weights of norms, which have one axis, keep theirs. */
export function decay(trained: readonly Trained[], share: number): void {
  tf.tidy(() => {
    for (const { pace = 1, read, write } of trained) {
      const value = read();
      if (value.rank > 1) write(tf.mul(value, 1 - pace * share));
    }
  });
}
