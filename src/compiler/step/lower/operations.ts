import type { Node, NodeOf, OperationName, Pair } from '../../ir/graph.ts';
import { sliceAxis } from '../../ir/operations/resolution.ts';
import { type Padding, windowAxis } from '../../ir/shape.ts';
import type { StepBuilder } from '../builder.ts';
import type { Borders, PoolWindow, Sliding } from '../program.ts';
import { attention } from './attention.ts';
import { batchNorm, groupNorm, layerNorm } from './normalisation.ts';
import type { Lowered, Scope } from './scope.ts';

/** Lowers one node of a network to primitives, and returns its value. */
export function lowerNode(node: Node, scope: Scope, operands: readonly number[]): number {
  const rule = rules[node.op] as (call: Lowered<OperationName>) => number;
  const { builder } = scope;
  return builder.at({ path: node.origin.path, phase: 'forward' }, () =>
    rule({ node: node as NodeOf<OperationName>, scope, builder, operands }),
  );
}

/** What every operation of the language is made of. Gradients follow from the primitives'. */
const rules: { readonly [O in OperationName]: (call: Lowered<O>) => number } = {
  input: ({ node, scope, builder }) => builder.input({ kind: 'images' }, [scope.batch, ...node.shape]),
  conv: (call) => {
    const { node, builder, operands } = call;
    const [kernel, bias] = weightsOf(call);
    const sliding = slidingOf(builder, operands[0]!, node.attributes, node.attributes.groups);
    return addBias(builder, builder.conv(operands[0]!, kernel!, sliding), bias);
  },
  depthwise_conv: (call) => {
    const [kernel, bias] = weightsOf(call);
    return addBias(call.builder, depthwise(call, kernel!), bias);
  },
  separable_conv: (call) => {
    const [kernel, pointwise, bias] = weightsOf(call);
    const between = depthwise(call, kernel!);
    return addBias(call.builder, call.builder.conv(between, pointwise!, pixel), bias);
  },
  conv_transpose: (call) => {
    const { node, builder, operands } = call;
    const [kernel, bias] = weightsOf(call);
    const { stride, padding, kernel: taps } = node.attributes;
    const size = [node.shape[0]!, node.shape[1]!] as const;
    const borders = bordersOf(size, taps, stride, [1, 1], padding);
    const sliding = { stride, rate: [1, 1], padding: borders, groups: 1, size } as const;
    return addBias(builder, builder.convInputGradient(operands[0]!, kernel!, sliding), bias);
  },
  batch_norm: batchNorm,
  group_norm: (call) => groupNorm(call, call.node.attributes.groups, call.node.attributes.epsilon),
  instance_norm: (call) => groupNorm(call, call.node.shape[2]!, call.node.attributes.epsilon),
  layer_norm: layerNorm,
  relu: ({ builder, operands: [x] }) => builder.relu(x!),
  leaky_relu: ({ node, builder, operands: [x] }) => builder.relu(x!, node.attributes.slope),
  // Below zero relu(x) is 0, above it exp(min(x, 0)) − 1 is 0.
  elu: ({ node, builder: b, operands: [x] }) => {
    const below = b.negate(b.relu(b.negate(x!)));
    const decay = b.subtract(b.apply('exp', [below], {}), b.scalar(1));
    return b.add(b.relu(x!), b.scale(decay, node.attributes.alpha));
  },
  swish: ({ builder: b, operands: [x] }) => b.multiply(x!, b.apply('sigmoid', [x!], {})),
  gelu: ({ builder: b, operands: [x] }) => {
    const share = b.add(b.scalar(1), b.apply('erf', [b.scale(x!, Math.SQRT1_2)], {}));
    return b.multiply(b.scale(x!, 0.5), share);
  },
  sigmoid: ({ builder, operands: [x] }) => builder.apply('sigmoid', [x!], {}),
  softmax: ({ builder, operands: [x] }) => builder.apply('softmax', [x!], {}),
  softmax_along: ({ node, builder: b, operands: [x] }) => {
    // The axis last, and back again.
    const place = sliceAxis(node.shape, node.attributes.axis) + 1;
    const order = [0, 1, 2, 3].filter((axis) => axis !== place).concat(place);
    const shares = b.apply('softmax', [b.transpose(x!, order)], {});
    return b.transpose(
      shares,
      order.map((_, axis) => order.indexOf(axis)),
    );
  },
  attention,
  stop_gradient: ({ builder, operands: [x] }) => builder.apply('stop_gradient', [x!], {}),
  max_pool: ({ node, builder, operands: [x] }) =>
    builder.apply('max_pool', [x!], poolWindow(builder, x!, node.attributes)),
  // To put a value where a window's largest stood is what max_pool's gradient does.
  max_unpool: ({ builder, operands: [x, before] }) => {
    const [rows, columns] = mapSize(builder, x!);
    const [height, width] = mapSize(builder, before!);
    const size = [height / rows, width / columns] as const;
    const window = poolWindow(builder, before!, { size, stride: size, padding: 'valid' });
    const largest = builder.apply('max_pool', [before!], window);
    return builder.maxPoolGradient(before!, largest, x!, window);
  },
  avg_pool: ({ node, builder, operands: [x] }) =>
    builder.avgPool(x!, poolWindow(builder, x!, node.attributes)),
  global_avg_pool: ({ node, scope, builder, operands: [x] }) =>
    builder.reshape(builder.mean(x!, [1, 2]), [scope.batch, ...node.shape]),
  global_max_pool: ({ node, scope, builder, operands: [x] }) => {
    const [, height, width] = builder.shape(x!);
    const whole = { size: [height!, width!], stride: [1, 1], padding: 'valid' } as const;
    const largest = builder.apply('max_pool', [x!], poolWindow(builder, x!, whole));
    return builder.reshape(largest, [scope.batch, ...node.shape]);
  },
  dense: (call) => {
    const [kernel, bias] = weightsOf(call);
    return addBias(call.builder, call.builder.matmul(call.operands[0]!, kernel!), bias);
  },
  dropout: ({ node, scope, builder, operands: [x] }) => {
    const { rate } = node.attributes;
    if (scope.mode.kind === 'inference' || rate === 0) return x!;
    return builder.multiply(x!, scope.mask(node.layer, rate, builder.shape(x!)));
  },
  flatten: ({ node, scope, builder, operands: [x] }) => builder.reshape(x!, [scope.batch, ...node.shape]),
  concat: ({ builder, operands }) => builder.concat(operands, builder.shape(operands[0]!).length - 1),
  add: (call) => call.builder.add(...ofOneRank(call)),
  subtract: (call) => call.builder.subtract(...ofOneRank(call)),
  multiply: (call) => call.builder.multiply(...ofOneRank(call)),
  affine: ({ node, builder: b, operands: [x] }) => {
    const { factor, shift } = node.attributes;
    const scaled = factor === 1 ? x! : factor === -1 ? b.negate(x!) : b.scale(x!, factor);
    return shift === 0 ? scaled : b.add(scaled, b.scalar(shift));
  },
  // Every row of every image is a matrix.
  matmul: ({ node, scope, builder: b, operands }) => {
    const [left, right] = operands.map((id) => {
      const [batch, rows, pixels, channels] = b.shape(id) as [number, number, number, number];
      return b.reshape(id, [batch * rows, pixels, channels]);
    });
    return b.reshape(b.matmul(left!, right!), [scope.batch, ...node.shape]);
  },
  transpose: ({ builder, operands: [x] }) => builder.transpose(x!, [0, 1, 3, 2]),
  reshape: ({ node, scope, builder, operands: [x] }) => builder.reshape(x!, [scope.batch, ...node.shape]),
  space_to_depth: ({ node, builder, operands: [x] }) => builder.spaceToDepth(x!, node.attributes.factor),
  depth_to_space: ({ node, builder, operands: [x] }) => builder.depthToSpace(x!, node.attributes.factor),
  resize: ({ node, builder, operands: [x] }) => builder.resize(x!, node.attributes),
  pad: ({ node, builder, operands: [x] }) => {
    const { top, bottom, left, right } = node.attributes;
    return builder.pad(x!, [0, top, left, 0], [0, bottom, right, 0]);
  },
  slice: ({ node, scope, builder, operands: [x] }) => {
    const { begin, axis } = node.attributes;
    const place = sliceAxis(node.shape, axis) + 1;
    const size = [scope.batch, ...node.shape];
    const first = size.map((_, index) => (index === place ? begin : 0));
    return builder.slice(x!, first, size);
  },
  crop: ({ node, scope, builder, operands: [x] }) => {
    const { top, left } = node.attributes;
    return builder.slice(x!, [0, top, left, 0], [scope.batch, ...node.shape]);
  },
};

function weightsOf({ node, scope }: Lowered<OperationName>): readonly number[] {
  return node.weights.map((name) => scope.weight(name));
}

/** A channel's results follow each other, so that every channel is a group of its own. */
function depthwise(call: Lowered<'depthwise_conv'> | Lowered<'separable_conv'>, kernel: number): number {
  const { node, builder, operands } = call;
  const [rows, columns, channels, results] = builder.shape(kernel) as [number, number, number, number];
  const grouped = builder.reshape(kernel, [rows, columns, 1, channels * results]);
  const sliding = slidingOf(builder, operands[0]!, node.attributes, channels);
  return builder.conv(operands[0]!, grouped, sliding);
}

/** One number per channel, added. */
function addBias(builder: StepBuilder, x: number, bias: number | undefined): number {
  if (bias === undefined) return x;
  const shape = builder.shape(x);
  const row = builder.reshape(bias, [...shape.slice(1).map(() => 1), shape.at(-1)!]);
  return builder.add(x, row);
}

/** Both operands, a vector as a map of one pixel where the other is a map. */
function ofOneRank({ builder, operands }: Lowered<OperationName>): [number, number] {
  const rank = Math.max(...operands.map((id) => builder.shape(id).length));
  return operands.map((id) => asMap(builder, id, rank)) as [number, number];
}

/** `[batch, channels]` as `[batch, 1, 1, channels]` where others are maps. */
function asMap(builder: StepBuilder, x: number, rank: number): number {
  const shape = builder.shape(x);
  return shape.length === rank ? x : builder.reshape(x, [shape[0]!, 1, 1, shape[1]!]);
}

/** A 1×1 convolution. */
const pixel: Sliding = {
  stride: [1, 1],
  rate: [1, 1],
  padding: [
    [0, 0],
    [0, 0],
  ],
  groups: 1,
};

function slidingOf(
  builder: StepBuilder,
  x: number,
  window: { readonly kernel: Pair; readonly stride: Pair; readonly rate: Pair; readonly padding: Padding },
  groups: number,
): Sliding {
  const { kernel, stride, rate, padding } = window;
  return {
    stride,
    rate,
    padding: bordersOf(mapSize(builder, x), kernel, stride, rate, padding),
    groups,
  };
}

function poolWindow(
  builder: StepBuilder,
  x: number,
  { size, stride, padding }: { readonly size: Pair; readonly stride: Pair; readonly padding: Padding },
): PoolWindow {
  return { size, stride, padding: bordersOf(mapSize(builder, x), size, stride, [1, 1], padding) };
}

function bordersOf(size: Pair, kernel: Pair, stride: Pair, rate: Pair, padding: Padding): Borders {
  const along = (axis: 0 | 1): Pair => {
    const { before, after } = windowAxis(size[axis], kernel[axis], stride[axis], rate[axis], padding);
    return [before, after];
  };
  return [along(0), along(1)];
}

function mapSize(builder: StepBuilder, x: number): Pair {
  const [, height, width] = builder.shape(x);
  return [height!, width!];
}
