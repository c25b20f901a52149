import type { Attributes } from '../ir/graph.ts';
import { map, type Tensor, zeros } from './tensor.ts';

/** Mean and biased variance of one channel or group. */
interface Moments {
  readonly mean: number;
  readonly variance: number;
}

/** What a batch tells about every channel, and how many values each channel has in it. */
export interface BatchStatistics {
  readonly mean: Tensor;
  readonly variance: Tensor;
  readonly count: number;
}

/** Mean and biased variance of every channel over batch, height and width. */
export function batchStatistics(operand: Tensor): BatchStatistics {
  const channels = operand.shape.at(-1)!;
  const moments = Array.from({ length: channels }, (_, channel) =>
    momentsOf(operand.data.filter((_, index) => index % channels === channel)),
  );
  return {
    mean: { shape: [channels], data: Float64Array.from(moments, ({ mean }) => mean) },
    variance: { shape: [channels], data: Float64Array.from(moments, ({ variance }) => variance) },
    count: operand.data.length / channels,
  };
}

/** `gamma · (x − mean) / √(variance + epsilon) + beta`, channel by channel. */
export function normalise(
  operand: Tensor,
  gamma: Tensor,
  beta: Tensor,
  { mean, variance }: Pick<BatchStatistics, 'mean' | 'variance'>,
  epsilon: number,
): Tensor {
  const channels = operand.shape.at(-1)!;
  return map(operand, (value, index) => {
    const channel = index % channels;
    const scaled = (value - mean.data[channel]!) / Math.sqrt(variance.data[channel]! + epsilon);
    return gamma.data[channel]! * scaled + beta.data[channel]!;
  });
}

/**
 * The moving averages after one more batch, as Keras 2.2.4 updates them: the variance enters as
 * `variance · n / (n − (1 + epsilon))`, the unbiased estimate but for epsilon.
 */
export function movedAverages(
  moving: Pick<BatchStatistics, 'mean' | 'variance'>,
  { mean, variance, count }: BatchStatistics,
  { momentum, epsilon }: Attributes['batch_norm'],
): Pick<BatchStatistics, 'mean' | 'variance'> {
  const correction = count / (count - (1 + epsilon));
  const move = (past: number, now: number) => momentum * past + (1 - momentum) * now;
  return {
    mean: map(moving.mean, (past, channel) => move(past, mean.data[channel]!)),
    variance: map(moving.variance, (past, channel) => move(past, variance.data[channel]! * correction)),
  };
}

/** Normalises every group of neighbouring channels of every example by its own mean and variance. */
export function normaliseGroups(
  operand: Tensor,
  gamma: Tensor,
  beta: Tensor,
  groups: number,
  epsilon: number,
): Tensor {
  const [batch, height, width, channels] = operand.shape as [number, number, number, number];
  const perExample = height * width * channels;
  const perGroup = channels / groups;
  const result = zeros(operand.shape);
  for (let example = 0; example < batch; example++) {
    for (let group = 0; group < groups; group++) {
      const indices: number[] = [];
      for (let offset = 0; offset < perExample; offset++) {
        if (Math.floor((offset % channels) / perGroup) === group) indices.push(example * perExample + offset);
      }
      const { mean, variance } = momentsOf(indices.map((index) => operand.data[index]!));
      for (const index of indices) {
        const scaled = (operand.data[index]! - mean) / Math.sqrt(variance + epsilon);
        result.data[index] = gamma.data[index % channels]! * scaled + beta.data[index % channels]!;
      }
    }
  }
  return result;
}

/** Normalises the channels of every pixel by their own mean and variance. */
export function normaliseChannels(operand: Tensor, gamma: Tensor, beta: Tensor, epsilon: number): Tensor {
  const channels = operand.shape.at(-1)!;
  const result = zeros(operand.shape);
  for (let start = 0; start < operand.data.length; start += channels) {
    const own = operand.data.subarray(start, start + channels);
    const { mean, variance } = momentsOf(own);
    for (const [c, value] of own.entries()) {
      const scaled = (value - mean) / Math.sqrt(variance + epsilon);
      result.data[start + c] = gamma.data[c]! * scaled + beta.data[c]!;
    }
  }
  return result;
}

function momentsOf(values: ArrayLike<number>): Moments {
  const list = Array.from(values);
  const mean = list.reduce((sum, value) => sum + value, 0) / list.length;
  const variance = list.reduce((sum, value) => sum + (value - mean) ** 2, 0) / list.length;
  return { mean, variance };
}
