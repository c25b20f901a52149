import type { Attributes, OperationName } from '../graph.ts';
import { type Kept, noMultiplyAdds, noWeights, type Operation, type Parameter } from './entry.ts';

export const relu: Operation<'relu'> = activation('Replaces negative values by zero.', 'x |> relu()', []);

export const leaky_relu: Operation<'leaky_relu'> = activation(
  'Multiplies negative values by a small slope.',
  'x |> leaky_relu(0.1)',
  [{ name: 'slope', type: { kind: 'real', minimum: 0 }, default: 0.3, doc: 'Factor of negative values' }],
);

export const elu: Operation<'elu'> = activation(
  'Replaces negative values by `alpha * (exp(x) - 1)`.',
  'x |> elu()',
  [
    {
      name: 'alpha',
      type: { kind: 'real', above: 0 },
      default: 1,
      doc: 'Minus the limit for very negative values',
    },
  ],
);

export const swish: Operation<'swish'> = activation(
  'Multiplies every value by its sigmoid.',
  'x |> swish()',
  [],
  ['operands'],
);

export const sigmoid: Operation<'sigmoid'> = activation(
  'Maps every value to a probability, `1 / (1 + exp(-x))`.',
  'x |> sigmoid()',
  [],
);

export const softmax: Operation<'softmax'> = activation(
  'Maps the channels of every pixel to probabilities that sum to 1.',
  'x |> softmax()',
  [],
);

function activation<O extends OperationName>(
  summary: string,
  example: string,
  parameters: readonly Parameter<keyof Attributes[O] & string>[],
  kept: readonly Kept[] = ['output'],
): Operation<O> {
  return {
    summary,
    notation: 'pipe',
    operands: 'one',
    parameters,
    shape: ([operand]) => operand!,
    weights: noWeights,
    multiplyAdds: noMultiplyAdds,
    kept,
    example,
  };
}
