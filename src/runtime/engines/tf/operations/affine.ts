import * as tf from '@tensorflow/tfjs-core';

/**
 * `x · scale + shift`, then ReLU where asked. Scale and shift are `[1, channels]` or `[batch, channels]`; null leaves
 * them out.
 */
export function affine(
  x: tf.Tensor,
  scale: tf.Tensor | null,
  shift: tf.Tensor | null,
  rectify: boolean,
): tf.Tensor {
  const spread = (values: tf.Tensor) => tf.reshape(values, [values.shape[0]!, 1, 1, x.shape[3]!]);
  const scaled = scale === null ? x : tf.mul(x, spread(scale));
  const shifted = shift === null ? scaled : tf.add(scaled, spread(shift));
  return rectify ? tf.relu(shifted) : shifted;
}

/** `1 / √(variance + epsilon)`. */
export function inverse(variance: tf.Tensor, epsilon: number): tf.Tensor {
  return tf.div(1, tf.sqrt(tf.add(variance, epsilon)));
}

/** `[channels] → [1, channels]`. */
export function row(values: tf.Tensor): tf.Tensor2D {
  return tf.reshape(values, [1, -1]);
}

/** Computes at the first call and remembers. */
export function lazy<T>(compute: () => T): () => T {
  let value: { readonly computed: T } | undefined;
  return () => {
    value ??= { computed: compute() };
    return value.computed;
  };
}
