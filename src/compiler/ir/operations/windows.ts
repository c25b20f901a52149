import type { Initializer, OperationName, Pair } from '../graph.ts';
import { effectiveKernel, type Padding, type Shape, windowAxis } from '../shape.ts';
import { needsMap, type Parameter, type Problem } from './entry.ts';

/** A window that slides over a map: of a convolution or a pooling. */
export interface Window {
  readonly kernel: Pair;
  readonly rate: Pair;
  readonly stride: Pair;
  readonly padding: Padding;
}

/** The height and width that a sliding window leaves, or why it cannot slide. */
export function slide(
  operation: OperationName,
  operands: readonly Shape[],
  window: Window,
): readonly [number, number] | Problem {
  const notMap = needsMap(operation, operands);
  if (notMap) return notMap;
  const { kernel, rate, stride, padding } = window;
  if (Math.max(...stride) > 1 && Math.max(...rate) > 1) {
    return {
      problem: 'stridedRate',
      arguments: { operation },
      parameter: 'rate',
      notes: [`the stride is ${stride.join('×')}, the rate ${rate.join('×')}`],
      help: ['use the stride in one convolution and the rate in the next'],
    };
  }
  const [height, width] = operands[0] as [number, number, number];
  const rows = windowAxis(height, kernel[0], stride[0], rate[0], padding).output;
  const columns = windowAxis(width, kernel[1], stride[1], rate[1], padding).output;
  if (rows >= 1 && columns >= 1) return [rows, columns];
  const extent = [effectiveKernel(kernel[0], rate[0]), effectiveKernel(kernel[1], rate[1])];
  return {
    problem: 'windowTooLarge',
    arguments: { window: extent.join('×'), size: `${height}×${width}` },
    operands: [0],
    notes:
      Math.max(...rate) > 1
        ? [`a ${kernel.join('×')} kernel at rate ${formatPair(rate)} spans ${extent.join('×')}`]
        : [],
    help: ['use `padding = "same"`, a smaller window, or a larger map'],
  };
}

/** `3`, or `3×1` where the axes differ. */
export function formatPair(pair: Pair): string {
  return pair[0] === pair[1] ? String(pair[0]) : pair.join('×');
}

export const initializers = [
  'glorot_uniform',
  'glorot_normal',
  'he_uniform',
  'he_normal',
  'zeros',
  'ones',
] as const satisfies readonly Initializer[];

/** Parameters that several operations take. */
export const channels: Parameter<'channels'> = {
  name: 'channels',
  type: { kind: 'int', minimum: 1 },
  doc: 'Channels of the result',
};
export const kernel: Parameter<'kernel'> = {
  name: 'kernel',
  type: { kind: 'pair', minimum: 1 },
  default: 3,
  doc: 'Taps of the kernel along each axis',
};
export const rate: Parameter<'rate'> = {
  name: 'rate',
  type: { kind: 'pair', minimum: 1 },
  default: 1,
  doc: 'Distance between neighbouring taps (dilation rate)',
};
export const stride: Parameter<'stride'> = {
  name: 'stride',
  type: { kind: 'pair', minimum: 1 },
  default: 1,
  doc: 'Distance between neighbouring windows',
};
export const padding: Parameter<'padding'> = {
  name: 'padding',
  type: { kind: 'choice', choices: ['same', 'valid'] satisfies Padding[] },
  default: 'same',
  doc: 'Whether windows may reach past the border, where they read zeros',
};
export const bias: Parameter<'bias'> = {
  name: 'bias',
  type: { kind: 'bool' },
  default: true,
  doc: 'Whether one learned number is added per channel',
};
export const init: Parameter<'init'> = {
  name: 'init',
  type: { kind: 'choice', choices: initializers },
  default: 'glorot_uniform',
  doc: 'How the kernel starts; biases start at zero',
};
export const multiplier: Parameter<'multiplier'> = {
  name: 'multiplier',
  type: { kind: 'int', minimum: 1 },
  default: 1,
  doc: 'Results per channel of the operand',
};
