import type { Span } from '../source/span.ts';
import type { Padding, Shape } from './shape.ts';

/** A pair of sizes or rates, `[rows, columns]`. */
export type Pair = readonly [number, number];

/** How a weight starts. Random ones are drawn from the run's seed and the weight's name, so no weight depends on another. */
export type Initializer = 'glorot_uniform' | 'glorot_normal' | 'he_uniform' | 'he_normal' | 'zeros' | 'ones';

/** A named array of numbers that training changes (or, when not trainable, that statistics change). */
export interface Weight {
  /** The path of its layer and its role, such as `encoder/f1/chain.2/conv/kernel`. */
  readonly name: string;
  /** Kernel of a convolution: `[rows, columns, input channels / groups, channels]`; the TensorFlow order throughout. */
  readonly shape: Shape;
  readonly initializer: Initializer;
  /** How many times what is drawn repeats along the last axis, which it then divides; absent for once. */
  readonly copies?: number;
  readonly trainable: boolean;
}

/** An axis of a map. */
export type MapAxis = 'height' | 'width' | 'channels';

/** The attributes that all convolutions have. */
interface Convolution {
  readonly kernel: Pair;
  readonly stride: Pair;
  readonly padding: Padding;
  readonly bias: boolean;
  readonly init: Initializer;
}

interface AtrousConvolution extends Convolution {
  readonly rate: Pair;
}

/**
 * The attributes of every operation: constants of the graph, with all defaults filled in.
 * The operations' operands, weights, shape rules and documentation are in `operations.ts`.
 */
export interface Attributes {
  input: { readonly name: string };
  conv: AtrousConvolution & {
    readonly channels: number;
    readonly groups: number;
    readonly icnr: number;
  };
  depthwise_conv: AtrousConvolution & { readonly multiplier: number };
  separable_conv: AtrousConvolution & { readonly channels: number; readonly multiplier: number };
  conv_transpose: Convolution & { readonly channels: number };
  batch_norm: { readonly momentum: number; readonly epsilon: number; readonly scale: boolean };
  group_norm: { readonly groups: number; readonly epsilon: number };
  instance_norm: { readonly epsilon: number };
  layer_norm: { readonly epsilon: number };
  relu: Record<never, never>;
  leaky_relu: { readonly slope: number };
  elu: { readonly alpha: number };
  swish: Record<never, never>;
  gelu: Record<never, never>;
  sigmoid: Record<never, never>;
  softmax: Record<never, never>;
  softmax_along: { readonly axis: MapAxis };
  attention: { readonly heads: number; readonly bias: boolean; readonly init: Initializer };
  stop_gradient: Record<never, never>;
  max_pool: { readonly size: Pair; readonly stride: Pair; readonly padding: Padding };
  max_unpool: Record<never, never>;
  avg_pool: { readonly size: Pair; readonly stride: Pair; readonly padding: Padding };
  global_avg_pool: Record<never, never>;
  global_max_pool: Record<never, never>;
  dense: { readonly units: number; readonly bias: boolean; readonly init: Initializer };
  dropout: { readonly rate: number };
  flatten: Record<never, never>;
  concat: Record<never, never>;
  add: Record<never, never>;
  subtract: Record<never, never>;
  multiply: Record<never, never>;
  affine: { readonly factor: number; readonly shift: number };
  matmul: Record<never, never>;
  transpose: Record<never, never>;
  reshape: { readonly height: number; readonly width: number };
  depth_to_space: { readonly factor: number };
  space_to_depth: { readonly factor: number };
  resize: { readonly height: number; readonly width: number; readonly method: 'bilinear' | 'nearest' };
  pad: { readonly top: number; readonly bottom: number; readonly left: number; readonly right: number };
  slice: { readonly begin: number; readonly count: number; readonly axis: MapAxis };
  crop: { readonly top: number; readonly bottom: number; readonly left: number; readonly right: number };
}

export type OperationName = keyof Attributes;

/** Where a node comes from. Every node has one. */
export interface Origin {
  /** Stage, bindings and steps that lead here, such as `encoder/f1/chain.2/conv`. Unique per node. */
  readonly path: string;
  /** The call that made it. */
  readonly span: Span;
  /** The calls of blocks around it, innermost first: for notes such as "at `encoder/f4/chain.2`". */
  readonly within: readonly { readonly block: string; readonly path: string; readonly span: Span }[];
  /**
   * Where attributes were decided, by name: the argument of the call or, when that only hands a block's parameter on,
   * the argument of the block's call, such as `rate = r` of `Unit(width, rate = r)`. Diagnostics point there.
   */
  readonly decided?: Readonly<Record<string, Span>>;
}

/** One operation applied once. Nodes that share weights name the same weights. */
export interface NodeOf<O extends OperationName> {
  /** Its place in `graph.nodes`. */
  readonly id: number;
  readonly op: O;
  /** Ids of the nodes that it reads; all smaller than `id`. */
  readonly operands: readonly number[];
  readonly attributes: Attributes[O];
  /** Names of its weights in the order of the operation's table entry. */
  readonly weights: readonly string[];
  /** Of one example, without the batch axis. */
  readonly shape: Shape;
  /**
   * Names the layer that owns the weights; equal to `origin.path` unless the layer is shared,
   * in which case all its nodes carry the path of the layer's declaration.
   */
  readonly layer: string;
  readonly origin: Origin;
}

export type Node = { readonly [O in OperationName]: NodeOf<O> }[OperationName];

/**
 * `mask`: a map of probabilities with the input's height and width. `label`: class probabilities. `value`: a number that
 * is measured, such as an ejection fraction.
 */
export type HeadKind = 'mask' | 'label' | 'value';

export interface Head {
  readonly name: string;
  readonly kind: HeadKind;
  /** The node whose value it is. */
  readonly node: number;
  /** The head's name in its declaration. */
  readonly span: Span;
}

/** A network with every block inlined and every shape known: nodes in topological order, weights and heads. Immutable. */
export interface Graph {
  readonly name: string;
  /** The network's parameters as printed, such as `width` → `16`; for people, not for identity. */
  readonly parameters: readonly { readonly name: string; readonly value: string }[];
  readonly nodes: readonly Node[];
  readonly weights: ReadonlyMap<string, Weight>;
  readonly heads: readonly Head[];
}

/** A table with one entry per operation; leaving one out is a compile error. */
export type PerOperation<R> = { readonly [O in OperationName]: R };

/** A function per operation. */
export type PerNode<R, Context = undefined> = {
  readonly [O in OperationName]: (node: NodeOf<O>, context: Context) => R;
};
