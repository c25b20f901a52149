import type { PrimitiveName } from '../../step/program.ts';
import type { Rule } from './lowering.ts';
import { conv2d } from './rules/conv2d.ts';
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
} from './rules/elementwise.ts';
import { conv2d_filter_gradient } from './rules/filter-gradient.ts';
import { conv2d_input_gradient } from './rules/input-gradient.ts';
import { avg_pool, avg_pool_gradient, max_pool, max_pool_gradient } from './rules/pooling.ts';
import {
  concat,
  depth_to_space,
  pad,
  reshape,
  slice,
  space_to_depth,
  transpose,
} from './rules/rearrangement.ts';
import { matmul, product_sum, reduce_mean, reduce_sum, variance } from './rules/reduction.ts';
import { resize, resize_gradient } from './rules/resize.ts';

/** The primitives that come from outside or stand for themselves: `emit.ts` places them. */
type Placed = 'input' | 'constant';

/** How every primitive becomes operators of ONNX. */
export const rules: { readonly [P in Exclude<PrimitiveName, Placed>]: Rule<P> } = {
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
