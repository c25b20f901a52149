import type { Attributes, NodeOf, OperationName } from '../../ir/graph.ts';
import type { Shape } from '../../ir/shape.ts';

/** A value of Python. */
export type Literal = number | boolean | string | readonly number[];

/** What an operation is called with, by name; `default` is not written. */
export interface Argument {
  readonly name: string;
  readonly value: Literal;
  readonly default?: Literal;
}

/** How a weight is stored in PyTorch. */
export interface StoredWeight {
  /** Within its module: `weight`, `depthwise.weight`. */
  readonly name: string;
  /** The axes of the language's weight in PyTorch's order; null for the same. */
  readonly order: readonly number[] | null;
  /** The axes that are then joined: depthwise kernels lie by channel and multiplier. */
  readonly joined?: true;
}

/** What an operation is in Python. */
export interface Form<O extends OperationName> {
  /** A class of `nn` or of `layers.py` whose object owns the weights; a function otherwise. */
  readonly module: boolean;
  /** `Conv`, `nn.Dropout`, `F.relu`. */
  readonly callable: string;
  /** Of the constructor, or of the function behind its tensors. Those before the first that is named are positional. */
  readonly arguments: (attributes: Attributes[O], operands: readonly Shape[]) => readonly Argument[];
  /** In the order of the operation's weights. */
  readonly weights?: (attributes: Attributes[O]) => readonly StoredWeight[];
}

const nothing = () => [];
const named = (name: string, value: Literal, usual?: Literal): Argument => ({
  name,
  value,
  ...(usual !== undefined && { default: usual }),
});
const channelsOf = (operands: readonly Shape[]) => operands[0]!.at(-1)!;
const fn = <O extends OperationName>(callable: string, given: Form<O>['arguments'] = nothing): Form<O> => ({
  module: false,
  callable,
  arguments: given,
});
const kernel = (order: readonly number[], name = 'weight'): StoredWeight => ({ name, order });
const bias = (has: boolean, name = 'bias'): readonly StoredWeight[] => (has ? [{ name, order: null }] : []);
/** How the window of an atrous convolution moves. */
const sliding = (a: Pick<Attributes['conv'], 'kernel' | 'rate' | 'stride'>) => [
  named('kernel', a.kernel, [3, 3]),
  named('rate', a.rate, [1, 1]),
  named('stride', a.stride, [1, 1]),
];
const scaleAndShift = () => [
  { name: 'weight', order: null },
  { name: 'bias', order: null },
];

/** Every operation of the language in Python. */
export const forms: { readonly [O in Exclude<OperationName, 'input'>]: Form<O> } = {
  conv: {
    module: true,
    callable: 'Conv',
    arguments: (a, operands) => [
      named('in_channels', channelsOf(operands)),
      named('channels', a.channels),
      ...sliding(a),
      named('groups', a.groups, 1),
      named('padding', a.padding, 'same'),
      named('bias', a.bias, true),
    ],
    weights: (a) => [kernel([3, 2, 0, 1]), ...bias(a.bias)],
  },
  depthwise_conv: {
    module: true,
    callable: 'DepthwiseConv',
    arguments: (a, operands) => [
      named('in_channels', channelsOf(operands)),
      ...sliding(a),
      named('multiplier', a.multiplier, 1),
      named('padding', a.padding, 'same'),
      named('bias', a.bias, true),
    ],
    weights: (a) => [{ ...kernel([2, 3, 0, 1]), joined: true }, ...bias(a.bias)],
  },
  separable_conv: {
    module: true,
    callable: 'SeparableConv',
    arguments: (a, operands) => [
      named('in_channels', channelsOf(operands)),
      named('channels', a.channels),
      ...sliding(a),
      named('multiplier', a.multiplier, 1),
      named('padding', a.padding, 'same'),
      named('bias', a.bias, true),
    ],
    weights: (a) => [
      { ...kernel([2, 3, 0, 1], 'depthwise.weight'), joined: true },
      kernel([3, 2, 0, 1], 'pointwise.weight'),
      ...bias(a.bias, 'pointwise.bias'),
    ],
  },
  conv_transpose: {
    module: true,
    callable: 'ConvTranspose',
    arguments: (a, operands) => [
      named('in_channels', channelsOf(operands)),
      named('channels', a.channels),
      named('kernel', a.kernel, [2, 2]),
      named('stride', a.stride, [2, 2]),
      named('padding', a.padding, 'same'),
      named('bias', a.bias, true),
    ],
    weights: (a) => [kernel([3, 2, 0, 1]), ...bias(a.bias)],
  },
  batch_norm: {
    module: true,
    callable: 'BatchNorm',
    arguments: (a, operands) => [
      named('channels', channelsOf(operands)),
      named('momentum', a.momentum, 0.99),
      named('epsilon', a.epsilon, 0.001),
      named('scale', a.scale, true),
    ],
    weights: (a) =>
      [...(a.scale ? ['weight'] : []), 'bias', 'running_mean', 'running_var'].map((name) => ({
        name,
        order: null,
      })),
  },
  group_norm: {
    module: true,
    callable: 'nn.GroupNorm',
    arguments: (a, operands) => [
      named('groups', a.groups),
      named('channels', channelsOf(operands)),
      named('eps', a.epsilon, 1e-5),
    ],
    weights: scaleAndShift,
  },
  instance_norm: {
    module: true,
    callable: 'InstanceNorm',
    arguments: (a, operands) => [named('channels', channelsOf(operands)), named('epsilon', a.epsilon, 0.001)],
    weights: scaleAndShift,
  },
  layer_norm: {
    module: true,
    callable: 'LayerNorm',
    arguments: (a, operands) => [named('channels', channelsOf(operands)), named('epsilon', a.epsilon, 0.001)],
    weights: scaleAndShift,
  },
  dense: {
    module: true,
    callable: 'nn.Linear',
    arguments: (a, operands) => [
      named('in_features', channelsOf(operands)),
      named('units', a.units),
      named('bias', a.bias, true),
    ],
    weights: (a) => [kernel([1, 0]), ...bias(a.bias)],
  },
  attention: {
    module: true,
    callable: 'Attention',
    arguments: (a, operands) => [
      named('channels', channelsOf(operands)),
      named('heads', a.heads),
      named('bias', a.bias, true),
    ],
    weights: (a) =>
      ['query', 'key', 'value', 'output'].flatMap((name) => [
        kernel([1, 0], `${name}.weight`),
        ...bias(a.bias, `${name}.bias`),
      ]),
  },
  dropout: { module: true, callable: 'nn.Dropout', arguments: (a) => [named('rate', a.rate)] },
  relu: fn('F.relu'),
  leaky_relu: fn('F.leaky_relu', (a) => [named('slope', a.slope)]),
  elu: fn('F.elu', (a) => [named('alpha', a.alpha, 1)]),
  swish: fn('F.silu'),
  gelu: fn('F.gelu'),
  sigmoid: fn('torch.sigmoid'),
  softmax: fn('torch.softmax', () => [named('dim', 1)]),
  softmax_along: fn('torch.softmax', (a) => [named('dim', { channels: 1, height: 2, width: 3 }[a.axis])]),
  stop_gradient: fn('torch.Tensor.detach'),
  max_pool: fn('max_pool', (a) => [
    named('size', a.size),
    named('stride', a.stride),
    named('padding', a.padding, 'same'),
  ]),
  avg_pool: fn('avg_pool', (a) => [
    named('size', a.size),
    named('stride', a.stride),
    named('padding', a.padding, 'same'),
  ]),
  max_unpool: fn('max_unpool'),
  global_avg_pool: fn('torch.mean', () => [named('dim', [2, 3])]),
  global_max_pool: fn('torch.amax', () => [named('dim', [2, 3])]),
  flatten: fn('flatten'),
  concat: fn('torch.cat'),
  add: fn('add'),
  subtract: fn('subtract'),
  multiply: fn('multiply'),
  affine: fn('affine', (a) => [named('factor', a.factor, 1), named('shift', a.shift, 0)]),
  matmul: fn('matmul'),
  transpose: fn('transpose'),
  reshape: fn('reshape', (a) => [named('height', a.height), named('width', a.width)]),
  depth_to_space: fn('depth_to_space', (a) => [named('factor', a.factor)]),
  space_to_depth: fn('space_to_depth', (a) => [named('factor', a.factor)]),
  resize: fn('resize', (a) => [
    named('height', a.height),
    named('width', a.width),
    named('method', a.method, 'bilinear'),
  ]),
  pad: fn('pad', (a) => (['top', 'bottom', 'left', 'right'] as const).map((side) => named(side, a[side], 0))),
  crop: fn('crop', (a) =>
    (['top', 'bottom', 'left', 'right'] as const).map((side) => named(side, a[side], 0)),
  ),
  slice: fn('part', (a) => [
    named('begin', a.begin),
    named('count', a.count),
    named('axis', a.axis, 'channels'),
  ]),
};

/** What a node's operation is in Python. */
export function formOf(node: NodeOf<OperationName>): Form<OperationName> {
  if (node.op === 'input') throw new Error('the image has no form');
  return forms[node.op as Exclude<OperationName, 'input'>] as unknown as Form<OperationName>;
}
