import type { Attributes } from '../ir/graph.ts';
import { at, build, type Tensor } from './tensor.ts';

/** Each row of a map as a matrix of pixels by channels, times that of another. */
export function rowProducts(left: Tensor, right: Tensor): Tensor {
  const [batch, rows, pixels, inner] = left.shape as [number, number, number, number];
  return build([batch, rows, pixels, right.shape[3]!], (n, row, x, channel) => {
    let sum = 0;
    for (let k = 0; k < inner; k++) sum += at(left, n!, row!, x!, k) * at(right, n!, row!, k, channel!);
    return sum;
  });
}

/** Pixels of a row and channels exchanged. */
export function exchanged(operand: Tensor): Tensor {
  const [batch, rows, pixels, channels] = operand.shape as [number, number, number, number];
  return build([batch, rows, channels, pixels], (n, row, x, channel) => at(operand, n!, row!, channel!, x!));
}

/** `exp(x) / Σ exp(x)` along an axis of a map. */
export function softmaxAlong(operand: Tensor, axis: number): Tensor {
  return build(operand.shape, (...place) => {
    const along = Array.from({ length: operand.shape[axis]! }, (_, p) => at(operand, ...place.with(axis, p)));
    const largest = Math.max(...along);
    const sum = along.reduce((total, value) => total + Math.exp(value - largest), 0);
    return Math.exp(at(operand, ...place) - largest) / sum;
  });
}

/**
 * Self-attention as it is defined, token by token and head by head. Weights are those of query, key, value and output, each a
 * matrix `[channels, channels]` and where there are any a bias.
 */
export function attend(
  operand: Tensor,
  weights: readonly Tensor[],
  { heads, bias }: Attributes['attention'],
): Tensor {
  const [batch, height, width, channels] = operand.shape as [number, number, number, number];
  const [tokens, depth] = [height * width, channels / heads];
  const project = (value: Tensor, place: number): Tensor => {
    const [kernel, shift] = bias ? weights.slice(2 * place) : [weights[place]];
    return build([batch, tokens, channels], (n, token, channel) => {
      let sum = bias ? shift!.data[channel!]! : 0;
      for (let k = 0; k < channels; k++) sum += at(value, n!, token!, k) * at(kernel!, k, channel!);
      return sum;
    });
  };
  const flat = { shape: [batch, tokens, channels], data: operand.data };
  const [query, key, value] = [0, 1, 2].map((place) => project(flat, place)) as [Tensor, Tensor, Tensor];
  const joined = build(flat.shape, () => 0);
  for (let n = 0; n < batch; n++) {
    for (let head = 0; head < heads; head++) {
      for (let token = 0; token < tokens; token++) {
        const scores = Array.from({ length: tokens }, (_, other) => {
          let sum = 0;
          for (let k = head * depth; k < (head + 1) * depth; k++)
            sum += at(query, n, token, k) * at(key, n, other, k);
          return sum / Math.sqrt(depth);
        });
        const largest = Math.max(...scores);
        const powers = scores.map((score) => Math.exp(score - largest));
        const total = powers.reduce((sum, power) => sum + power, 0);
        for (let k = head * depth; k < (head + 1) * depth; k++) {
          const found = powers.reduce((sum, power, other) => sum + power * at(value, n, other, k), 0);
          joined.data[(n * tokens + token) * channels + k] = found / total;
        }
      }
    }
  }
  return { shape: operand.shape, data: project(joined, 3).data };
}
