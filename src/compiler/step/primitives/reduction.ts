import { type Tensor, zeros } from '../../interpret/tensor.ts';
import { elements, type Shape } from '../../ir/shape.ts';
import type { PrimitiveBuilder } from '../primitive-builder.ts';
import { expand, strides, walk } from './broadcasting.ts';
import { demand, type Primitive } from './entry.ts';

/** The shape with the given axes reduced to one value each. */
function reduced(shape: Shape, axes: readonly number[]): Shape {
  demand(
    axes.every((axis) => axis >= 0 && axis < shape.length),
    () => `axes ${axes} of [${shape}]`,
  );
  return shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
}

/** Sums into the places of the reduced shape. */
function sumInto(operand: Tensor, shape: Shape): Tensor {
  const result = zeros(shape);
  walk(operand.shape, strides(shape), (index, place) => {
    result.data[place]! += operand.data[index]!;
  });
  return result;
}

function countOf(operand: Shape, result: Shape): number {
  return elements(operand) / elements(result);
}

export const reduce_sum: Primitive<'reduce_sum'> = {
  summary: 'The sum over axes, which stay as axes of one value.',
  operands: 1,
  shape: ([x], { axes }) => reduced(x!, axes),
  evaluate: ([x], _, shape) => sumInto(x!, shape),
  gradient: (b, { operands: [x], dy }) => [() => b.broadcast(dy, b.shape(x!))],
};

export const reduce_mean: Primitive<'reduce_mean'> = {
  summary: 'The mean over axes, which stay as axes of one value.',
  operands: 1,
  shape: ([x], { axes }) => reduced(x!, axes),
  evaluate: ([x], _, shape) => {
    const count = countOf(x!.shape, shape);
    const sum = sumInto(x!, shape);
    return { shape, data: sum.data.map((value) => value / count) };
  },
  gradient: (b, { operands: [x], result, dy }) => [
    () => {
      const count = countOf(b.shape(x!), b.shape(result));
      return b.broadcast(b.multiply(dy, b.scalar(1 / count)), b.shape(x!));
    },
  ],
};

export const product_sum: Primitive<'product_sum'> = {
  summary: 'The sum of the products of two values of equal shape over axes, which stay as axes of one value.',
  operands: 2,
  shape([x, y], { axes }) {
    demand(`${x}` === `${y}`, () => `[${x}] and [${y}]`);
    return reduced(x!, axes);
  },
  evaluate: ([x, y], _, shape) =>
    sumInto({ shape: x!.shape, data: x!.data.map((value, index) => value * y!.data[index]!) }, shape),
  gradient: (b, { operands: [x, y], dy }) => [() => b.multiply(y!, dy), () => b.multiply(x!, dy)],
};

/** The gradient through the mean vanishes, for deviations from the mean sum to 0. */
export const variance: Primitive<'variance'> = {
  summary:
    'The biased variance over axes, `mean((x − mean)²)`, from a value and its mean over the same axes.',
  operands: 2,
  shape([x, mean], { axes }) {
    const shape = reduced(x!, axes);
    demand(`${mean}` === `${shape}`, () => `the mean is [${mean}]`);
    return shape;
  },
  evaluate([x, mean], _, shape) {
    const centre = expand(mean!, x!.shape);
    const count = countOf(x!.shape, shape);
    const squares = x!.data.map((value, index) => (value - centre.data[index]!) ** 2);
    return { shape, data: sumInto({ shape: x!.shape, data: squares }, shape).data.map((sum) => sum / count) };
  },
  gradient: (b: PrimitiveBuilder, { operands: [x, mean], result, dy }) => [
    () => {
      const count = countOf(b.shape(x!), b.shape(result));
      return b.multiply(b.subtract(x!, mean!), b.multiply(dy, b.scalar(2 / count)));
    },
    null,
  ],
};

export const matmul: Primitive<'matmul'> = {
  summary:
    'The product of two matrices, each read transposed when its flag says so; of as many as the axes before the last two say.',
  operands: 2,
  shape([left, right], { transpose }) {
    const [before, same] = [left!.slice(0, -2), right!.slice(0, -2)];
    demand(
      left!.length > 1 && left!.length === right!.length && `${before}` === `${same}`,
      () => `[${left}] · [${right}] are not as many matrices`,
    );
    const [rows, inner] = turned(left!, transpose[0]);
    const [other, columns] = turned(right!, transpose[1]);
    demand(inner === other, () => `[${left}] · [${right}]`);
    return [...before, rows, columns];
  },
  evaluate([left, right], { transpose }, shape) {
    const [rows, columns] = shape.slice(-2) as [number, number];
    const inner = turned(left!.shape, transpose[0])[1];
    const result = zeros(shape);
    const [leftRow, leftInner] = transpose[0] ? [1, rows] : [inner, 1];
    const [rightInner, rightColumn] = transpose[1] ? [1, inner] : [columns, 1];
    for (let matrix = 0; matrix < result.data.length / (rows * columns); matrix++) {
      const [fromLeft, fromRight] = [matrix * rows * inner, matrix * inner * columns];
      for (let row = 0; row < rows; row++) {
        for (let column = 0; column < columns; column++) {
          let sum = 0;
          for (let k = 0; k < inner; k++) {
            sum +=
              left!.data[fromLeft + row * leftRow + k * leftInner]! *
              right!.data[fromRight + k * rightInner + column * rightColumn]!;
          }
          result.data[(matrix * rows + row) * columns + column] = sum;
        }
      }
    }
    return result;
  },
  // With A and B the matrices as multiplied, dA = dY·Bᵀ and dB = Aᵀ·dY; a transposed operand gets the transpose.
  gradient: (
    b,
    {
      operands: [left, right],
      attributes: {
        transpose: [l, r],
      },
      dy,
    },
  ) => [
    () => (l ? b.matmul(right!, dy, [r, true]) : b.matmul(dy, right!, [false, !r])),
    () => (r ? b.matmul(dy, left!, [true, l]) : b.matmul(left!, dy, [!l, false])),
  ],
  multiplyAdds: ([left], { transpose }, shape) => elements(shape) * turned(left!, transpose[0])[1],
};

function turned(shape: Shape, transpose: boolean): readonly [number, number] {
  const [rows, columns] = shape.slice(-2) as [number, number];
  return transpose ? [columns, rows] : [rows, columns];
}
