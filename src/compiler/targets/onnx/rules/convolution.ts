import type { Shape } from '../../../ir/shape.ts';
import type { Sliding } from '../../../step/program.ts';
import { layouts, memoryShape } from '../layout.ts';
import type { Held, Lowering, Rule } from '../lowering.ts';
import { canSplit, splitInputGradient } from './subpixel.ts';

const nchwc = 'com.microsoft.nchwc';

/** `[top, left, bottom, right]`, as ONNX counts. */
export function padsOf([[top, bottom], [left, right]]: Sliding['padding']): readonly number[] {
  return [top, left, bottom, right];
}

/** Whether channels can lie in blocks, one block at least. */
function blocks(lowering: Lowering, channels: number): boolean {
  return lowering.options.block !== null && channels % lowering.block === 0;
}

/** Whether the internal convolution takes a map of so many channels: whole blocks, or fewer than one, channels first. */
function takes(lowering: Lowering, channels: number): boolean {
  return blocks(lowering, channels) || channels < lowering.block;
}

/** How a weight wants to lie in memory from step to step: as the convolution that reads it takes it. */
export function kernelLayout(lowering: Lowering, x: Shape, kernel: Shape, groups: number) {
  if (groups > 1 || !blocks(lowering, kernel[3]!) || !takes(lowering, x[3]!)) return layouts.filter;
  return blocks(lowering, x[3]!) ? layouts.blockedFilter : layouts.thinFilter;
}

export const conv2d: Rule<'conv2d'> = (lowering, { operands: [x, kernel], attributes, shape }) => {
  const from = lowering.value(x!).shape;
  const size = lowering.value(kernel!).shape;
  const layout = kernelLayout(lowering, from, size, attributes.groups);
  const settings = slidingAttributes(attributes, [size[0]!, size[1]!]);
  const filter = lowering.take(kernel!, layout);
  if (layout === layouts.filter) {
    const name = lowering.node('Conv', [lowering.take(x!, layouts.channelsFirst), filter], settings);
    return { name, shape, layout: layouts.channelsFirst };
  }
  const map = layout === layouts.thinFilter ? layouts.channelsFirst : layouts.blocked;
  return blockedConv(lowering, {
    x: lowering.take(x!, map),
    from,
    filter,
    size: channelsFirst(size),
    shape,
    settings,
  });
};

/** One blocked convolution: names of map and filter as they lie, shapes as the program means them. */
function blockedConv(
  lowering: Lowering,
  call: {
    readonly x: string;
    readonly from: Shape;
    readonly filter: string;
    /** `[results, channels, rows, columns]` */
    readonly size: Shape;
    readonly shape: Shape;
    readonly settings: ReturnType<typeof slidingAttributes>;
  },
): Held {
  const [batch, height, width, channels] = call.from as [number, number, number, number];
  const x = lowering.reshape(call.x, [batch, channels, height, width]);
  const name = lowering.node('Conv', [x, lowering.reshape(call.filter, call.size)], call.settings, nchwc);
  const layout = layouts.blocked;
  return {
    name: lowering.reshape(name, memoryShape(call.shape, layout, lowering.block)),
    shape: call.shape,
    layout,
  };
}

/** Of a kernel `[rows, columns, channels, results]`. */
function channelsFirst([rows, columns, channels, results]: Shape): Shape {
  return [results!, channels!, rows!, columns!];
}

function slidingAttributes({ stride, rate, padding, groups }: Sliding, kernel: readonly [number, number]) {
  return { kernel_shape: kernel, strides: stride, dilations: rate, pads: padsOf(padding), group: groups };
}

/**
 * With stride 1 the convolution of dy with the kernel turned around, its channels and results exchanged; with equal
 * strides and rate 1 a smaller convolution to the pixels of every square, then depth to space; else ConvTranspose.
 */
export const conv2d_input_gradient: Rule<'conv2d_input_gradient'> = (lowering, value) => {
  const { operands, attributes, shape } = value;
  const [dy, kernel] = operands as [number, number];
  const { stride, rate, padding, groups, size } = attributes;
  const { shape: result } = lowering.value(dy);
  const extent = lowering.value(kernel).shape;
  const opposite = [0, 1].map((axis) => {
    const reach = (extent[axis]! - 1) * rate[axis]!;
    return [reach - padding[axis]![0], reach - padding[axis]![1]] as const;
  }) as unknown as Sliding['padding'];
  const unit = stride[0] === 1 && stride[1] === 1;
  if (groups === 1 && unit && opposite.flat().every((amount) => amount >= 0)) {
    const settings = slidingAttributes({ stride, rate, padding: opposite, groups }, [extent[0]!, extent[1]!]);
    if (blocks(lowering, shape[3]!) && blocks(lowering, result[3]!)) {
      const filter = flipped(lowering, lowering.take(kernel, layouts.blockedSwappedFilter), extent);
      const [rows, columns, channels, results] = extent as [number, number, number, number];
      return blockedConv(lowering, {
        x: lowering.take(dy, layouts.blocked),
        from: result,
        filter,
        size: [channels, results, rows, columns],
        shape,
        settings,
      });
    }
    const filter = flipped(lowering, lowering.take(kernel, layouts.swappedFilter), extent);
    const name = lowering.node('Conv', [lowering.take(dy, layouts.channelsFirst), filter], settings);
    return { name, shape, layout: layouts.channelsFirst };
  }
  if (canSplit(attributes, extent, result)) return splitInputGradient(lowering, value);
  const output = [0, 1].map((axis) => {
    const reached = (result[axis + 1]! - 1) * stride[axis]! + (extent[axis]! - 1) * rate[axis]! + 1;
    return size[axis]! - reached + padding[axis]![0] + padding[axis]![1];
  });
  const name = lowering.node(
    'ConvTranspose',
    [lowering.take(dy, layouts.channelsFirst), lowering.take(kernel, layouts.filter)],
    {
      ...slidingAttributes(attributes, [extent[0]!, extent[1]!]),
      output_padding: output,
    },
  );
  return { name, shape, layout: layouts.channelsFirst };
};

/** A filter whose axes 2 and 3 are rows and columns, turned around in space. */
function flipped(lowering: Lowering, filter: string, [rows, columns]: Shape): string {
  const axes = [2, 3].filter((axis) => [rows!, columns!][axis - 2]! > 1);
  if (axes.length === 0) return filter;
  const { model } = lowering;
  const [last, end, step] = [-1, -(2 ** 31), -1].map((value) => model.ints(axes.map(() => value)));
  return lowering.node('Slice', [filter, last!, end!, model.ints(axes), step!]);
}

/**
 * A convolution whose map is x with batch and channels exchanged and whose kernel is dy, its stride the rate and its rate
 * the stride. With blocks every image is a group of its own, for then dy lies as a filter does, and the images are summed.
 */
export const conv2d_filter_gradient: Rule<'conv2d_filter_gradient'> = (lowering, value) => {
  const { operands, attributes, shape } = value;
  const [x, dy] = operands as [number, number];
  const { stride, rate, padding, groups } = attributes;
  const [batch, height, width, channels] = lowering.value(x).shape as [number, number, number, number];
  const [, rows, columns, results] = lowering.value(dy).shape as [number, number, number, number];
  const [down, across] = attributes.kernel;
  // What the map must hold for exactly the kernel's taps; more is cut off afterwards.
  const end = ([extent, many, taps]: readonly [number, number, number], axis: 0 | 1) =>
    (many - 1) * stride[axis] + (taps - 1) * rate[axis] + 1 - extent - padding[axis][0];
  const exact = [end([height, rows, down], 0), end([width, columns, across], 1)] as const;
  const after = exact.map((amount) => Math.max(0, amount)) as [number, number];
  const settings = {
    kernel_shape: [rows, columns],
    strides: rate,
    dilations: stride,
    pads: [padding[0][0], padding[1][0], after[0], after[1]],
  };
  const cut = (name: string, axes: readonly [number, number]) =>
    exact.every((amount) => amount >= 0) ? name : cropped(lowering, name, axes, [down, across]);
  const suits = groups === 1 && blocks(lowering, results) && takes(lowering, batch);
  if (suits) {
    const map = lowering.take(x, layouts.channelsOutside);
    const filter = lowering.reshape(lowering.take(dy, layouts.blocked), [batch * results, 1, rows, columns]);
    const each = lowering.node('Conv', [map, filter], { ...settings, group: batch }, nchwc);
    const [found, wide] = exact.map((amount, axis) => {
      const extent = [height, width][axis]! + padding[axis as 0 | 1][0] + Math.max(0, amount);
      return (
        Math.floor(
          (extent - (([rows, columns][axis]! - 1) * stride[axis as 0 | 1] + 1)) / rate[axis as 0 | 1],
        ) + 1
      );
    }) as [number, number];
    const parts = lowering.reshape(each, [
      channels,
      batch,
      results / lowering.block,
      found * wide * lowering.block,
    ]);
    const sum =
      batch === 1 ? parts : lowering.node('ReduceSum', [parts, lowering.model.ints([1])], { keepdims: 0 });
    const taps = lowering.reshape(sum, [channels, results / lowering.block, found, wide, lowering.block]);
    return { name: cut(taps, [2, 3]), shape, layout: layouts.filterGradient };
  }
  // [batch, groups, channels of a group, …] → [channels of a group, groups · batch, …]
  const map =
    groups === 1
      ? lowering.take(x, layouts.channelsOutside)
      : lowering.reshape(
          lowering.node(
            'Transpose',
            [
              lowering.reshape(lowering.take(x, layouts.channelsFirst), [
                batch,
                groups,
                channels / groups,
                height * width,
              ]),
            ],
            { perm: [2, 1, 0, 3] },
          ),
          [channels / groups, groups * batch, height, width],
        );
  const filter = lowering.take(dy, layouts.channelsOutside);
  const name = cut(lowering.node('Conv', [map, filter], { ...settings, group: groups }), [2, 3]);
  return { name, shape, layout: layouts.swappedFilter };
};

/** The first values along two axes. */
export function cropped(
  lowering: Lowering,
  name: string,
  axes: readonly number[],
  sizes: readonly number[],
  begin: readonly number[] = axes.map(() => 0),
): string {
  const { model } = lowering;
  const end = sizes.map((size, index) => size + begin[index]!);
  return lowering.node('Slice', [name, model.ints(begin), model.ints(end), model.ints(axes)]);
}
