import { conv2d, conv2d_filter_gradient, conv2d_input_gradient } from './primitives/convolution.ts';
import { constant, input } from './primitives/data.ts';
import {
  add,
  affine,
  all_finite,
  broadcast,
  divide,
  erf,
  exp,
  log,
  log_softmax,
  maximum,
  minimum,
  multiply,
  negate,
  positive,
  relu,
  sigmoid,
  softmax,
  softplus,
  sqrt,
  stop_gradient,
  subtract,
} from './primitives/elementwise.ts';
import type { Primitive } from './primitives/entry.ts';
import { avg_pool, avg_pool_gradient, max_pool, max_pool_gradient } from './primitives/pooling.ts';
import {
  concat,
  depth_to_space,
  pad,
  reshape,
  slice,
  space_to_depth,
  transpose,
} from './primitives/rearrangement.ts';
import { matmul, product_sum, reduce_mean, reduce_sum, variance } from './primitives/reduction.ts';
import { resize, resize_gradient } from './primitives/resize.ts';
import type { PrimitiveName } from './program.ts';

/** Every primitive of a step's program: operands, shape rule, meaning and gradient. */
export const primitives: { readonly [P in PrimitiveName]: Primitive<P> } = {
  input,
  constant,
  add,
  subtract,
  multiply,
  divide,
  maximum,
  minimum,
  negate,
  exp,
  log,
  sqrt,
  sigmoid,
  relu,
  positive,
  softplus,
  erf,
  stop_gradient,
  affine,
  broadcast,
  reduce_sum,
  reduce_mean,
  product_sum,
  variance,
  softmax,
  log_softmax,
  all_finite,
  matmul,
  conv2d,
  conv2d_input_gradient,
  conv2d_filter_gradient,
  max_pool,
  max_pool_gradient,
  avg_pool,
  avg_pool_gradient,
  reshape,
  transpose,
  concat,
  slice,
  pad,
  depth_to_space,
  space_to_depth,
  resize,
  resize_gradient,
};

/** The names of all primitives, in the order of the table. */
export const primitiveNames = Object.keys(primitives) as readonly PrimitiveName[];

/** The table's entry with the types of one primitive forgotten, for code that treats all alike. */
export function primitive(op: PrimitiveName): Primitive {
  return primitives[op] as unknown as Primitive;
}
