import { formatShape, type Shape } from '../shape.ts';
import { needsMap, noMultiplyAdds, noWeights, type Operation, type Parameter } from './entry.ts';

/** `out[h·f + i, w·f + j, k] = in[h, w, (i·f + j)·K + k]`: TensorFlow's order. Shi et al. 2016. */
export const depth_to_space: Operation<'depth_to_space'> = {
  summary: 'Moves channels into space: enlarges a map by a factor without any weights.',
  notation: 'pipe',
  operands: 'one',
  parameters: [
    {
      name: 'factor',
      type: { kind: 'int', minimum: 1 },
      default: 2,
      doc: 'How many times larger the result is along each axis',
    },
  ],
  shape(operands, { factor }) {
    const notMap = needsMap('depth_to_space', operands);
    if (notMap) return notMap;
    const [height, width, channels] = operands[0] as [number, number, number];
    const divisor = factor * factor;
    if (channels % divisor === 0) return [height * factor, width * factor, channels / divisor];
    return {
      problem: 'channelsIndivisible',
      arguments: { factor, channels, divisor },
      operands: [0],
      help: [`give the map ${Math.ceil(channels / divisor) * divisor} channels`],
    };
  },
  weights: noWeights,
  multiplyAdds: noMultiplyAdds,
  kept: [],
  example: 'x |> conv(4 * 16) |> depth_to_space(2)',
};

/** `out[h, w, (i·f + j)·K + k] = in[h·f + i, w·f + j, k]`: the inverse of `depth_to_space`. */
export const space_to_depth: Operation<'space_to_depth'> = {
  summary: 'Moves space into channels: the pixels of every square become the channels of one.',
  notation: 'pipe',
  operands: 'one',
  parameters: [
    {
      name: 'factor',
      type: { kind: 'int', minimum: 1 },
      default: 2,
      doc: 'How many times smaller the result is along each axis',
    },
  ],
  shape(operands, { factor }) {
    const notMap = needsMap('space_to_depth', operands);
    if (notMap) return notMap;
    const [height, width, channels] = operands[0] as [number, number, number];
    if (height % factor === 0 && width % factor === 0)
      return [height / factor, width / factor, channels * factor * factor];
    return {
      problem: 'spaceIndivisible',
      arguments: { factor, height, width },
      operands: [0],
      parameter: 'factor',
      help: ['`pad` or `crop` the map before it'],
    };
  },
  weights: noWeights,
  multiplyAdds: noMultiplyAdds,
  kept: [],
  example: 'x |> space_to_depth(2)',
};

/** Samples a map on another grid; pixel centres at `(i + 0.5) / size`, as OpenCV, PyTorch and TensorFlow 2 place them. */
export const resize: Operation<'resize'> = {
  summary: 'Samples a map on a grid of another size.',
  notation: 'pipe',
  operands: 'one',
  parameters: [
    { name: 'height', type: { kind: 'int', minimum: 1 }, doc: 'Rows of the result' },
    { name: 'width', type: { kind: 'int', minimum: 1 }, doc: 'Columns of the result' },
    {
      name: 'method',
      type: { kind: 'choice', choices: ['bilinear', 'nearest'] },
      default: 'bilinear',
      doc: 'How values between pixels are found',
    },
  ],
  shape: (operands, { height, width }) => needsMap('resize', operands) ?? [height, width, operands[0]![2]!],
  weights: noWeights,
  multiplyAdds: noMultiplyAdds,
  kept: [],
  example: 'x |> resize(64, 56)',
};

/** The axes of a map in their order. */
const sliceAxes = ['height', 'width', 'channels'] as const;

/** Adds rows and columns of zeros. */
export const pad: Operation<'pad'> = {
  summary: 'Adds rows and columns of zeros around a map.',
  notation: 'pipe',
  operands: 'one',
  parameters: borders('added'),
  shape: (operands, { top, bottom, left, right }) =>
    needsMap('pad', operands) ?? [
      operands[0]![0]! + top + bottom,
      operands[0]![1]! + left + right,
      operands[0]![2]!,
    ],
  weights: noWeights,
  multiplyAdds: noMultiplyAdds,
  kept: [],
  example: 'x |> pad(left = 3, right = 3)',
};

/** Removes rows and columns. */
export const crop: Operation<'crop'> = {
  summary: 'Removes rows and columns from the border of a map.',
  notation: 'pipe',
  operands: 'one',
  parameters: borders('removed'),
  shape(operands, { top, bottom, left, right }) {
    const notMap = needsMap('crop', operands);
    if (notMap) return notMap;
    const [height, width, channels] = operands[0] as [number, number, number];
    const rows = height - top - bottom;
    const columns = width - left - right;
    if (rows >= 1 && columns >= 1) return [rows, columns, channels];
    return { problem: 'cropTooLarge', arguments: { shape: formatShape(operands[0]!) }, operands: [0] };
  },
  weights: noWeights,
  multiplyAdds: noMultiplyAdds,
  kept: [],
  example: 'x |> crop(left = 3, right = 3)',
};

/** A part of a value: `count` values along one axis, from the place `begin` on, which counts from 0. */
export const slice: Operation<'slice'> = {
  summary: 'Takes a part of a map or vector: some rows, columns or channels that lie together.',
  notation: 'pipe',
  operands: 'one',
  parameters: [
    { name: 'begin', type: { kind: 'int', minimum: 0 }, doc: 'The first that is taken, counted from 0' },
    { name: 'count', type: { kind: 'int', minimum: 1 }, doc: 'How many are taken' },
    {
      name: 'axis',
      type: { kind: 'choice', choices: sliceAxes },
      default: 'channels',
      doc: 'Along which axis; a vector has only channels',
    },
  ],
  shape([operand], { begin, count, axis }) {
    const notMap = axis === 'channels' ? undefined : needsMap('slice', [operand!]);
    if (notMap) return notMap;
    const place = sliceAxis(operand!, axis);
    const size = operand![place]!;
    if (begin + count <= size) return operand!.map((own, index) => (index === place ? count : own));
    return {
      problem: 'sliceTooLarge',
      arguments: {
        count,
        begin,
        size,
        axis: axis === 'height' ? 'rows' : axis === 'width' ? 'columns' : axis,
      },
      operands: [0],
    };
  },
  weights: noWeights,
  multiplyAdds: noMultiplyAdds,
  kept: [],
  example: 'x |> slice(0, 8)',
};

/** The place of an axis in the shape of an example. */
export function sliceAxis(shape: Shape, axis: (typeof sliceAxes)[number]): number {
  return axis === 'channels' ? shape.length - 1 : sliceAxes.indexOf(axis);
}

function borders(verb: string): readonly Parameter<'top' | 'bottom' | 'left' | 'right'>[] {
  return (['top', 'bottom', 'left', 'right'] as const).map((name) => ({
    name,
    type: { kind: 'int', minimum: 0 },
    default: 0,
    doc: `${name === 'top' || name === 'bottom' ? 'Rows' : 'Columns'} ${verb} at the ${name}`,
  }));
}
