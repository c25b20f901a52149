import type { Pair } from '../ir/graph.ts';
import type { Shape } from '../ir/shape.ts';
import type { PoolWindow, PrimitiveAttributes, PrimitiveName, Sliding } from './program.ts';

/** What gradients and lowerings are written in: primitives by name. Values are ids. */
export abstract class PrimitiveBuilder {
  /** Applies a primitive and returns the id of the result. Throws when the operands do not suit it. */
  abstract apply<P extends PrimitiveName>(
    op: P,
    operands: readonly number[],
    attributes: PrimitiveAttributes[P],
  ): number;

  abstract shape(id: number): Shape;

  constant(shape: Shape, values: readonly number[]): number {
    return this.apply('constant', [], { shape, values });
  }
  scalar(value: number): number {
    return this.constant([], [value]);
  }

  add(x: number, y: number): number {
    return this.apply('add', [x, y], {});
  }
  subtract(x: number, y: number): number {
    return this.apply('subtract', [x, y], {});
  }
  multiply(x: number, y: number): number {
    return this.apply('multiply', [x, y], {});
  }
  divide(x: number, y: number): number {
    return this.apply('divide', [x, y], {});
  }
  negate(x: number): number {
    return this.apply('negate', [x], {});
  }
  /** `slope` is what negative values are multiplied by. */
  relu(x: number, slope = 0): number {
    return this.apply('relu', [x], { slope });
  }
  /** 1 where x is above 0, else `below`. */
  positive(x: number, below = 0): number {
    return this.apply('positive', [x], { below });
  }
  sqrt(x: number): number {
    return this.apply('sqrt', [x], {});
  }
  /** `x · factor` by a number. */
  scale(x: number, factor: number): number {
    return this.multiply(x, this.scalar(factor));
  }

  sum(x: number, axes: readonly number[]): number {
    return this.apply('reduce_sum', [x], { axes });
  }
  mean(x: number, axes: readonly number[]): number {
    return this.apply('reduce_mean', [x], { axes });
  }
  productSum(x: number, y: number, axes: readonly number[]): number {
    return this.apply('product_sum', [x, y], { axes });
  }
  broadcast(x: number, shape: Shape): number {
    return this.apply('broadcast', [x], { shape });
  }
  matmul(left: number, right: number, transpose: readonly [boolean, boolean] = [false, false]): number {
    return this.apply('matmul', [left, right], { transpose });
  }

  conv(x: number, kernel: number, sliding: Sliding): number {
    return this.apply('conv2d', [x, kernel], sliding);
  }
  convInputGradient(dy: number, kernel: number, attributes: Sliding & { readonly size: Pair }): number {
    return this.apply('conv2d_input_gradient', [dy, kernel], attributes);
  }
  convFilterGradient(x: number, dy: number, attributes: Sliding & { readonly kernel: Pair }): number {
    return this.apply('conv2d_filter_gradient', [x, dy], attributes);
  }
  maxPoolGradient(x: number, y: number, dy: number, window: PoolWindow): number {
    return this.apply('max_pool_gradient', [x, y, dy], window);
  }
  avgPool(x: number, window: PoolWindow): number {
    return this.apply('avg_pool', [x], window);
  }
  avgPoolGradient(dy: number, attributes: PoolWindow & { readonly operand: Pair }): number {
    return this.apply('avg_pool_gradient', [dy], attributes);
  }

  /** The value itself where it already has the shape. */
  reshape(x: number, shape: Shape): number {
    return `${this.shape(x)}` === `${shape}` && this.shape(x).length === shape.length
      ? x
      : this.apply('reshape', [x], { shape });
  }
  transpose(x: number, permutation: readonly number[]): number {
    return this.apply('transpose', [x], { permutation });
  }
  concat(parts: readonly number[], axis: number): number {
    return this.apply('concat', parts, { axis });
  }
  slice(x: number, begin: Shape, size: Shape): number {
    return this.apply('slice', [x], { begin, size });
  }
  pad(x: number, before: Shape, after: Shape): number {
    return this.apply('pad', [x], { before, after });
  }
  depthToSpace(x: number, factor: number): number {
    return this.apply('depth_to_space', [x], { factor });
  }
  spaceToDepth(x: number, factor: number): number {
    return this.apply('space_to_depth', [x], { factor });
  }
  resize(x: number, attributes: PrimitiveAttributes['resize']): number {
    return this.apply('resize', [x], attributes);
  }
  resizeGradient(dy: number, attributes: PrimitiveAttributes['resize_gradient']): number {
    return this.apply('resize_gradient', [dy], attributes);
  }
}
