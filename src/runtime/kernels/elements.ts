import type * as tf from '@tensorflow/tfjs-core';
import { bits, type Kernels } from './kernels.ts';
import { blockSize } from './memory.ts';

/** The gradient of ReLU: `dy` where `x`, the map before or behind it, is positive, 0 elsewhere. */
export function gradeRelu<T extends tf.Tensor>(kernels: Kernels, x: T, dy: T): T {
  const dx = kernels.create(x.shape);
  const addresses = [x, dy, dx].map((map) => kernels.addressOf(map));
  kernels.run('gradeRelu', [...addresses, x.size, blockSize], Math.ceil(x.size / blockSize));
  return dx as T;
}

/** The sum of maps of one shape. */
export function addAll<T extends tf.Tensor>(kernels: Kernels, maps: readonly T[]): T {
  const [first] = maps;
  const sum = kernels.create(first!.shape);
  const parts = maps.map((map) => kernels.addressOf(map));
  const address = kernels.addressOf(sum);
  const { size } = sum;
  kernels.run('addAll', [parts, parts.length, address, size, blockSize], Math.ceil(size / blockSize));
  return sum as T;
}

/** Weights that RMSprop changes. */
export interface Descent {
  readonly weights: tf.Tensor;
  readonly gradient: tf.Tensor;
  /** The moving mean of the gradient's squares. */
  readonly squares: tf.Tensor;
}

/** How RMSprop descends. */
export interface Pace {
  readonly rate: number;
  /** How much of the moving mean of squares stays. */
  readonly decay: number;
  readonly epsilon: number;
}

/**
 * RMSprop as in Keras: `a ← ρ·a + (1 − ρ)·g²`, `p ← p − rate · g / (√a + ε)`, all weights in one pass.
 * Gives new tensors: stock operations remember what they know of a tensor's values.
 */
export function descend(
  kernels: Kernels,
  descents: readonly Descent[],
  { rate, decay, epsilon }: Pace,
): readonly Pick<Descent, 'weights' | 'squares'>[] {
  let end = 0;
  const after = descents.map(({ weights: { shape } }) => ({
    weights: kernels.create(shape),
    squares: kernels.create(shape),
  }));
  const list = descents.flatMap(({ weights, gradient, squares }, index) => {
    end += Math.ceil(weights.size / blockSize);
    const next = after[index]!;
    const tensors = [weights, squares, gradient, next.weights, next.squares];
    return [end, weights.size, ...tensors.map((tensor) => kernels.addressOf(tensor))];
  });
  kernels.run('descend', [bits(rate), bits(decay), bits(epsilon), blockSize, list], end);
  return after;
}
