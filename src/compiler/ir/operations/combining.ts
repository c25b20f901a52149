import { formatShape, type Shape } from '../shape.ts';
import { type Kept, needsMap, noMultiplyAdds, noWeights, type Operation } from './entry.ts';

/** Joins maps of equal size along their channels, or vectors along their values. */
export const concat: Operation<'concat'> = {
  summary: 'Joins maps of equal height and width along their channels, or vectors end to end.',
  notation: 'function',
  operands: 'many',
  parameters: [],
  shape(operands) {
    if (operands.every((shape) => shape.length === 1)) return [total(operands)];
    const notMap = needsMap('concat', operands);
    if (notMap) return notMap;
    const [height, width] = operands[0] as [number, number, number];
    const other = operands.findIndex((shape) => shape[0] !== height || shape[1] !== width);
    if (other === -1) return [height, width, total(operands)];
    return { problem: 'concatShape', arguments: {}, operands: [0, other] };
  },
  weights: noWeights,
  multiplyAdds: noMultiplyAdds,
  kept: [],
  example: 'concat(a, b)',
};

/** The sum of two values, the smaller of which is repeated. */
export const add: Operation<'add'> = meeting(
  'Adds two values: of equal shape, or a map and a map of one channel, or a map and a number per channel.',
  'addShape',
  [],
  'x + (x |> conv(16))',
);

/** The difference of two values, the smaller of which is repeated. */
export const subtract: Operation<'subtract'> = meeting(
  'Subtracts the second value from the first; their shapes meet as those of a sum do.',
  'subtractShape',
  [],
  'x - (x |> avg_pool(3, stride = 1))',
);

/** The product of two values, the smaller of which is repeated. */
export const multiply: Operation<'multiply'> = meeting(
  'Multiplies two values: of equal shape, or a map and a map of one channel, or a map and a factor per channel.',
  'multiplyShape',
  ['operands'],
  'x * (x |> global_avg_pool() |> dense(16) |> sigmoid())',
);

/** `factor · x + shift` by two numbers: what `0.2 * x`, `x + 1`, `1 - x`, `x / 2` and `-x` are. */
export const affine: Operation<'affine'> = {
  summary: 'Multiplies every value by a number, then adds another number.',
  notation: 'pipe',
  operands: 'one',
  parameters: [
    { name: 'factor', type: { kind: 'real' }, default: 1, doc: 'What every value is multiplied by' },
    { name: 'shift', type: { kind: 'real' }, default: 0, doc: 'What is then added to every value' },
  ],
  shape: ([operand]) => operand!,
  weights: noWeights,
  multiplyAdds: noMultiplyAdds,
  kept: [],
  example: 'x |> affine(factor = 0.2)',
};

/** An operator on two values that meet value by value. */
function meeting<O extends 'add' | 'subtract' | 'multiply'>(
  summary: string,
  problem: 'addShape' | 'subtractShape' | 'multiplyShape',
  kept: readonly Kept[],
  example: string,
): Operation<O> {
  return {
    summary,
    notation: 'operator',
    operands: 'two',
    parameters: [],
    shape: ([left, right]) =>
      meetingShape(left!, right!) ?? {
        problem,
        arguments: {},
        operands: [0, 1],
        notes: channelNote(left!, right!),
      },
    weights: noWeights,
    multiplyAdds: noMultiplyAdds,
    kept,
    example,
  };
}

/**
 * The shape of two values that meet value by value: one channel is repeated to as many as the other has, and a vector
 * of channels to a map. Undefined when they do not meet.
 */
function meetingShape(left: Shape, right: Shape): Shape | undefined {
  const [map, other] = left.length >= right.length ? [left, right] : [right, left];
  const [channels, others] = [map.at(-1)!, other.at(-1)!];
  if (channels !== others && channels !== 1 && others !== 1) return undefined;
  const spaceAgrees = other.length === 1 || (map[0] === other[0] && map[1] === other[1]);
  return spaceAgrees ? [...map.slice(0, -1), Math.max(channels, others)] : undefined;
}

function total(operands: readonly Shape[]): number {
  return operands.reduce((sum, shape) => sum + shape.at(-1)!, 0);
}

function channelNote(left: Shape, right: Shape): readonly string[] {
  if (left.length !== 3 || right.length !== 3 || left[0] !== right[0] || left[1] !== right[1]) return [];
  return [`only the channels differ: ${formatShape(left)} and ${formatShape(right)}`];
}
