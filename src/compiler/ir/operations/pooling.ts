import type { Shape } from '../shape.ts';
import {
  isProblem,
  type Kept,
  needsMap,
  noMultiplyAdds,
  noWeights,
  type Operation,
  type Parameter,
} from './entry.ts';
import { padding, slide, stride } from './windows.ts';

export const max_pool = windowed('max_pool', 'Takes the largest value of every window.', [
  'operands',
  'output',
]);
export const avg_pool = windowed('avg_pool', 'Takes the mean of every window; padding does not count.', []);
export const global_avg_pool = whole(
  'global_avg_pool',
  'Takes the mean of every channel over the whole map.',
  [],
);
export const global_max_pool = whole('global_max_pool', 'Takes the largest value of every channel.', [
  'operands',
  'output',
]);

/** Puts every value where the largest of its window was: what `max_pool` took apart from where it stood. */
export const max_unpool: Operation<'max_unpool'> = {
  summary:
    'Enlarges its first map to the size of the second: each value goes where its window of the second is largest, zeros elsewhere.',
  notation: 'function',
  operands: 'two',
  parameters: [],
  shape(operands) {
    const notMap = needsMap('max_unpool', operands);
    if (notMap) return notMap;
    const [small, large] = operands as [Shape, Shape];
    const fits = large[0]! % small[0]! === 0 && large[1]! % small[1]! === 0 && small[2] === large[2];
    return fits ? large : { problem: 'unpoolShape', arguments: {}, operands: [0, 1] };
  },
  weights: noWeights,
  multiplyAdds: noMultiplyAdds,
  kept: ['operands'],
  example: 'max_unpool(deep, before)',
};

function windowed<O extends 'max_pool' | 'avg_pool'>(
  operation: O,
  summary: string,
  kept: readonly Kept[],
): Operation<O> {
  const parameters: readonly Parameter<'size' | 'stride' | 'padding'>[] = [
    { name: 'size', type: { kind: 'pair', minimum: 1 }, default: 2, doc: 'Height and width of the window' },
    { ...stride, default: { sameAs: 'size' } },
    { ...padding, doc: 'Whether windows may reach past the border, where nothing counts' },
  ];
  return {
    summary,
    notation: 'pipe',
    operands: 'one',
    parameters,
    shape(operands, attributes) {
      const size = slide(operation, operands, { ...attributes, kernel: attributes.size, rate: [1, 1] });
      return isProblem(size) ? size : [...size, operands[0]![2]!];
    },
    weights: noWeights,
    multiplyAdds: noMultiplyAdds,
    kept,
    example: `x |> ${operation}(2)`,
  };
}

function whole<O extends 'global_avg_pool' | 'global_max_pool'>(
  operation: O,
  summary: string,
  kept: readonly Kept[],
): Operation<O> {
  return {
    summary,
    notation: 'pipe',
    operands: 'one',
    parameters: [],
    shape: (operands) => needsMap(operation, operands) ?? [operands[0]![2]!],
    weights: noWeights,
    multiplyAdds: noMultiplyAdds,
    kept,
    example: `x |> ${operation}() |> dense(1)`,
  };
}
