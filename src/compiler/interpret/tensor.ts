import { elements, type Shape } from '../ir/shape.ts';

/** Numbers in row-major order. Values of nodes have the batch axis first: `[batch, height, width, channels]` or `[batch, values]`. */
export interface Tensor {
  readonly shape: Shape;
  readonly data: Float64Array;
}

/** A tensor from given numbers; throws when their count is wrong. */
export function tensor(shape: Shape, data: ArrayLike<number>): Tensor {
  if (data.length !== elements(shape))
    throw new Error(`${data.length} numbers do not fill ${shape.join('×')}`);
  return { shape, data: Float64Array.from(data) };
}

export function zeros(shape: Shape): Tensor {
  return { shape, data: new Float64Array(elements(shape)) };
}

/** A tensor whose values a function of the position gives; four axes, or fewer with ones in front left out. */
export function build(shape: Shape, value: (...position: number[]) => number): Tensor {
  const result = zeros(shape);
  const position = shape.map(() => 0);
  for (let index = 0; index < result.data.length; index++) {
    let rest = index;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      position[axis] = rest % shape[axis]!;
      rest = Math.floor(rest / shape[axis]!);
    }
    result.data[index] = value(...position);
  }
  return result;
}

/** The value at a position, one index per axis. */
export function at({ shape, data }: Tensor, ...position: readonly number[]): number {
  return data[position.reduce((offset, index, axis) => offset * shape[axis]! + index, 0)]!;
}

/** The values changed one by one. */
export function map(operand: Tensor, change: (value: number, index: number) => number): Tensor {
  return { shape: operand.shape, data: operand.data.map(change) };
}
