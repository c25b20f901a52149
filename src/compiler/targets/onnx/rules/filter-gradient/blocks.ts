import type { Work } from '../../../../cost/work.ts';
import { elements, type Shape } from '../../../../ir/shape.ts';
import { layouts, memoryShape, sameLayout } from '../../layout.ts';
import { type Form, type Held, type Lowering, nchwc } from '../../lowering.ts';
import { busy, filterGradientKind } from '../../work.ts';
import { cropped, flipped, takes } from '../convolution.ts';
import { blockedAffine } from '../elementwise.ts';
import { filled, fillsBlocks, inWholeBlocks } from '../filled.ts';
import { type Roles, rolesOf } from './roles.ts';
import { type Axis, cutToKernel, exchangedWork, type Gradient, moved } from './sliding.ts';

/** How a gradient is computed in blocks. */
interface BlockForm {
  readonly roles: Roles;
  /** Whether the convolution sums as many images as it can by itself, for which the filter is moved first; else one at a time. */
  readonly together: boolean;
  /** Whether the map is widened by zeros beforehand; else the operator sees to borders. */
  readonly widened: boolean;
}

/** In blocks: none where the operator cannot take either map as a filter. */
export function blockForms(lowering: Lowering, value: Gradient): readonly Form[] {
  if (value.attributes.groups !== 1) return [];
  const [batch] = lowering.value(value.operands[0]!).shape as readonly [number];
  const alone = chunks(lowering, batch).every(({ count }) => imagesTogether(count, lowering.block) === 1);
  return rolesOf(lowering, value).flatMap((roles) => {
    if (!fillsBlocks(lowering, lowering.value(roles.filter).shape[3]!)) return [];
    const [, across] = roles.axes;
    const asIs = across.before + across.after === 0;
    return [true, false].flatMap((widened) =>
      [false, true].flatMap((together) => {
        if ((together && alone) || (asIs && !widened)) return [];
        const form = { roles, together, widened };
        const images = together ? 'the convolution sums images' : 'one image at a time';
        const name = `${images}${widened ? '' : ', borders by the operator'}${roles.exchanged ? ', x over dy' : ''}`;
        return {
          name,
          work: blockWork(lowering, value, form),
          lower: () => byBlocks(lowering, value, form),
        };
      }),
    );
  });
}

/**
 * In blocks a map lies as a filter of one image at a time. Images of a group are summed by the convolution, groups
 * afterwards. The other map is widened by zeros beforehand: the operator computes results at borders one by one, and of a
 * kernel's few taps across nearly all would be such.
 */
function byBlocks(lowering: Lowering, value: Gradient, form: BlockForm): Held {
  const { attributes, shape } = value;
  const { model, block } = lowering;
  const { roles } = form;
  const [batch, , , channels] = lowering.value(roles.map).shape as [number, number, number, number];
  const [, rows, columns, own] = lowering.value(roles.filter).shape as [number, number, number, number];
  const results = filled(lowering, own);
  const [down, across] = roles.axes;
  const asIs = !form.widened || across.before + across.after === 0;
  const map = asIs ? lowering.take(roles.map, layouts.channelsOutside) : widened(lowering, roles.map, across);
  const filters = inWholeBlocks(lowering, roles.filter);
  const parts = chunks(lowering, batch).map(({ from, count }) => {
    const images = count === batch ? map : cropped(lowering, map, [1], [count], [from]);
    const filter = count === batch ? filters : cropped(lowering, filters, [0], [count], [from]);
    const together = form.together ? imagesTogether(count, block) : 1;
    const groups = count / together;
    const size = [groups, together, results / block, rows * columns * block];
    const gathered =
      together === 1
        ? filter
        : lowering.exchange(filter, size, [0, 2, 1, 3], [groups * results, together, rows, columns]);
    const name = lowering.node(
      'Conv',
      [images, lowering.reshape(gathered, [groups * results, together, rows, columns])],
      {
        group: groups,
        kernel_shape: [rows, columns],
        strides: attributes.rate,
        dilations: roles.dilations,
        pads: form.widened
          ? [down.before, 0, down.after, 0]
          : [down.before, across.before, down.after, across.after],
      },
      nchwc,
    );
    const found = [channels, groups, results * down.found * across.found];
    const each = lowering.sized(name, [channels, groups * results, down.found, across.found], found);
    if (groups === 1) return each;
    const sum = lowering.node('ReduceSum', [each, model.ints([1])], { keepdims: 1 });
    return lowering.sized(sum, [channels, 1, found[2]!], [channels, 1, found[2]!]);
  });
  const sum = parts.reduce((one, other) => lowering.node('Add', [one, other]));
  const taps = lowering.reshape(sum, [channels, results / block, down.found, across.found, block]);
  const cut = cutToKernel(lowering, taps, value, roles.axes);
  const name = roles.exchanged ? flipped(lowering, cut, shape) : cut;
  const [whole, plain] = roles.exchanged
    ? [layouts.exchangedFilterGradient, layouts.filter]
    : [layouts.filterGradient, layouts.swappedFilter];
  if (results === own) return { name, shape, layout: whole };
  const [high, wide] = attributes.kernel;
  const apart = [channels, results / block, high, wide, block];
  const all = lowering.exchange(name, apart, [0, 1, 4, 2, 3], [channels, results, high, wide]);
  return { name: cropped(lowering, all, [1], [own]), shape, layout: plain };
}

/** A map with zeros beside it, batch and channels exchanged. */
function widened(lowering: Lowering, x: number, { before, after }: Axis): string {
  const { model } = lowering;
  const [batch, height, width, channels] = lowering.value(x).shape as [number, number, number, number];
  const shape = [batch, height, before + width + after, channels];
  if (sameLayout(lowering.made(x).layout, layouts.blocked) && height * width > 1) {
    // A depthwise convolution of one tap puts its zeros there on all threads, `Pad` row by row on one.
    const wide = blockedAffine(lowering, x, { beside: [before, after] });
    return lowering.convert(wide, layouts.channelsOutside).name;
  }
  const rows = lowering.reshape(lowering.take(x, layouts.channelsOutside), [
    channels * batch * height,
    width,
  ]);
  const name = lowering.node('Pad', [rows, model.ints([0, before, 0, after]), model.floats([], [0])]);
  return lowering.sized(
    name,
    [channels * batch * height, shape[2]!],
    memoryShape(shape, layouts.channelsOutside, lowering.block),
  );
}

/** Parts of a batch that the operator takes: fewer images than a block, or whole blocks of them. */
function chunks(
  lowering: Lowering,
  batch: number,
): readonly { readonly from: number; readonly count: number }[] {
  if (takes(lowering, batch)) return [{ from: 0, count: batch }];
  const whole = batch - (batch % lowering.block);
  return [
    { from: 0, count: whole },
    { from: whole, count: batch - whole },
  ];
}

/** How many images the convolution itself can sum: fewer than a block, as many in each group. */
function imagesTogether(images: number, block: number): number {
  let count = Math.min(images, block - 1);
  while (images % count !== 0) count -= 1;
  return count;
}

/** Beside what all forms do: the map with batch and channels exchanged, and the gradient brought to the kernel's layout. */
function blockWork(
  lowering: Lowering,
  value: Gradient,
  { roles, together, widened }: BlockForm,
): readonly Work[] {
  const [map, filter] = [roles.map, roles.filter].map((id) => lowering.value(id).shape) as [Shape, Shape];
  const [batch, , width, channels] = map as readonly [number, number, number, number];
  const [down, across] = roles.axes;
  const wide = across.before + width + across.after;
  const read = widened ? (elements(map) * wide) / width : elements(map);
  const taps = down.found * across.found;
  const results = filled(lowering, filter[3]!);
  const filters = (elements(filter) * results) / filter[3]!;
  const gradient = channels * results * taps;
  const work: Work[] = results === filter[3] ? [] : [moved('reordering', elements(filter) + filters)];
  const mapBlocked = sameLayout(lowering.made(roles.map).layout, layouts.blocked);
  if (widened && wide !== width) {
    const numbers = elements(map) + read;
    work.push({
      kind: mapBlocked ? 'per_channel' : 'padding',
      multiplyAdds: mapBlocked ? read : 0,
      numbers,
    });
  }
  work.push(...exchangedWork(lowering, roles.map));
  for (const { count } of chunks(lowering, batch)) {
    const share = count / batch;
    const sums = together ? imagesTogether(count, lowering.block) : 1;
    const groups = count / sums;
    if (sums > 1) work.push(moved('gathering', 2 * share * filters));
    work.push({
      kind: filterGradientKind(across.found, widened || wide === width),
      multiplyAdds: (share * filters * channels * taps) / busy(results / lowering.block, across.found),
      numbers: share * (read + filters) + groups * gradient,
    });
    if (groups > 1) work.push(moved('sum', (groups + 1) * gradient));
  }
  // Taps in the opposite order.
  if (roles.exchanged) work.push(moved('copy', 2 * elements(value.shape)));
  return work;
}
