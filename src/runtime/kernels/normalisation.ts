import type * as tf from '@tensorflow/tfjs-core';
import { bits, type Kernels } from './kernels.ts';
import { blockSize } from './memory.ts';

/** Mean and variance (with n below) of every channel over all other axes: `[channels]` each. */
export interface Moments {
  readonly mean: tf.Tensor;
  readonly variance: tf.Tensor;
}

/** What batch norm does with a map whose moments are known. */
export interface Norm extends Moments {
  /** `[channels]` each. */
  readonly gamma: tf.Tensor;
  readonly beta: tf.Tensor;
  readonly epsilon: number;
  /** Whether negative results become 0. */
  readonly rectify: boolean;
}

/** The moments of a map `[…, channels]`. */
export function measure(kernels: Kernels, x: tf.Tensor): Moments {
  const { pixels, channels, block, items } = blocksOf(x);
  const mean = kernels.create<tf.Rank.R1>([channels]);
  const variance = kernels.create<tf.Rank.R1>([channels]);
  kernels.lend(items * channels * 8, (moments) => {
    kernels.run('measure', [kernels.addressOf(x), moments, pixels, channels, block], items);
    const addresses = [kernels.addressOf(mean), kernels.addressOf(variance)];
    kernels.run('combineMoments', [moments, ...addresses, pixels, channels, block], Math.ceil(channels / 8));
  });
  return { mean, variance };
}

/** `gamma · (x − mean) / √(variance + epsilon) + beta`. */
export function normalise<T extends tf.Tensor>(kernels: Kernels, x: T, norm: Norm): T {
  const { channels, items } = blocksOf(x);
  const y = kernels.create(x.shape);
  kernels.run('normalise', [...fieldsOf(kernels, x, norm), kernels.addressOf(y)], items, channels * 4);
  return y as T;
}

/** The gradients of batch norm, where the moments are those of `x` itself. */
export interface NormGradients<T extends tf.Tensor> {
  readonly x: T;
  readonly gamma: tf.Tensor1D;
  readonly beta: tf.Tensor1D;
}

/** The gradients of {@link normalise} by the moments that {@link measure} gives. */
export function gradeNorm<T extends tf.Tensor>(kernels: Kernels, x: T, dy: T, norm: Norm): NormGradients<T> {
  const { channels, items } = blocksOf(x);
  const gamma = kernels.create<tf.Rank.R1>([channels]);
  const beta = kernels.create<tf.Rank.R1>([channels]);
  const dx = kernels.create(x.shape);
  kernels.lend((items + 1) * channels * 8, (means) => {
    const values = [
      ...fieldsOf(kernels, x, norm),
      ...[kernels.addressOf(dy), means + channels * 8, means],
      ...[gamma, beta, dx].map((tensor) => kernels.addressOf(tensor)),
    ];
    kernels.run('sumGradients', values, items, channels * 4);
    kernels.run('combineGradients', values, Math.ceil(channels / 8));
    kernels.run('spreadGradients', values, items, channels * 4);
  });
  return { x: dx as T, gamma, beta };
}

/** What all kernels of batch norm begin with. */
function fieldsOf(kernels: Kernels, x: tf.Tensor, norm: Norm): readonly number[] {
  const { pixels, channels, block } = blocksOf(x);
  const { gamma, beta, mean, variance, epsilon, rectify } = norm;
  return [
    ...[x, gamma, beta, mean, variance].map((tensor) => kernels.addressOf(tensor)),
    ...[bits(epsilon), rectify ? 1 : 0, pixels, channels, block],
  ];
}

/** How a map falls into items of about the same size, whatever the number of threads. */
function blocksOf(x: tf.Tensor) {
  const channels = x.shape.at(-1)!;
  const pixels = x.size / channels;
  const block = Math.max(1, Math.floor(blockSize / channels));
  return { pixels, channels, block, items: Math.ceil(pixels / block) };
}
