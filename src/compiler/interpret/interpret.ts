import { erf } from '../ir/error-function.ts';
import type { Graph, Node, NodeOf, OperationName, PerNode } from '../ir/graph.ts';
import { makesProbabilities } from '../ir/logits.ts';
import { sliceAxis } from '../ir/operations/resolution.ts';
import { formatShape } from '../ir/shape.ts';
import { addBias, convolve, convolveDepthwise, convolveTransposed } from './convolution.ts';
import { drop, matrixProduct, meet, sigmoid, softmax } from './elementwise.ts';
import { attend, exchanged, rowProducts, softmaxAlong } from './matrices.ts';
import {
  batchStatistics,
  movedAverages,
  normalise,
  normaliseChannels,
  normaliseGroups,
} from './normalisation.ts';
import { pool, poolWhole, unpool } from './pooling.ts';
import type { Random } from './random.ts';
import { border, concatenate, depthToSpace, part, resize, spaceToDepth } from './rearrangement.ts';
import { map, type Tensor, tensor } from './tensor.ts';

/** `training` normalises by the batch and drops values by the numbers of a random stream. */
export type Mode = { readonly kind: 'inference' } | { readonly kind: 'training'; readonly random: Random };

export interface Interpretation {
  /** The value of every node, by id. */
  readonly values: readonly Tensor[];
  /** The value of every head, by name. */
  readonly heads: ReadonlyMap<string, Tensor>;
  /** What the sigmoid or softmax at the end of a head was given, by name. */
  readonly logits: ReadonlyMap<string, Tensor>;
  /** All weights after the step: in training, moving averages have moved; nothing else changes. */
  readonly weights: ReadonlyMap<string, Float64Array>;
}

/**
 * Computes a network from its definition, in double precision, slowly: the meaning of the language, which every engine
 * and every pass must reproduce. `image` is `[batch, height, width, channels]`.
 */
export function interpret(
  graph: Graph,
  weights: ReadonlyMap<string, Float64Array>,
  image: Tensor,
  mode: Mode = { kind: 'inference' },
): Interpretation {
  const declared = graph.nodes[0]!.shape;
  if (formatShape(image.shape.slice(1)) !== formatShape(declared)) {
    throw new Error(
      `the image is ${formatShape(image.shape.slice(1))}, the network takes ${formatShape(declared)}`,
    );
  }
  const current = new Map(weights);
  const values: Tensor[] = [];
  for (const node of graph.nodes) {
    const step: Step = {
      operands: node.operands.map((id) => values[id]!),
      weights: node.weights.map((name) => tensor(graph.weights.get(name)!.shape, current.get(name)!)),
      mode,
      assign: (position, value) => current.set(node.weights[position]!, value.data),
    };
    values.push(node.op === 'input' ? image : evaluate(node, step));
  }
  const heads = new Map(graph.heads.map((head) => [head.name, values[head.node]!]));
  const logits = graph.heads.flatMap(({ name, node }) => {
    const { op, operands } = graph.nodes[node]!;
    return makesProbabilities(op) ? [[name, values[operands[0]!]!] as const] : [];
  });
  return { values, heads, logits: new Map(logits), weights: current };
}

/** What the definition of an operation reads, and the weights that it may change. */
interface Step {
  readonly operands: readonly Tensor[];
  readonly weights: readonly Tensor[];
  readonly mode: Mode;
  assign(position: number, value: Tensor): void;
}

function evaluate(node: Node, step: Step): Tensor {
  const define = definitions[node.op] as (node: NodeOf<OperationName>, step: Step) => Tensor;
  return define(node, step);
}

const definitions: PerNode<Tensor, Step> = {
  input: () => {
    throw new Error('the input has no definition');
  },
  conv: ({ attributes }, { operands: [x], weights: [kernel, bias] }) =>
    addBias(convolve(x!, kernel!, attributes, attributes.groups), bias),
  depthwise_conv: ({ attributes }, { operands: [x], weights: [kernel, bias] }) =>
    addBias(convolveDepthwise(x!, kernel!, attributes), bias),
  separable_conv: ({ attributes }, { operands: [x], weights: [depthwise, pointwise, bias] }) => {
    const single = { kernel: [1, 1], rate: [1, 1], stride: [1, 1], padding: 'same' } as const;
    return addBias(convolve(convolveDepthwise(x!, depthwise!, attributes), pointwise!, single), bias);
  },
  conv_transpose: ({ attributes, shape }, { operands: [x], weights: [kernel, bias] }) =>
    addBias(convolveTransposed(x!, kernel!, [shape[0]!, shape[1]!], attributes), bias),
  batch_norm: ({ attributes }, { operands: [x], weights, mode, assign }) => {
    const [beta, mean, variance] = weights.slice(-3) as [Tensor, Tensor, Tensor];
    const gamma = attributes.scale ? weights[0]! : map(beta, () => 1);
    if (mode.kind === 'inference') return normalise(x!, gamma, beta, { mean, variance }, attributes.epsilon);
    const batch = batchStatistics(x!);
    const moved = movedAverages({ mean, variance }, batch, attributes);
    assign(weights.length - 2, moved.mean);
    assign(weights.length - 1, moved.variance);
    return normalise(x!, gamma, beta, batch, attributes.epsilon);
  },
  group_norm: ({ attributes }, { operands: [x], weights: [gamma, beta] }) =>
    normaliseGroups(x!, gamma!, beta!, attributes.groups, attributes.epsilon),
  instance_norm: ({ attributes, shape }, { operands: [x], weights: [gamma, beta] }) =>
    normaliseGroups(x!, gamma!, beta!, shape[2]!, attributes.epsilon),
  layer_norm: ({ attributes }, { operands: [x], weights: [gamma, beta] }) =>
    normaliseChannels(x!, gamma!, beta!, attributes.epsilon),
  relu: (_, { operands: [x] }) => map(x!, (value) => Math.max(0, value)),
  leaky_relu: ({ attributes }, { operands: [x] }) =>
    map(x!, (value) => (value < 0 ? attributes.slope * value : value)),
  elu: ({ attributes }, { operands: [x] }) =>
    map(x!, (value) => (value < 0 ? attributes.alpha * Math.expm1(value) : value)),
  swish: (_, { operands: [x] }) => map(x!, (value) => value * sigmoid(value)),
  gelu: (_, { operands: [x] }) => map(x!, (value) => (value / 2) * (1 + erf(value / Math.SQRT2))),
  sigmoid: (_, { operands: [x] }) => map(x!, sigmoid),
  softmax: (_, { operands: [x] }) => softmax(x!),
  softmax_along: ({ attributes, shape }, { operands: [x] }) =>
    softmaxAlong(x!, sliceAxis(shape, attributes.axis) + 1),
  attention: ({ attributes }, { operands: [x], weights }) => attend(x!, weights, attributes),
  stop_gradient: (_, { operands: [x] }) => x!,
  max_pool: ({ attributes }, { operands: [x] }) => pool(x!, attributes, 'largest'),
  max_unpool: (_, { operands: [x, before] }) => unpool(x!, before!),
  avg_pool: ({ attributes }, { operands: [x] }) => pool(x!, attributes, 'mean'),
  global_avg_pool: (_, { operands: [x] }) => poolWhole(x!, 'mean'),
  global_max_pool: (_, { operands: [x] }) => poolWhole(x!, 'largest'),
  dense: (_, { operands: [x], weights: [kernel, bias] }) => addBias(matrixProduct(x!, kernel!), bias),
  dropout: ({ attributes }, { operands: [x], mode }) =>
    mode.kind === 'inference' ? x! : drop(x!, attributes, mode.random),
  flatten: ({ shape }, { operands: [x] }) => ({ shape: [x!.shape[0]!, shape[0]!], data: x!.data }),
  concat: (_, { operands }) => concatenate(operands),
  add: (_, { operands: [left, right] }) => meet(left!, right!, (l, r) => l + r),
  subtract: (_, { operands: [left, right] }) => meet(left!, right!, (l, r) => l - r),
  multiply: (_, { operands: [left, right] }) => meet(left!, right!, (l, r) => l * r),
  affine: ({ attributes: { factor, shift } }, { operands: [x] }) =>
    map(x!, (value) => factor * value + shift),
  matmul: (_, { operands: [left, right] }) => rowProducts(left!, right!),
  transpose: (_, { operands: [x] }) => exchanged(x!),
  reshape: ({ shape }, { operands: [x] }) => ({ shape: [x!.shape[0]!, ...shape], data: x!.data }),
  depth_to_space: ({ attributes }, { operands: [x] }) => depthToSpace(x!, attributes),
  space_to_depth: ({ attributes }, { operands: [x] }) => spaceToDepth(x!, attributes),
  resize: ({ attributes }, { operands: [x] }) => resize(x!, attributes),
  pad: ({ attributes }, { operands: [x] }) => border(x!, attributes),
  slice: ({ attributes, shape }, { operands: [x] }) =>
    part(x!, sliceAxis(shape, attributes.axis) + 1, attributes),
  crop: ({ attributes: { top, bottom, left, right } }, { operands: [x] }) =>
    border(x!, { top: -top, bottom: -bottom, left: -left, right: -right }),
};
