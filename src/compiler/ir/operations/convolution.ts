import type { Initializer, Pair } from '../graph.ts';
import { elements, type Shape } from '../shape.ts';
import { isProblem, needsMap, type Operation, type WeightRule } from './entry.ts';
import { bias, channels, init, kernel, multiplier, padding, rate, slide, stride } from './windows.ts';

/** A convolution of a map, `[height, width, channels] → [rows, columns, channels]`. */
export const conv: Operation<'conv'> = {
  summary: 'Convolves a map; with a rate above 1 the convolution is atrous.',
  notation: 'pipe',
  operands: 'one',
  parameters: [
    channels,
    kernel,
    rate,
    stride,
    {
      name: 'groups',
      type: { kind: 'int', minimum: 1 },
      default: 1,
      doc: 'Parts that the channels are divided into; each part only sees itself',
    },
    padding,
    bias,
    init,
    {
      name: 'icnr',
      type: { kind: 'int', minimum: 1 },
      default: 1,
      doc: 'The factor of the `depth_to_space` that follows: the pixels of a block start equal; Aitken et al. 2017 (arXiv 1707.02937)',
    },
  ],
  shape(operands, attributes) {
    const size = slide('conv', operands, attributes);
    if (isProblem(size)) return size;
    const { groups, icnr } = attributes;
    if (attributes.channels % icnr ** 2 !== 0) {
      return {
        problem: 'channelsIndivisible',
        arguments: { factor: icnr, channels: attributes.channels, divisor: icnr ** 2 },
        parameter: 'icnr',
      };
    }
    const input = operands[0]![2]!;
    for (const [count, which] of [
      [input, 'channels of the operand'],
      [attributes.channels, 'channels of the result'],
    ] as const) {
      if (count % groups === 0) continue;
      return {
        problem: 'groupsIndivisible',
        arguments: { groups, channels: count, which },
        ...(count === input ? { operands: [0] } : {}),
        parameter: 'groups',
      };
    }
    return [...size, attributes.channels];
  },
  weights: ([operand], attributes) => [
    {
      ...kernelRule(
        [...attributes.kernel, operand![2]! / attributes.groups, attributes.channels],
        attributes.init,
      ),
      ...(attributes.icnr > 1 && { copies: attributes.icnr ** 2 }),
    },
    ...biasRules(attributes.bias, attributes.channels),
  ],
  multiplyAdds: ([operand], attributes, result) =>
    elements(result) * taps(attributes.kernel) * (operand![2]! / attributes.groups),
  kept: ['operands'],
  example: 'x |> conv(32, kernel = [3, 1], rate = 2)',
};

/** A convolution that keeps the channels apart. */
export const depthwise_conv: Operation<'depthwise_conv'> = {
  summary: 'Convolves every channel of a map on its own.',
  notation: 'pipe',
  operands: 'one',
  parameters: [kernel, rate, stride, multiplier, padding, bias, init],
  shape(operands, attributes) {
    const size = slide('depthwise_conv', operands, attributes);
    return isProblem(size) ? size : [...size, operands[0]![2]! * attributes.multiplier];
  },
  weights: ([operand], attributes) => [
    kernelRule([...attributes.kernel, operand![2]!, attributes.multiplier], attributes.init),
    ...biasRules(attributes.bias, operand![2]! * attributes.multiplier),
  ],
  multiplyAdds: (_, attributes, result) => elements(result) * taps(attributes.kernel),
  kept: ['operands'],
  example: 'x |> depthwise_conv(3, rate = 2)',
};

/** A depthwise convolution followed by a 1×1 convolution, as in Xception. */
export const separable_conv: Operation<'separable_conv'> = {
  summary: 'Convolves every channel of a map on its own, then mixes the channels with a 1×1 convolution.',
  notation: 'pipe',
  operands: 'one',
  parameters: [channels, kernel, rate, stride, multiplier, padding, bias, init],
  shape(operands, attributes) {
    const size = slide('separable_conv', operands, attributes);
    return isProblem(size) ? size : [...size, attributes.channels];
  },
  weights: ([operand], attributes) => {
    const between = operand![2]! * attributes.multiplier;
    return [
      {
        ...kernelRule([...attributes.kernel, operand![2]!, attributes.multiplier], attributes.init),
        role: 'depthwise_kernel',
      },
      { ...kernelRule([1, 1, between, attributes.channels], attributes.init), role: 'pointwise_kernel' },
      ...biasRules(attributes.bias, attributes.channels),
    ];
  },
  multiplyAdds: ([operand], attributes, [height, width]) => {
    const between = operand![2]! * attributes.multiplier;
    return height! * width! * between * (taps(attributes.kernel) + attributes.channels);
  },
  kept: ['operands'],
  example: 'x |> separable_conv(32, 3)',
};

/** The transpose of a convolution: spreads every pixel over a window. Its kernel is `[rows, columns, channels, input channels]`. */
export const conv_transpose: Operation<'conv_transpose'> = {
  summary: 'Enlarges a map by a learned transposed convolution.',
  notation: 'pipe',
  operands: 'one',
  parameters: [
    channels,
    { ...kernel, default: 2 },
    { ...stride, default: 2, doc: 'How many times larger the result is along each axis' },
    padding,
    bias,
    init,
  ],
  shape(operands, attributes) {
    const notMap = needsMap('conv_transpose', operands);
    if (notMap) return notMap;
    const grow = (axis: 0 | 1) =>
      operands[0]![axis]! * attributes.stride[axis] +
      (attributes.padding === 'valid' ? Math.max(0, attributes.kernel[axis] - attributes.stride[axis]) : 0);
    return [grow(0), grow(1), attributes.channels];
  },
  weights: ([operand], attributes) => [
    kernelRule([...attributes.kernel, attributes.channels, operand![2]!], attributes.init),
    ...biasRules(attributes.bias, attributes.channels),
  ],
  multiplyAdds: ([operand], attributes) => elements(operand!) * taps(attributes.kernel) * attributes.channels,
  kept: ['operands'],
  example: 'x |> conv_transpose(16, 2, 2)',
};

/** The rule of a trainable kernel or matrix. */
export function kernelRule(shape: Shape, initializer: Initializer): WeightRule {
  return { role: 'kernel', shape, initializer, trainable: true };
}

/** The rule of a bias of one number per channel, when there is one. */
export function biasRules(present: boolean, count: number): readonly WeightRule[] {
  return present ? [{ role: 'bias', shape: [count], initializer: 'zeros', trainable: true }] : [];
}

function taps(kernel: Pair): number {
  return kernel[0] * kernel[1];
}
