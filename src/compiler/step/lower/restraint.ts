import type { StepBuilder } from '../builder.ts';

/** The factor that shortens gradients together so that the root of the sum of all their squares is at most `longest`. */
export function clipFactor(b: StepBuilder, gradients: readonly number[], longest: number): number {
  const squares = gradients.map((gradient) => {
    const axes = b.shape(gradient).map((_, axis) => axis);
    return b.reshape(b.productSum(gradient, gradient, axes), []);
  });
  const length = b.sqrt(squares.reduce((left, right) => b.add(left, right)));
  const limit = b.scalar(longest);
  return b.divide(limit, b.apply('maximum', [length, limit], {}));
}

/** What an average of a weight becomes: `kept · average + (1 − kept) · weight`. */
export function movedAverage(b: StepBuilder, average: number, weight: number, kept: number): number {
  const rest = b.subtract(b.scalar(1), kept);
  return b.add(b.multiply(average, kept), b.multiply(weight, rest));
}

/** The role of the average of a weight among its running values. */
export const averageSlot = 'average';

/** What kernels keep of themselves at a learning rate. */
export function keptByDecay(weightDecay: number, learningRate: number): number {
  return 1 - weightDecay * learningRate;
}

/**
 * What averages keep of their past at a step, counted from 1: it grows to the decay as `(1 + steps) / (10 + steps)` does,
 * as in TensorFlow's `ExponentialMovingAverage`.
 */
export function keptByAverage(decay: number, step: number): number {
  return Math.min(decay, (1 + step) / (10 + step));
}
