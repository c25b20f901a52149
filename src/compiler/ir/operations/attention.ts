import type { Shape } from '../shape.ts';
import { tooLarge } from '../too-large.ts';
import { kernelRule } from './convolution.ts';
import { needsMap, type Operation, type WeightRule } from './entry.ts';
import { bias, init } from './windows.ts';

/** The learned matrices of an attention, in the order of its weights. */
const projections = ['query', 'key', 'value', 'output'] as const;

/** Pixels of a map, which attention lets look at each other. */
function pixels([height, width]: Shape): number {
  return height! * width!;
}

/**
 * `softmax(Q·Kᵀ / √d)·V` for each head, joined and multiplied by a matrix: Vaswani et al. 2017 (arXiv 1706.03762), Sec. 3.2.
 * Every pixel of the map is a token.
 */
export const attention: Operation<'attention'> = {
  summary:
    'Lets every pixel of a map take from all others, by several heads: self-attention. Its cost grows with the square of the pixels.',
  notation: 'pipe',
  operands: 'one',
  parameters: [
    {
      name: 'heads',
      type: { kind: 'int', minimum: 1 },
      doc: 'Parts that the channels are divided into, each of which looks for itself',
    },
    bias,
    {
      ...init,
      doc: 'How the matrices of queries, keys, values and of the result start; biases start at zero',
    },
  ],
  shape(operands, { heads }) {
    const notMap = needsMap('attention', operands);
    if (notMap) return notMap;
    const channels = operands[0]![2]!;
    const large = tooLarge('what every pixel takes from every other', [
      heads,
      pixels(operands[0]!),
      pixels(operands[0]!),
    ]);
    if (large) return { ...large, help: ['put it where the map is smaller'] };
    if (channels % heads === 0) return operands[0]!;
    return {
      problem: 'groupsIndivisible',
      arguments: { groups: heads, channels, which: 'channels of the operand' },
      operands: [0],
      parameter: 'heads',
    };
  },
  weights([operand], attributes) {
    const channels = operand![2]!;
    return projections.flatMap((name): readonly WeightRule[] => [
      { ...kernelRule([channels, channels], attributes.init), role: `${name}_kernel` },
      ...(attributes.bias
        ? [{ role: `${name}_bias`, shape: [channels], initializer: 'zeros', trainable: true } as const]
        : []),
    ]);
  },
  multiplyAdds: ([operand]) => {
    const [count, channels] = [pixels(operand!), operand![2]!];
    return 4 * count * channels * channels + 2 * count * count * channels;
  },
  kept: ['operands'],
  // Queries, keys, values, what the heads found, and how much every pixel takes from every other.
  keptBeside: ([operand], { heads }) => {
    const count = pixels(operand!);
    return 4 * count * operand![2]! + heads * count * count;
  },
  example: 'x + (x |> layer_norm() |> attention(heads = 4))',
};
