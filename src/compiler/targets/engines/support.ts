import type { Node, NodeOf, OperationName, PerNode } from '../../ir/graph.ts';
import {
  fusedFormsOf,
  type LayerEngine,
  type PrimitiveName,
  type Provider,
  providerOf,
} from './capabilities.ts';
import type { EngineName } from './names.ts';

/**
 * What a layer computes with: primitives, which every engine provides in its own way, or operations of TensorFlow.js,
 * as they are (`stock`) or put together (`composed`), on every engine alike.
 */
type Part = PrimitiveName | 'stock' | 'composed';

/** How the runtime's layers run a node, forward and back. */
export interface Support {
  readonly forward: readonly Part[];
  /** Nothing where the gradient of the result is that of the operands. */
  readonly gradient: readonly Part[];
  /** Whether TensorFlow.js has a layer of this meaning, and it is used. */
  readonly layer?: true;
  /** Why it is not stock, without a full stop; on TensorFlow's library where that is another reason. */
  readonly reason?: string;
  readonly nativeReason?: string;
}

const layer: Support = { forward: ['stock'], gradient: ['stock'], layer: true };

const composed = (reason: string): Support => ({ forward: ['composed'], gradient: ['composed'], reason });

const noFilterGradient = 'stock wasm has no gradient of a filter';
const slowGradients = 'gradients composed of stock operations take four times as long';
const noSuchLayer = 'there is no such stock layer';

/** What the runtime's layers do with each operation; `src/runtime/tf` does what this says, and a test holds it to that. */
export const support: PerNode<Support> = {
  input: () => layer,
  conv: ({ attributes: { rate, groups, bias } }) => ({
    forward: ['slide', ...(groups > 1 || bias ? (['stock'] as const) : [])],
    gradient: ['spread', 'correlate', ...(groups > 1 || bias ? (['composed'] as const) : [])],
    reason:
      groups > 1
        ? 'there are no stock grouped convolutions: one for each group, then joined'
        : Math.max(...rate) > 1
          ? 'stock atrous convolutions have no gradient'
          : noFilterGradient,
    nativeReason: slowGradients,
  }),
  depthwise_conv: () => ({ forward: ['stock'], gradient: ['composed'], reason: noFilterGradient }),
  separable_conv: () => ({
    forward: ['stock', 'slide'],
    gradient: ['composed', 'spread', 'correlate'],
    reason: noFilterGradient,
    nativeReason: slowGradients,
  }),
  conv_transpose: ({ attributes: { bias } }) => ({
    forward: ['spread', ...(bias ? (['stock'] as const) : [])],
    gradient: ['slide', 'correlate', ...(bias ? (['composed'] as const) : [])],
    reason: noFilterGradient,
    nativeReason: slowGradients,
  }),
  batch_norm: () => ({
    forward: ['normaliseBatch'],
    gradient: ['gradeNorm'],
    reason: "stock batch norm's moving variance is biased, where Keras corrects it",
  }),
  group_norm: () => composed(noSuchLayer),
  instance_norm: () => composed(noSuchLayer),
  layer_norm: () => composed(noSuchLayer),
  relu: () => ({ forward: ['stock'], gradient: ['gradeRelu'] }),
  leaky_relu: () => layer,
  elu: () => composed('the stock layer knows no alpha but 1'),
  swish: () => composed(noSuchLayer),
  gelu: () => composed(noSuchLayer),
  sigmoid: () => layer,
  softmax: () => layer,
  softmax_along: () => composed(noSuchLayer),
  attention: () => composed(noSuchLayer),
  stop_gradient: () => ({ forward: ['stock'], gradient: [], reason: noSuchLayer }),
  max_pool: () => ({
    forward: ['maxPool'],
    gradient: ['gradeMaxPool'],
    reason: 'the stock gradient is wrong on wasm',
    nativeReason: 'of equal values the first gets the gradient',
  }),
  max_unpool: () => ({
    forward: ['gradeMaxPool'],
    gradient: ['gradeMaxPool', 'composed'],
    reason: 'it is the gradient of max_pool, the other way round',
  }),
  avg_pool: () => ({
    forward: ['stock'],
    gradient: ['composed'],
    reason: 'the stock gradient is wrong with same padding',
  }),
  global_avg_pool: () => layer,
  global_max_pool: () => layer,
  dense: () => ({ forward: ['stock'], gradient: ['stock'] }),
  dropout: () => composed('masks come from the seed of the run'),
  flatten: () => layer,
  concat: () => ({
    forward: ['concatenate'],
    gradient: ['split'],
    reason: 'the stock one copies value by value on wasm',
    nativeReason: 'one call for all parts',
  }),
  add: () => ({ forward: ['sum'], gradient: [], reason: 'all operands in one pass' }),
  subtract: () => composed('a vector is a number per channel'),
  multiply: () => composed('a vector is a factor per channel'),
  affine: () => composed(noSuchLayer),
  matmul: () => composed(noSuchLayer),
  transpose: () => composed(noSuchLayer),
  reshape: () => composed(noSuchLayer),
  depth_to_space: () => ({
    forward: ['depthToSpace'],
    gradient: ['spaceToDepth'],
    reason: 'the stock one has no gradient',
  }),
  space_to_depth: () => ({
    forward: ['spaceToDepth'],
    gradient: ['depthToSpace'],
    reason: 'there is no such stock operation',
  }),
  resize: () => composed('the stock gradient ignores half pixels'),
  pad: () => layer,
  slice: () => composed(noSuchLayer),
  crop: () => layer,
};

/** How layers run one node. */
export function supportOf(node: Node): Support {
  return (support[node.op] as (node: NodeOf<OperationName>, context: undefined) => Support)(node, undefined);
}

/** Who computes a node on an engine, several in the order of their work. */
export interface Choice {
  readonly forward: readonly Provider[];
  readonly gradient: readonly Provider[];
  readonly reason: string;
}

/** @param absorbed Whether the node is a ReLU that only a batch norm feeds, and the only reader of that. */
export function choiceFor(node: Node, engine: EngineName, absorbed: boolean): Choice {
  if (engine === 'onnx') {
    return {
      forward: ['compiled'],
      gradient: ['compiled'],
      reason: 'part of one program with loss and optimizer',
    };
  }
  const { forward, gradient, reason: usual = '', nativeReason = usual } = supportOf(node);
  const reason = engine === 'tfjs-node' || engine === 'tfjs-node-gpu' ? nativeReason : usual;
  if (absorbed && fusedFormsOf(engine).normRelu) {
    return {
      forward: providersOf(['normaliseBatch'], engine),
      gradient: providersOf(['gradeNorm'], engine),
      reason: 'it is part of the normalisation before it',
    };
  }
  return { forward: providersOf(forward, engine), gradient: providersOf(gradient, engine), reason };
}

function providersOf(parts: readonly Part[], engine: LayerEngine): readonly Provider[] {
  const all = parts.map((part) =>
    part === 'stock' || part === 'composed' ? part : providerOf(part, engine),
  );
  return [...new Set(all)];
}
