import type { Work } from '../../../../cost/work.ts';
import { elements } from '../../../../ir/shape.ts';
import { layouts, memoryShape } from '../../layout.ts';
import { type Form, type Held, type Lowering, nchwc } from '../../lowering.ts';
import { isDepthwise } from '../convolution.ts';
import { axesOf, cutToKernel, type Gradient, moved } from './sliding.ts';

/** Of a depthwise convolution in blocks; of others none. */
export function channelForms(lowering: Lowering, value: Gradient): readonly Form[] {
  const x = lowering.value(value.operands[0]!).shape;
  if (!isDepthwise(lowering, x, value.shape, value.attributes.groups)) return [];
  return [
    {
      name: 'channel by channel in blocks',
      work: channelWork(lowering, value),
      lower: () => byChannels(lowering, value),
    },
  ];
}

/**
 * Of a depthwise convolution: channels of all images are so many maps, over each of which its part of dy moves as a filter.
 * Both lie in blocks already, and the gradients of images are summed as the kernel lies.
 */
function byChannels(lowering: Lowering, value: Gradient): Held {
  const { operands, attributes, shape } = value;
  const [x, dy] = operands as [number, number];
  const [batch, height, width, channels] = lowering.value(x).shape as [number, number, number, number];
  const [, rows, columns] = lowering.value(dy).shape as [number, number, number, number];
  const [down, across] = axesOf(lowering, value);
  const maps = batch * channels;
  const name = lowering.node(
    'Conv',
    [
      lowering.reshape(lowering.take(x, layouts.blocked), [1, maps, height, width]),
      lowering.reshape(lowering.take(dy, layouts.blocked), [maps, 1, rows, columns]),
    ],
    {
      group: maps,
      kernel_shape: [rows, columns],
      strides: attributes.rate,
      dilations: attributes.stride,
      pads: [down.before, across.before, down.after, across.after],
    },
    nchwc,
  );
  const found = [down.found, across.found] as const;
  const ofImages = [batch, channels * found[0] * found[1]];
  const each = lowering.sized(name, [1, maps, ...found], ofImages);
  const sum = lowering.node('ReduceSum', [each, lowering.model.ints([0])], { keepdims: 0 });
  const layout = layouts.thinFilter;
  const taps = lowering.sized(
    sum,
    [ofImages[1]!],
    memoryShape([...found, 1, channels], layout, lowering.block),
  );
  return { name: cutToKernel(lowering, taps, value, [down, across]), shape, layout };
}

function channelWork(lowering: Lowering, value: Gradient): readonly Work[] {
  const [x, dy] = value.operands.map((id) => elements(lowering.value(id).shape)) as [number, number];
  const [down, across] = axesOf(lowering, value);
  const taps = down.found * across.found;
  const images = lowering.value(value.operands[0]!).shape[0]! * elements(value.shape);
  return [
    { kind: 'per_channel', multiplyAdds: dy * taps, numbers: x + dy + images },
    moved('sum', images + elements(value.shape)),
  ];
}
