import type { Form, Lowering, Rule } from '../lowering.ts';
import { kernelLayout } from './convolution.ts';
import { blockForms } from './filter-gradient/blocks.ts';
import { channelForms } from './filter-gradient/channels.ts';
import { exchangeForm } from './filter-gradient/exchange.ts';
import { matrixForms } from './filter-gradient/matrices.ts';
import type { Gradient } from './filter-gradient/sliding.ts';

/**
 * The gradient of a kernel, as the kernel lies between steps. It is a convolution whose map is x with batch and channels
 * exchanged and whose kernel is dy, its stride the rate and its rate the stride; for one tap a product of matrices. Of the
 * ways to compute it the one that takes least is chosen.
 */
export const conv2d_filter_gradient: Rule<'conv2d_filter_gradient'> = (lowering, value) => {
  const { attributes, shape } = value;
  const x = lowering.value(value.operands[0]!).shape;
  const held = lowering.choose(value, formsOf(lowering, value))();
  return lowering.convert(held, kernelLayout(lowering, x, shape, attributes.groups));
};

/** The first of those that take about as much is chosen. */
function formsOf(lowering: Lowering, value: Gradient): readonly Form[] {
  const matrices = matrixForms(lowering, value);
  return [
    ...channelForms(lowering, value),
    ...matrices,
    ...blockForms(lowering, value),
    ...(matrices.length > 0 ? [] : [exchangeForm(lowering, value)]),
  ];
}
