import type { Work } from '../../../../cost/work.ts';
import { elements } from '../../../../ir/shape.ts';
import { layouts } from '../../layout.ts';
import type { Form, Held, Lowering } from '../../lowering.ts';
import { axesOf, cutToKernel, exchangedWork, type Gradient } from './sliding.ts';

/** By standard operators, which know every gradient. */
export function exchangeForm(lowering: Lowering, value: Gradient): Form {
  return {
    name: 'standard operators',
    work: exchangeWork(lowering, value),
    lower: () => byExchange(lowering, value),
  };
}

/** With standard operators; groups keep to themselves. */
function byExchange(lowering: Lowering, value: Gradient): Held {
  const { operands, attributes, shape } = value;
  const [x, dy] = operands as [number, number];
  const { groups } = attributes;
  const [batch, height, width, channels] = lowering.value(x).shape as [number, number, number, number];
  const [, rows, columns] = lowering.value(dy).shape as [number, number, number, number];
  const axes = axesOf(lowering, value);
  // [batch, groups, channels of a group, …] → [channels of a group, groups · batch, …]
  const cut = [batch, groups, channels / groups, height * width];
  const map =
    groups === 1
      ? lowering.take(x, layouts.channelsOutside)
      : lowering.sized(
          lowering.node('Transpose', [lowering.reshape(lowering.take(x, layouts.channelsFirst), cut)], {
            perm: [2, 1, 0, 3],
          }),
          [channels / groups, groups, batch, height * width],
          [channels / groups, groups * batch, height, width],
        );
  const name = lowering.node('Conv', [map, lowering.take(dy, layouts.channelsOutside)], {
    group: groups,
    kernel_shape: [rows, columns],
    strides: attributes.rate,
    dilations: attributes.stride,
    pads: [axes[0].before, axes[1].before, axes[0].after, axes[1].after],
  });
  return { name: cutToKernel(lowering, name, value, axes), shape, layout: layouts.swappedFilter };
}

function exchangeWork(lowering: Lowering, value: Gradient): readonly Work[] {
  const { operands, attributes, shape } = value;
  const [x, dy] = operands.map((id) => elements(lowering.value(id).shape)) as [number, number];
  const [down, across] = axesOf(lowering, value);
  const taps = down.found * across.found;
  const kind = attributes.groups === 1 ? 'standard_filter_gradient' : 'grouped_convolution';
  const work = { kind, multiplyAdds: dy * shape[2]! * taps, numbers: x + dy + elements(shape) } as const;
  return [...value.operands.flatMap((id) => exchangedWork(lowering, id)), work];
}
