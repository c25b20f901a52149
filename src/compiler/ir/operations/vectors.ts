import { elements } from '../shape.ts';
import { biasRules, kernelRule } from './convolution.ts';
import { describeShape, noMultiplyAdds, noWeights, type Operation } from './entry.ts';
import { bias, init } from './windows.ts';

/** `[values] → [units]`. */
export const dense: Operation<'dense'> = {
  summary: 'Multiplies a vector by a learned matrix.',
  notation: 'pipe',
  operands: 'one',
  parameters: [
    { name: 'units', type: { kind: 'int', minimum: 1 }, doc: 'Values of the result' },
    bias,
    { ...init, doc: 'How the matrix starts; biases start at zero' },
  ],
  shape: ([operand], { units }) =>
    operand!.length === 1
      ? [units]
      : {
          problem: 'operandKind',
          arguments: { operation: 'dense', expected: 'a vector', actual: describeShape(operand!) },
          operands: [0],
          help: ['put `global_avg_pool()` or `flatten()` before it'],
        },
  weights: ([operand], attributes) => [
    kernelRule([operand![0]!, attributes.units], attributes.init),
    ...biasRules(attributes.bias, attributes.units),
  ],
  multiplyAdds: ([operand], { units }) => operand![0]! * units,
  kept: ['operands'],
  example: 'x |> global_avg_pool() |> dense(1)',
};

/** Drops values in training and scales the others up, so that their expectation stays. */
export const dropout: Operation<'dropout'> = {
  summary:
    'Replaces values by zero at random in training and scales up the others; does nothing in inference.',
  notation: 'pipe',
  operands: 'one',
  parameters: [
    {
      name: 'rate',
      type: { kind: 'real', minimum: 0, below: 1 },
      doc: 'The share of values that is dropped',
    },
  ],
  shape: ([operand]) => operand!,
  weights: noWeights,
  multiplyAdds: noMultiplyAdds,
  kept: ['mask'],
  example: 'x |> dropout(0.5)',
};

/** `[height, width, channels] → [height * width * channels]`, rows first, channels last. */
export const flatten: Operation<'flatten'> = {
  summary: 'Writes a map as one vector, row by row, the channels of a pixel together.',
  notation: 'pipe',
  operands: 'one',
  parameters: [],
  shape: ([operand]) => [elements(operand!)],
  weights: noWeights,
  multiplyAdds: noMultiplyAdds,
  kept: [],
  example: 'x |> flatten() |> dense(10)',
};
