import type { Attributes } from '../ir/graph.ts';
import { map, type Tensor, zeros } from './tensor.ts';

export function sigmoid(value: number): number {
  return 1 / (1 + Math.exp(-value));
}

/** `exp(x) / Σ exp(x)` over the last axis; the largest value is taken off first so that nothing overflows. */
export function softmax(operand: Tensor): Tensor {
  const channels = operand.shape.at(-1)!;
  const result = zeros(operand.shape);
  for (let start = 0; start < operand.data.length; start += channels) {
    const pixel = operand.data.subarray(start, start + channels);
    const largest = Math.max(...pixel);
    const powers = pixel.map((value) => Math.exp(value - largest));
    const sum = powers.reduce((total, power) => total + power, 0);
    result.data.set(
      powers.map((power) => power / sum),
      start,
    );
  }
  return result;
}

export function add(left: Tensor, right: Tensor): Tensor {
  return map(left, (value, index) => value + right.data[index]!);
}

/** The product of equal shapes, or of a map `[batch, height, width, channels]` and factors `[batch, channels]`, in either order. */
export function multiply(left: Tensor, right: Tensor): Tensor {
  if (left.shape.length < right.shape.length) return multiply(right, left);
  if (left.shape.length === right.shape.length)
    return map(left, (value, index) => value * right.data[index]!);
  const [, height, width, channels] = left.shape as [number, number, number, number];
  return map(left, (value, index) => {
    const example = Math.floor(index / (height * width * channels));
    return value * right.data[example * channels + (index % channels)]!;
  });
}

/** Keeps a value when a number drawn from `random` is not below the rate, and scales it by `1 / (1 − rate)`. */
export function drop(operand: Tensor, { rate }: Attributes['dropout'], random: () => number): Tensor {
  return map(operand, (value) => (random() < rate ? 0 : value / (1 - rate)));
}

/** `[batch, values] · [values, units]`. */
export function matrixProduct(operand: Tensor, matrix: Tensor): Tensor {
  const [batch, values] = operand.shape as [number, number];
  const units = matrix.shape[1]!;
  const result = zeros([batch, units]);
  for (let example = 0; example < batch; example++) {
    for (let unit = 0; unit < units; unit++) {
      for (let value = 0; value < values; value++) {
        result.data[example * units + unit]! +=
          operand.data[example * values + value]! * matrix.data[value * units + unit]!;
      }
    }
  }
  return result;
}
