import { elements, type Shape } from '../../../ir/shape.ts';
import type { PrimitiveAttributes, ValueOf } from '../../../step/program.ts';
import { layouts, memoryShape, sameLayout } from '../layout.ts';
import { type Held, type Lowering, nchwc, type Rule } from '../lowering.ts';
import { blocks, cropped, kernelLayout, takes } from './convolution.ts';
import { blockedAffine } from './elementwise.ts';

/**
 * The gradient of a kernel, as the kernel lies between steps. It is a convolution whose map is x with batch and channels
 * exchanged and whose kernel is dy, its stride the rate and its rate the stride; for one tap a product of matrices.
 */
export const conv2d_filter_gradient: Rule<'conv2d_filter_gradient'> = (lowering, value) => {
  const { attributes, shape } = value;
  const x = lowering.value(value.operands[0]!).shape;
  const { groups } = attributes;
  const blocked = groups === 1 && blocks(lowering, shape[3]!);
  const held = isMatrix(value)
    ? byMatrices(lowering, value)
    : blocked
      ? byBlocks(lowering, value)
      : byExchange(lowering, value);
  return lowering.convert(held, kernelLayout(lowering, x, shape, groups));
};

type Gradient = ValueOf<'conv2d_filter_gradient'>;

function isMatrix({ attributes: { kernel, stride, padding, groups } }: Gradient): boolean {
  return (
    groups === 1 &&
    [...kernel, ...stride].every((size) => size === 1) &&
    padding.flat().every((amount) => amount === 0)
  );
}

/** `[channels, pixels] · [results, pixels]ᵀ` */
function byMatrices(lowering: Lowering, { operands, shape }: Gradient): Held {
  const matrices = operands.map((id) => {
    const map = lowering.value(id).shape;
    const channels = map[3]!;
    return lowering.reshape(lowering.take(id, layouts.channelsOutside), [channels, elements(map) / channels]);
  });
  const [, , channels, results] = shape as [number, number, number, number];
  const name = lowering.node('Gemm', matrices, { transB: 1 });
  return {
    name: lowering.sized(name, [channels, results], [channels, results, 1, 1]),
    shape,
    layout: layouts.swappedFilter,
  };
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
function byBlocks(lowering: Lowering, value: Gradient): Held {
  const { operands, attributes, shape } = value;
  const { model, block } = lowering;
  const [x, dy] = operands as [number, number];
  const [batch, , width, channels] = lowering.value(x).shape as [number, number, number, number];
  const [, rows, columns, results] = lowering.value(dy).shape as [number, number, number, number];
  const [down, across] = axesOf(lowering, value);
  const wide = across.before + width + across.after;
  const map = wide === width ? lowering.take(x, layouts.channelsOutside) : widened(lowering, x, across);
  const filters = lowering.reshape(lowering.take(dy, layouts.blocked), [batch, results, rows, columns]);
  const parts = chunks(lowering, batch).map(({ from, count }) => {
    const images = count === batch ? map : cropped(lowering, map, [1], [count], [from]);
    const filter = count === batch ? filters : cropped(lowering, filters, [0], [count], [from]);
    const together = imagesPerGroup(count, block, rows * columns, channels * down.found * across.found);
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
        pads: [down.before, 0, down.after, 0],
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
  return { name: cutToKernel(lowering, taps, value, [down, across]), shape, layout: layouts.filterGradient };
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

/**
 * How many images the convolution itself sums: for one at a time dy lies right as it is, but every image's gradient is
 * written and read once more; for more of them dy is moved first. Less traffic wins.
 */
function imagesPerGroup(images: number, block: number, pixels: number, taps: number): number {
  let most = Math.min(images, block - 1);
  while (images % most !== 0) most -= 1;
  const moved = 2 * images * pixels;
  const saved = 2 * (images - images / most) * taps;
  return moved < saved ? most : 1;
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
