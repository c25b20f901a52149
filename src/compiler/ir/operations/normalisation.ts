import { needsMap, noMultiplyAdds, type Operation, type Parameter, type WeightRule } from './entry.ts';

const epsilon: Parameter<'epsilon'> = {
  name: 'epsilon',
  type: { kind: 'real', above: 0 },
  default: 0.001,
  doc: 'Added to the variance before its root',
};

/** Normalises by statistics of the batch; by moving averages of them in inference. Keras 2.2.4's defaults. */
export const batch_norm: Operation<'batch_norm'> = {
  summary: 'Normalises every channel by its mean and variance over the batch, then scales and shifts it.',
  notation: 'pipe',
  operands: 'one',
  parameters: [
    {
      name: 'momentum',
      type: { kind: 'real', minimum: 0, below: 1 },
      default: 0.99,
      doc: 'What the moving averages keep of their past at every step',
    },
    epsilon,
    {
      name: 'scale',
      type: { kind: 'bool' },
      default: true,
      doc: 'Whether every channel has a learned factor; without one, batch_norm only shifts',
    },
  ],
  shape: ([operand]) => operand!,
  weights: ([operand], { scale }) => [
    ...scaleAndShift(operand!.at(-1)!).filter(({ role }) => scale || role !== 'gamma'),
    { role: 'moving_mean', shape: [operand!.at(-1)!], initializer: 'zeros', trainable: false },
    { role: 'moving_variance', shape: [operand!.at(-1)!], initializer: 'ones', trainable: false },
  ],
  multiplyAdds: noMultiplyAdds,
  kept: ['operands'],
  example: 'x |> batch_norm(momentum = 0.9)',
};

/** Normalises groups of channels of one example. */
export const group_norm: Operation<'group_norm'> = {
  summary:
    'Normalises groups of channels of one map by their mean and variance, then scales and shifts every channel.',
  notation: 'pipe',
  operands: 'one',
  parameters: [
    {
      name: 'groups',
      type: { kind: 'int', minimum: 1 },
      default: 8,
      doc: 'Parts that the channels are divided into',
    },
    epsilon,
  ],
  shape(operands, { groups }) {
    const notMap = needsMap('group_norm', operands);
    if (notMap) return notMap;
    const channels = operands[0]![2]!;
    if (channels % groups === 0) return operands[0]!;
    return {
      problem: 'groupsIndivisible',
      arguments: { groups, channels, which: 'channels of the operand' },
      operands: [0],
      parameter: 'groups',
    };
  },
  weights: ([operand]) => scaleAndShift(operand![2]!),
  multiplyAdds: noMultiplyAdds,
  kept: ['operands'],
  example: 'x |> group_norm(8)',
};

/** Normalises every channel of one example. */
export const instance_norm: Operation<'instance_norm'> = {
  summary: 'Normalises every channel of one map by its mean and variance, then scales and shifts it.',
  notation: 'pipe',
  operands: 'one',
  parameters: [epsilon],
  shape: (operands) => needsMap('instance_norm', operands) ?? operands[0]!,
  weights: ([operand]) => scaleAndShift(operand![2]!),
  multiplyAdds: noMultiplyAdds,
  kept: ['operands'],
  example: 'x |> instance_norm()',
};

/** Normalises the channels of every pixel, or a vector: Ba et al. 2016 (arXiv 1607.06450). */
export const layer_norm: Operation<'layer_norm'> = {
  summary:
    'Normalises the channels of every pixel by their mean and variance, then scales and shifts every channel.',
  notation: 'pipe',
  operands: 'one',
  parameters: [epsilon],
  shape: ([operand]) => operand!,
  weights: ([operand]) => scaleAndShift(operand!.at(-1)!),
  multiplyAdds: noMultiplyAdds,
  kept: ['operands'],
  example: 'x |> layer_norm()',
};

function scaleAndShift(channels: number): readonly WeightRule[] {
  return [
    { role: 'gamma', shape: [channels], initializer: 'ones', trainable: true },
    { role: 'beta', shape: [channels], initializer: 'zeros', trainable: true },
  ];
}
