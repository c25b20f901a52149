import { formatShape, type Shape, sameShape } from '../shape.ts';
import { needsMap, noMultiplyAdds, noWeights, type Operation } from './entry.ts';

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

/** The sum of two values of equal shape. */
export const add: Operation<'add'> = {
  summary: 'Adds two values of equal shape.',
  notation: 'operator',
  operands: 'two',
  parameters: [],
  shape: ([left, right]) =>
    sameShape(left!, right!)
      ? left!
      : { problem: 'addShape', arguments: {}, operands: [0, 1], notes: channelNote(left!, right!) },
  weights: noWeights,
  multiplyAdds: noMultiplyAdds,
  kept: [],
  example: 'x + (x |> conv(16))',
};

/** The product of two values of equal shape, or of a map and one factor per channel, in either order. */
export const multiply: Operation<'multiply'> = {
  summary: 'Multiplies two values of equal shape, or every channel of a map by its own factor.',
  notation: 'operator',
  operands: 'two',
  parameters: [],
  shape([left, right]) {
    if (sameShape(left!, right!) || perChannel(left!, right!)) return left!;
    if (perChannel(right!, left!)) return right!;
    return { problem: 'multiplyShape', arguments: {}, operands: [0, 1] };
  },
  weights: noWeights,
  multiplyAdds: noMultiplyAdds,
  kept: ['operands'],
  example: 'x * (x |> global_avg_pool() |> dense(16) |> sigmoid())',
};

function total(operands: readonly Shape[]): number {
  return operands.reduce((sum, shape) => sum + shape.at(-1)!, 0);
}

function perChannel(map: Shape, factors: Shape): boolean {
  return map.length === 3 && factors.length === 1 && map[2] === factors[0];
}

function channelNote(left: Shape, right: Shape): readonly string[] {
  if (left.length !== 3 || right.length !== 3 || left[0] !== right[0] || left[1] !== right[1]) return [];
  return [`only the channels differ: ${formatShape(left)} and ${formatShape(right)}`];
}
