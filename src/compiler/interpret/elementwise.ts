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

/**
 * Two values of `[batch, height, width, channels]` or `[batch, channels]` joined value by value: one channel is repeated
 * to all channels of the other, and what has no height and width to those of the other.
 */
export function meet(left: Tensor, right: Tensor, join: (left: number, right: number) => number): Tensor {
  const [map, other] = left.shape.length >= right.shape.length ? [left, right] : [right, left];
  const [batch, ...axes] = map.shape.slice(0, -1) as [number, ...number[]];
  const pixels = axes.reduce((product, size) => product * size, 1);
  const channels = Math.max(map.shape.at(-1)!, other.shape.at(-1)!);
  const result = zeros([batch, ...axes, channels]);
  const valueAt = ({ shape, data }: Tensor, example: number, pixel: number, channel: number) => {
    const own = shape.at(-1)!;
    const place = shape.length === map.shape.length ? example * pixels + pixel : example;
    return data[place * own + (own === 1 ? 0 : channel)]!;
  };
  for (let index = 0; index < result.data.length; index++) {
    const channel = index % channels;
    const pixel = Math.floor(index / channels) % pixels;
    const example = Math.floor(index / (channels * pixels));
    result.data[index] = join(
      valueAt(left, example, pixel, channel),
      valueAt(right, example, pixel, channel),
    );
  }
  return result;
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
