import type { Attributes, OperationName } from '../graph.ts';
import { type Kept, needsMap, noMultiplyAdds, noWeights, type Operation, type Parameter } from './entry.ts';

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

export const gelu: Operation<'gelu'> = activation(
  'Multiplies every value by the normal distribution up to it; Hendrycks and Gimpel 2016 (arXiv 1606.08415).',
  'x |> gelu()',
  [],
  ['operands'],
);

/** The value itself, which nothing behind it learns through. */
export const stop_gradient: Operation<'stop_gradient'> = activation(
  'Hands the value on, and no gradient back: what lies before it learns nothing from what lies behind.',
  'x |> stop_gradient()',
  [],
  [],
);

/** A softmax along one axis of a map; heads end with the plain one. */
export const softmax_along: Operation<'softmax_along'> = {
  ...activation<'softmax_along'>(
    'Maps the values along an axis of a map to shares that sum to 1.',
    'x |> softmax_along("width")',
    [
      {
        name: 'axis',
        type: { kind: 'choice', choices: ['height', 'width', 'channels'] },
        doc: 'Along which axis the shares sum to 1',
      },
    ],
  ),
  shape: (operands) => needsMap('softmax_along', operands) ?? operands[0]!,
};

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
