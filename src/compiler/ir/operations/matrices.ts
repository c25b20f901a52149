import { formatShape } from '../shape.ts';
import { needsMap, noMultiplyAdds, noWeights, type Operation } from './entry.ts';

/** `[rows, n, k] · [rows, k, m] → [rows, n, m]`. */
export const matmul: Operation<'matmul'> = {
  summary:
    'Multiplies two maps as matrices: each row of a map is a matrix of its pixels by its channels, and the pixels of the second are as many as the channels of the first.',
  notation: 'function',
  operands: 'two',
  parameters: [],
  shape(operands) {
    const notMap = needsMap('matmul', operands);
    if (notMap) return notMap;
    const [left, right] = operands as [readonly number[], readonly number[]];
    if (left[0] === right[0] && left[2] === right[1]) return [left[0]!, left[1]!, right[2]!];
    return {
      problem: 'matmulShape',
      arguments: { left: formatShape(left), right: formatShape(right) },
      operands: [0, 1],
      notes: ['`[rows, n, k]` meets `[rows, k, m]`, and gives `[rows, n, m]`'],
      ...(left[0] === right[0] && left[2] === right[2] && { help: ['`transpose()` the second one'] }),
    };
  },
  weights: noWeights,
  multiplyAdds: ([left, right]) => left![0]! * left![1]! * left![2]! * right![2]!,
  kept: ['operands'],
  example: 'matmul(x, x |> transpose())',
};

/** `[rows, n, k] → [rows, k, n]`. */
export const transpose: Operation<'transpose'> = {
  summary: 'Exchanges the pixels of each row of a map and its channels.',
  notation: 'pipe',
  operands: 'one',
  parameters: [],
  shape: (operands) =>
    needsMap('transpose', operands) ?? [operands[0]![0]!, operands[0]![2]!, operands[0]![1]!],
  weights: noWeights,
  multiplyAdds: noMultiplyAdds,
  kept: [],
  example: 'x |> transpose()',
};

/** The values in their order, row by row, the channels of a pixel together. */
export const reshape: Operation<'reshape'> = {
  summary:
    'Writes the values of a map, row by row, as a map of another height and width; the channels follow from how many values there are.',
  notation: 'pipe',
  operands: 'one',
  parameters: [
    { name: 'height', type: { kind: 'int', minimum: 1 }, doc: 'Rows of the result' },
    { name: 'width', type: { kind: 'int', minimum: 1 }, doc: 'Columns of the result' },
  ],
  shape(operands, { height, width }) {
    const notMap = needsMap('reshape', operands);
    if (notMap) return notMap;
    const count = operands[0]!.reduce((product, size) => product * size, 1);
    if (count % (height * width) === 0) return [height, width, count / (height * width)];
    return {
      problem: 'reshapeCount',
      arguments: { shape: formatShape(operands[0]!), count, pixels: height * width },
      operands: [0],
    };
  },
  weights: noWeights,
  multiplyAdds: noMultiplyAdds,
  kept: [],
  example: 'x |> reshape(1, 64 * 56)',
};
