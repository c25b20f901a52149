import * as tf from '@tensorflow/tfjs-core';
import { openBackend } from '../../src/runtime/engines/choice/backend.ts';
import { Kernels } from '../../src/runtime/kernels/kernels.ts';

await openBackend({ name: 'wasm', threads: 2 });

/** The kernels by one thread and by three, on one memory. */
export const alone = new Kernels(1);
export const together = new Kernels(3);
// An unreferenced thread keeps nobody waiting.
const clock = setInterval(() => {}, 1000);
await together.ready;
clearInterval(clock);

/** Numbers around zero, the same on every run. */
export function numbers(count: number, seed: number): Float32Array {
  let state = (seed * 2654435761 + 12345) >>> 0;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

export function tensor<R extends tf.Rank>(shape: tf.ShapeMap[R], seed: number): tf.Tensor<R> {
  return tf.tensor(numbers(tf.util.sizeFromShape(shape), seed), shape);
}

/** The largest distance of two lists, relative to the largest expected number. */
export function distance(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY;
  let largest = 1e-30;
  let worst = 0;
  for (let index = 0; index < expected.length; index++) {
    largest = Math.max(largest, Math.abs(expected[index]!));
    const difference = Math.abs(actual[index]! - expected[index]!);
    // Not a number is far from everything.
    worst = difference <= worst ? worst : Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference;
  }
  return worst / largest;
}

/** What one thread computes, when three compute the very same; throws where they do not. */
export function values(compute: (kernels: Kernels) => tf.Tensor): Float32Array {
  const [one, many] = [alone, together].map((kernels) =>
    tf.tidy(() => compute(kernels).dataSync() as Float32Array),
  );
  for (const [index, value] of one!.entries()) {
    if (!Object.is(value, many![index]))
      throw new Error(`threads differ at ${index}: ${value}, ${many![index]}`);
  }
  return one!;
}
