import type { Attributes, OperationName, Pair } from './graph.ts';
import {
  elu,
  gelu,
  leaky_relu,
  relu,
  sigmoid,
  softmax,
  softmax_along,
  stop_gradient,
  swish,
} from './operations/activation.ts';
import { attention } from './operations/attention.ts';
import { add, affine, concat, multiply, subtract } from './operations/combining.ts';
import { conv, conv_transpose, depthwise_conv, separable_conv } from './operations/convolution.ts';
import { noMultiplyAdds, noWeights, type Operation, type Parameter } from './operations/entry.ts';
import { matmul, reshape, transpose } from './operations/matrices.ts';
import { batch_norm, group_norm, instance_norm, layer_norm } from './operations/normalisation.ts';
import { avg_pool, global_avg_pool, global_max_pool, max_pool, max_unpool } from './operations/pooling.ts';
import { crop, depth_to_space, pad, resize, slice, space_to_depth } from './operations/resolution.ts';
import { dense, dropout, flatten } from './operations/vectors.ts';

/** The image itself. Its shape is declared, not inferred. */
const input: Operation<'input'> = {
  summary: 'The image that the network is given.',
  notation: 'statement',
  operands: 'none',
  parameters: [],
  shape: () => [],
  weights: noWeights,
  multiplyAdds: noMultiplyAdds,
  kept: [],
  example: 'input image: [256, 224, 1]',
};

/** Every operation of the language: signature, shape rule, weights, cost and documentation. */
export const operations: { readonly [O in OperationName]: Operation<O> } = {
  input,
  conv,
  depthwise_conv,
  separable_conv,
  conv_transpose,
  batch_norm,
  group_norm,
  instance_norm,
  layer_norm,
  relu,
  leaky_relu,
  elu,
  swish,
  gelu,
  sigmoid,
  softmax,
  softmax_along,
  attention,
  stop_gradient,
  max_pool,
  max_unpool,
  avg_pool,
  global_avg_pool,
  global_max_pool,
  dense,
  dropout,
  flatten,
  concat,
  add,
  subtract,
  multiply,
  affine,
  matmul,
  transpose,
  reshape,
  depth_to_space,
  space_to_depth,
  resize,
  pad,
  slice,
  crop,
};

/** The names of all operations, in the order of the table. */
export const operationNames = Object.keys(operations) as readonly OperationName[];

/** The table's entry with the types of one operation forgotten, for code that treats all alike. */
export function operation(op: OperationName): Operation {
  return operations[op] as unknown as Operation;
}

/** The value of an argument, evaluated. A pair may be given as one int for both axes. */
export type ArgumentValue = number | boolean | string | readonly number[];

/**
 * All attributes of an operation from the arguments given by name, defaults filled in and pairs written out.
 * Names, types, bounds and required arguments have been checked.
 */
export function completeAttributes<O extends OperationName>(
  op: O,
  given: Readonly<Record<string, ArgumentValue>>,
): Attributes[O] {
  const complete: Record<string, ArgumentValue> = {};
  for (const parameter of operation(op).parameters as readonly Parameter[]) {
    const { name, type } = parameter;
    const otherwise = parameter.default;
    const value = given[name] ?? (typeof otherwise === 'object' ? complete[otherwise.sameAs] : otherwise);
    if (value === undefined) throw new Error(`\`${op}\` was given no \`${name}\``);
    complete[name] = type.kind === 'pair' && typeof value === 'number' ? ([value, value] as Pair) : value;
  }
  return complete as unknown as Attributes[O];
}

/** The call as documentation shows it: `conv(channels, kernel = 3, …)`. */
export function formatSignature(op: OperationName): string {
  const parameters = (operation(op).parameters as readonly Parameter[]).map((parameter) => {
    const value = parameter.default;
    if (value === undefined) return parameter.name;
    const text =
      typeof value === 'object' ? value.sameAs : typeof value === 'string' ? `"${value}"` : String(value);
    return `${parameter.name} = ${text}`;
  });
  return `${op}(${parameters.join(', ')})`;
}
