import * as tf from '@tensorflow/tfjs-core';
import type { FusedForms } from '../../../compiler/index.ts';
import type { Axes } from './operations/window.ts';

/** What follows batch norm's sums, whatever the moments. */
export interface NormAttributes {
  readonly epsilon: number;
  /** Whether negative results become 0: batch norm and the ReLU behind it in one. */
  readonly rectify: boolean;
}

/** What batch norm works with: `[channels]` each. */
export interface NormWeights {
  readonly gamma: tf.Tensor;
  readonly beta: tf.Tensor;
  readonly mean: tf.Tensor;
  readonly variance: tf.Tensor;
}

/** What follows a convolution in inference. */
export interface Finish {
  /** `[outputs]`. */
  readonly bias: tf.Tensor;
  readonly rectify: boolean;
}

/** RMSprop as in Keras. */
export interface RmspropPace {
  readonly lr: number;
  readonly rho: number;
  readonly epsilon: number;
}

/** One weight in RMSprop: the mean of its gradient's squares moves along with it. */
export interface RmspropState {
  readonly weight: tf.Tensor;
  readonly meanSquare: tf.Tensor;
}

/**
 * What engines compute each in a way of their own. All maps are `[batch, height, width, channels]`, kernels
 * `[rows, columns, in, out]`. None of these has a gradient: operations are made of them, forward and backward.
 */
export interface Primitives {
  /** Convolution. */
  slide(x: tf.Tensor, kernel: tf.Tensor, axes: Axes): tf.Tensor;
  /** The same with a bias per output, and a ReLU where asked: for inference. */
  slideFinished(x: tf.Tensor, kernel: tf.Tensor, axes: Axes, finish: Finish): tf.Tensor;
  /** The gradient of {@link slide} for the map, which is also its transpose. */
  spread(dy: tf.Tensor, kernel: tf.Tensor, axes: Axes): tf.Tensor;
  /** Its gradient for the kernel. */
  correlate(x: tf.Tensor, dy: tf.Tensor, axes: Axes): tf.Tensor;
  /** Mean and variance (with n below) of each channel, `[channels]`, and the map normalised by them. */
  normaliseBatch(
    x: tf.Tensor,
    weights: Pick<NormWeights, 'gamma' | 'beta'>,
    attributes: NormAttributes,
  ): Readonly<Record<'y' | 'mean' | 'variance', tf.Tensor>>;
  /** `gamma · (x − mean) / √(variance + epsilon) + beta`. */
  normalise(x: tf.Tensor, weights: NormWeights, attributes: NormAttributes): tf.Tensor;
  /** Its gradients, where the moments are those of `x`. */
  gradeNorm(
    x: tf.Tensor,
    dy: tf.Tensor,
    weights: NormWeights,
    attributes: NormAttributes,
  ): Readonly<Record<'x' | 'gamma' | 'beta', tf.Tensor>>;
  /** The largest value of every window. */
  maxPool(x: tf.Tensor, axes: Axes): tf.Tensor;
  /** Its gradient, which goes to the first of a window's largest. */
  gradeMaxPool(x: tf.Tensor, dy: tf.Tensor, axes: Axes): tf.Tensor;
  /** `out[h·f + i, w·f + j, k] = in[h, w, (i·f + j)·K + k]`. */
  depthToSpace(x: tf.Tensor, factor: number): tf.Tensor;
  spaceToDepth(x: tf.Tensor, factor: number): tf.Tensor;
  /** Maps behind each other along their channels, and apart again. */
  concatenate(maps: readonly tf.Tensor[]): tf.Tensor;
  split(map: tf.Tensor, channels: readonly number[]): readonly tf.Tensor[];
  /** The sum of tensors of one shape. */
  sum(tensors: readonly tf.Tensor[]): tf.Tensor;
  /** `dy` where `x` is positive, 0 elsewhere. */
  gradeRelu(x: tf.Tensor, dy: tf.Tensor): tf.Tensor;
  /** `a ← ρa + (1 − ρ)g²; p ← p − lr·g / (√a + ε)` of each weight, in new tensors. */
  rmsprop(
    states: readonly RmspropState[],
    gradients: readonly tf.Tensor[],
    pace: RmspropPace,
  ): readonly RmspropState[];
  /** Whether all values of all tensors are finite; those whose squares are not may count as not finite. */
  areFinite(tensors: readonly tf.Tensor[]): boolean;
}

/** How a backend of TensorFlow.js runs networks. */
export interface Engine {
  readonly primitives: Primitives;
  readonly fused: FusedForms;
}

const table = new Map<string, Engine>();

export function registerEngine(backendName: string, engine: Engine): void {
  table.set(backendName, engine);
}

/** How the backend that is open computes primitives. */
export function primitives(): Primitives {
  return openedEngine().primitives;
}

/** How the backend that is open runs networks. */
export function openedEngine(): Engine {
  const found = table.get(tf.getBackend());
  if (found === undefined) throw new Error(`${tf.getBackend()} has not been opened`);
  return found;
}
