import type { Work, WorkKind } from '../../../cost/work.ts';
import { elements, type Shape } from '../../../ir/shape.ts';
import type { PrimitiveAttributes, ValueOf } from '../../../step/program.ts';
import { isBlocked, layouts, memoryShape, sameLayout } from '../layout.ts';
import { type Form, type Held, type Lowering, nchwc, type Rule } from '../lowering.ts';
import { filterGradientKind } from '../work.ts';
import { blocks, cropped, isDepthwise, kernelLayout, takes } from './convolution.ts';
import { blockedAffine } from './elementwise.ts';

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

function formsOf(lowering: Lowering, value: Gradient): readonly Form[] {
  const blocked = value.attributes.groups === 1 && fillsBlocks(lowering, value.shape[3]!);
  const exchanged = {
    name: 'standard operators',
    work: exchangeWork(lowering, value),
    lower: () => byExchange(lowering, value),
  };
  const matrices = {
    name: 'a product of matrices',
    work: matrixWork(lowering, value),
    lower: () => byMatrices(lowering, value),
  };
  const channelwise = {
    name: 'channel by channel in blocks',
    work: channelWork(lowering, value),
    lower: () => byChannels(lowering, value),
  };
  const x = lowering.value(value.operands[0]!).shape;
  return [
    ...(isDepthwise(lowering, x, value.shape, value.attributes.groups) ? [channelwise] : []),
    ...(isMatrix(value) ? [matrices] : []),
    ...(blocked ? blockForms(lowering, value) : []),
    ...(isMatrix(value) ? [] : [exchanged]),
  ];
}

type Gradient = ValueOf<'conv2d_filter_gradient'>;

/** Channels of maps that the library brings into blocks: it fills the last one with zeros, but takes four at a time. */
function fillsBlocks(lowering: Lowering, channels: number): boolean {
  return lowering.options.block !== null && channels % 4 === 0;
}

/** So many channels, or as many more as fill the last block. */
function filled(lowering: Lowering, channels: number): number {
  return Math.ceil(channels / lowering.block) * lowering.block;
}

/** A map in blocks, the last one filled with zeros, as `[batch, channels, rows, columns]`. */
function inWholeBlocks(lowering: Lowering, id: number): string {
  const [batch, rows, columns, channels] = lowering.value(id).shape as [number, number, number, number];
  const sizes = [batch, filled(lowering, channels), rows, columns];
  if (blocks(lowering, channels)) return lowering.reshape(lowering.take(id, layouts.blocked), sizes);
  const name = lowering.node('ReorderInput', [lowering.take(id, layouts.channelsFirst)], {}, nchwc);
  return lowering.sized(name, sizes, sizes);
}

/** Whether a kernel of one tap reads no border; with a stride it reads only some pixels. */
function isMatrix({ attributes: { kernel, padding, groups } }: Gradient): boolean {
  return groups === 1 && kernel.every((size) => size === 1) && padding.flat().every((amount) => amount === 0);
}

/** `[channels, pixels] · [results, pixels]ᵀ` */
function byMatrices(lowering: Lowering, { operands, attributes, shape }: Gradient): Held {
  const [x, dy] = operands as [number, number];
  const to = layouts.channelsOutside;
  const isUnit = attributes.stride.every((step) => step === 1);
  const maps = [
    isUnit ? lowering.take(x, to) : everyOther(lowering, x, dy, attributes.stride),
    lowering.take(dy, to),
  ];
  const pixels = lowering.value(dy).shape.slice(0, 3);
  const matrices = maps.map((map, index) => lowering.reshape(map, [shape[2 + index]!, elements(pixels)]));
  const [, , channels, results] = shape as [number, number, number, number];
  const name = lowering.node('Gemm', matrices, { transB: 1 });
  return {
    name: lowering.sized(name, [channels, results], [channels, results, 1, 1]),
    shape,
    layout: layouts.swappedFilter,
  };
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

/** The pixels of x that a kernel of one tap reads, batch and channels exchanged. */
function everyOther(
  lowering: Lowering,
  x: number,
  dy: number,
  stride: PrimitiveAttributes['conv2d_filter_gradient']['stride'],
): string {
  const [batch, , , channels] = lowering.value(x).shape as [number, number, number, number];
  const [, height, width] = lowering.value(dy).shape as [number, number, number, number];
  const shape = [batch, height, width, channels];
  if (sameLayout(lowering.made(x).layout, layouts.blocked))
    return lowering.convert(blockedAffine(lowering, x, { stride }), layouts.channelsOutside).name;
  const { model } = lowering;
  const map = lowering.take(x, layouts.channelsOutside);
  const ends = [(height - 1) * stride[0] + 1, (width - 1) * stride[1] + 1];
  const name = lowering.node('Slice', [
    map,
    ...[[0, 0], ends, [2, 3], stride].map((each) => model.ints(each)),
  ]);
  const sizes = memoryShape(shape, layouts.channelsOutside, lowering.block);
  return lowering.sized(name, sizes, sizes);
}

/** How dy moves over x along one axis. */
interface Axis {
  readonly before: number;
  /** Zeros behind x. */
  readonly after: number;
  /** The taps that are found: at least as many as the kernel has. */
  readonly found: number;
}

function axisOf(
  { stride, rate, padding, kernel }: PrimitiveAttributes['conv2d_filter_gradient'],
  x: Shape,
  dy: Shape,
  axis: 0 | 1,
): Axis {
  const reach = (dy[axis + 1]! - 1) * stride[axis] + 1;
  const before = padding[axis][0];
  const extent = x[axis + 1]! + before;
  // What the map must hold for exactly the kernel's taps; more is cut off afterwards.
  const after = Math.max(0, reach + (kernel[axis] - 1) * rate[axis] - extent);
  return { before, after, found: Math.floor((extent + after - reach) / rate[axis]) + 1 };
}

function axesOf(lowering: Lowering, { operands, attributes }: Gradient): readonly [Axis, Axis] {
  const [x, dy] = operands.map((id) => lowering.value(id).shape) as [Shape, Shape];
  return [axisOf(attributes, x, dy, 0), axisOf(attributes, x, dy, 1)];
}

/**
 * In blocks dy lies as a filter of one image at a time. Images of a group are summed by the convolution, groups
 * afterwards. x is widened by zeros beforehand: the operator computes results at borders one by one, and of a kernel's
 * few taps across nearly all would be such.
 */
function byBlocks(lowering: Lowering, value: Gradient, form: BlockForm): Held {
  const { operands, attributes, shape } = value;
  const { model, block } = lowering;
  const [x, dy] = operands as [number, number];
  const [batch, , , channels] = lowering.value(x).shape as [number, number, number, number];
  const [, rows, columns] = lowering.value(dy).shape as [number, number, number, number];
  const results = filled(lowering, shape[3]!);
  const [down, across] = axesOf(lowering, value);
  const asIs = !form.widened || across.before + across.after === 0;
  const map = asIs ? lowering.take(x, layouts.channelsOutside) : widened(lowering, x, across);
  const filters = inWholeBlocks(lowering, dy);
  const parts = chunks(lowering, batch).map(({ from, count }) => {
    const images = count === batch ? map : cropped(lowering, map, [1], [count], [from]);
    const filter = count === batch ? filters : cropped(lowering, filters, [0], [count], [from]);
    const together = form.together ? mostTogether(count, block) : 1;
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
        dilations: attributes.stride,
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
  const name = cutToKernel(lowering, taps, value, [down, across]);
  if (results === shape[3]) return { name, shape, layout: layouts.filterGradient };
  const [high, wide] = attributes.kernel;
  const cut = [channels, results / block, high, wide, block];
  const all = lowering.exchange(name, cut, [0, 1, 4, 2, 3], [channels, results, high, wide]);
  return { name: cropped(lowering, all, [1], [shape[3]!]), shape, layout: layouts.swappedFilter };
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

/** How a gradient is computed in blocks. */
interface BlockForm {
  /** Whether the convolution sums as many images as it can by itself, for which dy is moved first; else one at a time. */
  readonly together: boolean;
  /** Whether x is widened by zeros beforehand; else the operator sees to borders. */
  readonly widened: boolean;
}

/** How many images the convolution itself can sum: fewer than a block, as many in each group. */
function mostTogether(images: number, block: number): number {
  let most = Math.min(images, block - 1);
  while (images % most !== 0) most -= 1;
  return most;
}

function blockForms(lowering: Lowering, value: Gradient): readonly Form[] {
  const [batch] = lowering.value(value.operands[0]!).shape as readonly [number];
  const [, across] = axesOf(lowering, value);
  const alone = chunks(lowering, batch).every(({ count }) => mostTogether(count, lowering.block) === 1);
  const asIs = across.before + across.after === 0;
  return [true, false].flatMap((widened) =>
    [false, true].flatMap((together) => {
      if ((together && alone) || (asIs && !widened)) return [];
      const form = { together, widened };
      const name = `${together ? 'the convolution sums images' : 'one image at a time'}${widened ? '' : ', borders by the operator'}`;
      return { name, work: blockWork(lowering, value, form), lower: () => byBlocks(lowering, value, form) };
    }),
  );
}

/** Beside what all forms do: x with batch and channels exchanged, and the gradient brought to the kernel's layout. */
function blockWork(lowering: Lowering, value: Gradient, { together, widened }: BlockForm): readonly Work[] {
  const [x, dy] = value.operands.map((id) => lowering.value(id).shape) as [Shape, Shape];
  const [batch, , width, channels] = x as readonly [number, number, number, number];
  const [down, across] = axesOf(lowering, value);
  const wide = across.before + width + across.after;
  const read = widened ? (elements(x) * wide) / width : elements(x);
  const taps = down.found * across.found;
  const results = filled(lowering, dy[3]!);
  const filters = (elements(dy) * results) / dy[3]!;
  const gradient = channels * results * taps;
  const work: Work[] = results === dy[3] ? [] : [moved('reordering', elements(dy) + filters)];
  if (widened && wide !== width) {
    const blocked = sameLayout(lowering.made(value.operands[0]!).layout, layouts.blocked);
    const numbers = elements(x) + read;
    work.push({ kind: blocked ? 'per_channel' : 'padding', multiplyAdds: blocked ? read : 0, numbers });
  }
  for (const { count } of chunks(lowering, batch)) {
    const share = count / batch;
    const sums = together ? mostTogether(count, lowering.block) : 1;
    const groups = count / sums;
    if (sums > 1) work.push(moved('gathering', 2 * share * filters));
    work.push({
      kind: filterGradientKind(across.found, widened || wide === width),
      multiplyAdds: share * filters * channels * taps,
      numbers: share * (read + filters) + groups * gradient,
    });
    if (groups > 1) work.push(moved('sum', (groups + 1) * gradient));
  }
  return work;
}

function moved(kind: WorkKind, numbers: number): Work {
  return { kind, multiplyAdds: 0, numbers };
}

/** dy out of blocks, with batch and channels exchanged. */
function exchangedWork(lowering: Lowering, dy: number): readonly Work[] {
  const numbers = 2 * elements(lowering.value(dy).shape);
  const blocked = isBlocked(lowering.made(dy).layout);
  return [...(blocked ? [moved('reordering', numbers)] : []), moved('block_move', numbers)];
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

function matrixWork(lowering: Lowering, { operands, shape }: Gradient): readonly Work[] {
  const dy = elements(lowering.value(operands[1]!).shape);
  const multiplyAdds = dy * shape[2]!;
  const numbers = dy + multiplyAdds / shape[3]! + elements(shape);
  const work = { kind: 'matrix_product', multiplyAdds, numbers } as const;
  return [...exchangedWork(lowering, operands[1]!), work];
}

function exchangeWork(lowering: Lowering, value: Gradient): readonly Work[] {
  const { operands, attributes, shape } = value;
  const [x, dy] = operands.map((id) => elements(lowering.value(id).shape)) as [number, number];
  const [down, across] = axesOf(lowering, value);
  const taps = down.found * across.found;
  const kind = attributes.groups === 1 ? 'standard_filter_gradient' : 'grouped_convolution';
  const work = { kind, multiplyAdds: dy * shape[2]! * taps, numbers: x + dy + elements(shape) } as const;
  return [...exchangedWork(lowering, operands[1]!), work];
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

/** The kernel's taps of those found; they are axes 2 and 3. */
function cutToKernel(
  lowering: Lowering,
  name: string,
  { attributes: { kernel } }: Gradient,
  axes: readonly [Axis, Axis],
): string {
  return axes.every(({ found }, axis) => found === kernel[axis])
    ? name
    : cropped(lowering, name, [2, 3], kernel);
}
