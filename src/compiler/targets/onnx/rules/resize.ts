import { resizeSamples } from '../../../step/primitives/resize.ts';
import type { PrimitiveAttributes } from '../../../step/program.ts';
import { layouts } from '../layout.ts';
import type { Lowering, Rule } from '../lowering.ts';

/** `[to, from]`, row by row: what every place of the resized axis reads. */
function sampleMatrix(
  from: number,
  to: number,
  method: PrimitiveAttributes['resize']['method'],
): Float32Array {
  const matrix = new Float32Array(to * from);
  for (const [row, { places, shares }] of resizeSamples(from, to, method).entries()) {
    for (const [index, place] of places.entries()) matrix[row * from + place]! += shares[index]!;
  }
  return matrix;
}

function transposed(matrix: Float32Array, rows: number, columns: number): Float32Array {
  return matrix.map((_, index) => matrix[(index % rows) * columns + Math.floor(index / rows)]!);
}

/** `down · x · acrossᵀ` on every channel's map; ONNX's own Resize rounds sampling places differently. */
function twoMatrices(lowering: Lowering, x: number, down: string, across: string): string {
  const columns = lowering.node('MatMul', [lowering.take(x, layouts.channelsFirst), across]);
  return lowering.node('MatMul', [down, columns]);
}

export const resize: Rule<'resize'> = (
  lowering,
  { operands: [x], attributes: { height, width, method }, shape },
) => {
  const [, rows, columns] = lowering.value(x!).shape as [number, number, number, number];
  const down = lowering.model.floats([height, rows], sampleMatrix(rows, height, method));
  const across = transposed(sampleMatrix(columns, width, method), width, columns);
  const name = twoMatrices(lowering, x!, down, lowering.model.floats([columns, width], across));
  return { name, shape, layout: layouts.channelsFirst };
};

/** The same with both matrices transposed. */
export const resize_gradient: Rule<'resize_gradient'> = (
  lowering,
  { operands: [dy], attributes: { height, width, method }, shape },
) => {
  const [, rows, columns] = lowering.value(dy!).shape as [number, number, number, number];
  const down = transposed(sampleMatrix(height, rows, method), rows, height);
  const across = lowering.model.floats([columns, width], sampleMatrix(width, columns, method));
  const name = twoMatrices(lowering, dy!, lowering.model.floats([height, rows], down), across);
  return { name, shape, layout: layouts.channelsFirst };
};
