import type { Pair } from '../ir/graph.ts';
import type { Shape } from '../ir/shape.ts';

/**
 * A complete step (of training, inference or evaluation) as a flat list of primitive operations on float32 tensors whose
 * shapes, batch included, are all known: what a target lowers to a native graph. Maps are
 * `[batch, height, width, channels]`, kernels `[rows, columns, channels / groups, results]`, as everywhere. Immutable.
 * The primitives' operands, shapes, meaning and gradients are in `primitives.ts`.
 */
export interface StepProgram {
  readonly name: string;
  /** In an order in which they can be computed; the index is the id. Each value is computed once and never changes. */
  readonly values: readonly Value[];
  readonly outputs: readonly Output[];
}

/** One primitive applied once. */
export interface ValueOf<P extends PrimitiveName> {
  /** Its place in `program.values`. */
  readonly id: number;
  readonly op: P;
  /** Ids of the values that it reads; all smaller than `id`. */
  readonly operands: readonly number[];
  readonly attributes: PrimitiveAttributes[P];
  readonly shape: Shape;
  readonly origin: ValueOrigin;
}

export type Value = { readonly [P in PrimitiveName]: ValueOf<P> }[PrimitiveName];

/** Where a value comes from, for people and profiles. */
export interface ValueOrigin {
  /** The path of the network's node, `loss`, `rmsprop` … */
  readonly path: string;
  readonly phase: Phase;
}

/** `recompute`: of the way forward, computed once more for the way back instead of being kept. */
export type Phase = 'forward' | 'loss' | 'recompute' | 'backward' | 'update';

/** What an input carries. */
export type InputRole =
  /** `[batch, height, width, channels]` */
  | { readonly kind: 'images' }
  /** The truth of a head, in the shape of its prediction. */
  | { readonly kind: 'target'; readonly head: string }
  /** The signed distances of a head's pixels to the border of its truth, in pixels, in the shape of its prediction. */
  | { readonly kind: 'distance'; readonly head: string }
  /** A scalar: the learning rate times what the optimizer's step count makes of it; see `stepRate`. */
  | { readonly kind: 'rate' }
  /** A scalar: what moving statistics keep of their past. Only where statistics are recomputed. */
  | { readonly kind: 'momentum' }
  /** A scalar: what kernels keep of themselves before they change; see `keptByDecay`. */
  | { readonly kind: 'decay' }
  /** A scalar: how much the batch's gradients count among those that are averaged; see `StepWish`. */
  | { readonly kind: 'share' }
  /** A scalar: 1 where gradients of batches before are added, else 0. */
  | { readonly kind: 'carried' }
  /** A scalar: what averages of weights keep of their past; see `keptByAverage`. */
  | { readonly kind: 'average' }
  /** A weight of the network, statistics included. */
  | { readonly kind: 'weight'; readonly weight: string }
  /** A running value of the optimizer. */
  | { readonly kind: 'slot'; readonly weight: string; readonly slot: string }
  /**
   * The factors of a dropout layer: 0 with probability `rate`, else `1 / (1 − rate)`. Drawn outside, from the run's seed,
   * the layer, the step and `application`, which counts the layer's applications in one step from 0.
   */
  | { readonly kind: 'mask'; readonly layer: string; readonly application: number; readonly rate: number };

/** What an output is. A weight or slot that the program reads but does not write stays as it is. */
export type OutputRole =
  /** A scalar: the weighted sum of the loss's terms. */
  | { readonly kind: 'loss' }
  /** A scalar: the sum of a head's terms without weights. */
  | { readonly kind: 'head_loss'; readonly head: string }
  /** A scalar: the share of a head's values of which it is surer than any data can make it; see `extremeLogit`. */
  | { readonly kind: 'extreme'; readonly head: string }
  /** A scalar: 1 when all gradients are finite, else 0. */
  | { readonly kind: 'finite' }
  /** The values of a head. */
  | { readonly kind: 'head'; readonly head: string }
  /** `[channels]`: the mean, or the variance, of a node of the network over all other axes. */
  | { readonly kind: 'node_mean' | 'node_variance'; readonly node: number }
  /** A scalar: the sum of the squares of a weight's gradient. */
  | { readonly kind: 'gradient'; readonly weight: string }
  /** The next value of a weight or statistic. */
  | { readonly kind: 'weight'; readonly weight: string }
  /** The next value of a running value of the optimizer. */
  | { readonly kind: 'slot'; readonly weight: string; readonly slot: string };

export interface Output {
  /** Unique among the outputs. */
  readonly name: string;
  readonly role: OutputRole;
  readonly value: number;
}

/** Zeros around a map: `[[top, bottom], [left, right]]`. */
export type Borders = readonly [Pair, Pair];

/** How a kernel moves over a map: output y reads rows `y · stride − padding + tap · rate`. */
export interface Sliding {
  readonly stride: Pair;
  readonly rate: Pair;
  readonly padding: Borders;
  /** Parts that the channels are divided into; `channels` of them is a depthwise convolution. */
  readonly groups: number;
}

/** A window of a pooling; padding never counts. */
export interface PoolWindow {
  readonly size: Pair;
  readonly stride: Pair;
  readonly padding: Borders;
}

type None = Record<never, never>;

/** The attributes of every primitive. */
export interface PrimitiveAttributes {
  input: { readonly name: string; readonly role: InputRole; readonly shape: Shape };
  /** `values` in row-major order; a single value fills the shape. */
  constant: { readonly shape: Shape; readonly values: readonly number[] };
  add: None;
  subtract: None;
  multiply: None;
  divide: None;
  maximum: None;
  minimum: None;
  negate: None;
  exp: None;
  log: None;
  sqrt: None;
  sigmoid: None;
  softplus: None;
  erf: None;
  stop_gradient: None;
  /** `slope` is what negative values are multiplied by; 0 in a plain ReLU. */
  relu: { readonly slope: number };
  /** `below` is what values that are not above 0 become. */
  positive: { readonly below: number };
  /** `rectify` is the slope of the ReLU that follows; null without one. */
  affine: { readonly rectify: number | null };
  broadcast: { readonly shape: Shape };
  reduce_sum: { readonly axes: readonly number[] };
  reduce_mean: { readonly axes: readonly number[] };
  product_sum: { readonly axes: readonly number[] };
  variance: { readonly axes: readonly number[] };
  softmax: None;
  log_softmax: None;
  all_finite: None;
  matmul: { readonly transpose: readonly [boolean, boolean] };
  conv2d: Sliding;
  conv2d_input_gradient: Sliding & { readonly size: Pair };
  conv2d_filter_gradient: Sliding & { readonly kernel: Pair };
  max_pool: PoolWindow;
  max_pool_gradient: PoolWindow;
  avg_pool: PoolWindow;
  avg_pool_gradient: PoolWindow & { readonly operand: Pair };
  reshape: { readonly shape: Shape };
  transpose: { readonly permutation: readonly number[] };
  concat: { readonly axis: number };
  slice: { readonly begin: Shape; readonly size: Shape };
  pad: { readonly before: Shape; readonly after: Shape };
  depth_to_space: { readonly factor: number };
  space_to_depth: { readonly factor: number };
  resize: ResizeAttributes;
  resize_gradient: ResizeAttributes;
}

/** Sizes are of the result. */
interface ResizeAttributes {
  readonly height: number;
  readonly width: number;
  readonly method: 'bilinear' | 'nearest';
}

export type PrimitiveName = keyof PrimitiveAttributes;
