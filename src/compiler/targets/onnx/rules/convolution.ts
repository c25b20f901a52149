import type { Shape } from '../../../ir/shape.ts';
import type { Sliding } from '../../../step/program.ts';
import { layouts, memoryShape, plainLayout } from '../layout.ts';
import { channelsFirst, type Lowering, nchwc, type Rule } from '../lowering.ts';
import type { Tail } from '../tails.ts';
import { trimmed } from './elementwise.ts';
import { canSplit, splitInputGradient } from './subpixel.ts';

/** `[top, left, bottom, right]`, as ONNX counts. */
export function padsOf([[top, bottom], [left, right]]: Sliding['padding']): readonly number[] {
  return [top, left, bottom, right];
}

/** Whether channels can lie in blocks, one block at least. */
export function blocks(lowering: Lowering, channels: number): boolean {
  return lowering.options.block !== null && channels % lowering.block === 0;
}

/** Whether the internal convolution takes a map of so many channels: whole blocks, or fewer than one, channels first. */
export function takes(lowering: Lowering, channels: number): boolean {
  return blocks(lowering, channels) || channels < lowering.block;
}

/** Whether each channel has taps of its own and lies in whole blocks: the internal operator knows no other groups. */
export function isDepthwise(lowering: Lowering, x: Shape, kernel: Shape, groups: number): boolean {
  return groups > 1 && groups === x[3] && groups === kernel[3] && blocks(lowering, groups);
}

/** How a weight wants to lie in memory from step to step: as the convolution that reads it takes it. */
export function kernelLayout(lowering: Lowering, x: Shape, kernel: Shape, groups: number) {
  if (isDepthwise(lowering, x, kernel, groups)) return layouts.thinFilter;
  if (groups > 1 || !blocks(lowering, kernel[3]!) || !takes(lowering, x[3]!)) return layouts.filter;
  return blocks(lowering, x[3]!) ? layouts.blockedFilter : layouts.thinFilter;
}

export const conv2d: Rule<'conv2d'> = (lowering, { operands: [x, kernel], attributes, shape }, tail) => {
  const from = lowering.value(x!).shape;
  const size = lowering.value(kernel!).shape;
  const layout = kernelLayout(lowering, from, size, attributes.groups);
  const settings = slidingAttributes(attributes, [size[0]!, size[1]!]);
  const filter = lowering.take(kernel!, layout);
  if (layout === layouts.filter) {
    const inputs = [lowering.take(x!, layouts.channelsFirst), filter];
    // The standard operator adds a row, and nothing else.
    const includes = tail?.map === undefined ? tail : undefined;
    const sum = lowering.node('Conv', trimmed([...inputs, bias(lowering, includes)]), settings);
    const name = includes?.rectify ? lowering.node('Relu', [sum]) : sum;
    return { name, shape, layout: layouts.channelsFirst, ...(includes && { includes }) };
  }
  const map = blocks(lowering, from[3]!) ? layouts.blocked : layouts.channelsFirst;
  return blockedConv(lowering, {
    x: lowering.take(x!, map),
    from,
    filter,
    size: filterSizes(size),
    shape,
    settings,
    tail,
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
    readonly tail: Tail | undefined;
  },
): ReturnType<Rule<'conv2d'>> {
  const { shape, tail } = call;
  const layout = layouts.blocked;
  const x = lowering.reshape(call.x, channelsFirst(call.from));
  const sizes = channelsFirst(shape);
  const sum = tail?.map === undefined ? '' : lowering.reshape(lowering.take(tail.map, layout), sizes);
  const inputs = trimmed([x, lowering.reshape(call.filter, call.size), bias(lowering, tail), sum]);
  const settings = { ...call.settings, ...(tail?.rectify && { activation: 'Relu' }) };
  const name = lowering.node('Conv', inputs, settings, nchwc);
  return {
    name: lowering.sized(name, sizes, memoryShape(shape, layout, lowering.block)),
    shape,
    layout,
    ...(tail !== undefined && { includes: tail }),
  };
}

/** The row of a tail as a list; no name without one. */
function bias(lowering: Lowering, tail: Tail | undefined): string {
  if (tail?.row === undefined) return '';
  const { shape } = lowering.value(tail.row);
  return lowering.reshape(lowering.take(tail.row, plainLayout(4)), [shape[3]!]);
}

/** Of a kernel `[rows, columns, channels, results]`. */
function filterSizes([rows, columns, channels, results]: Shape): Shape {
  return [results!, channels!, rows!, columns!];
}

function slidingAttributes({ stride, rate, padding, groups }: Sliding, kernel: readonly [number, number]) {
  return { kernel_shape: kernel, strides: stride, dilations: rate, pads: padsOf(padding), group: groups };
}

/**
 * With stride 1 the convolution of dy with the kernel turned around, its channels and results exchanged; with equal
 * strides and rate 1 a smaller convolution to the pixels of every square, then depth to space; else ConvTranspose.
 */
export const conv2d_input_gradient: Rule<'conv2d_input_gradient'> = (lowering, value, tail) => {
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
  const inside = unit && opposite.flat().every((amount) => amount >= 0);
  const settings = slidingAttributes({ stride, rate, padding: opposite, groups }, [extent[0]!, extent[1]!]);
  if (inside && isDepthwise(lowering, shape, extent, groups)) {
    return blockedConv(lowering, {
      x: lowering.take(dy, layouts.blocked),
      from: result,
      filter: flipped(lowering, lowering.take(kernel, layouts.thinFilter), extent),
      size: filterSizes(extent),
      shape,
      settings,
      tail,
    });
  }
  if (inside && groups === 1) {
    if (blocks(lowering, shape[3]!) && takes(lowering, result[3]!)) {
      const whole = blocks(lowering, result[3]!);
      const [rows, columns, channels, results] = extent as [number, number, number, number];
      return blockedConv(lowering, {
        x: lowering.take(dy, whole ? layouts.blocked : layouts.channelsFirst),
        from: result,
        filter: whole
          ? turnedBlocks(lowering, kernel, extent)
          : flipped(lowering, lowering.take(kernel, layouts.thinSwappedFilter), extent),
        size: [channels, results, rows, columns],
        shape,
        settings,
        tail,
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

/**
 * A blocked kernel with its channels and results exchanged, turned around in space: within the blocks by a reordering,
 * then block by block.
 */
function turnedBlocks(lowering: Lowering, kernel: number, extent: Shape): string {
  const { block, model } = lowering;
  const [rows, columns, channels, results] = extent as [number, number, number, number];
  const [inside, outside, taps] = [channels / block, results / block, rows * columns];
  const exchanged = lowering.take(kernel, layouts.exchangedFilter);
  if (taps === 1) return lowering.take(kernel, layouts.blockedSwappedFilter);
  const count = inside * outside * taps;
  const places = model.indices(`turned ${inside} ${outside} ${taps}`, count, () =>
    Int32Array.from({ length: count }, (_, place) => {
      const [tap, pair] = [place % taps, Math.floor(place / taps)];
      const [result, channel] = [pair % outside, Math.floor(pair / outside)];
      return (result * inside + channel) * taps + taps - 1 - tap;
    }),
  );
  const turned = lowering.node('Gather', [lowering.reshape(exchanged, [count, block * block]), places], {
    axis: 0,
  });
  const sizes = memoryShape(extent, layouts.blockedSwappedFilter, block);
  return lowering.sized(turned, [count, block * block], sizes);
}

/** A filter whose axes 2 and 3 are rows and columns, turned around in space. */
function flipped(lowering: Lowering, filter: string, [rows, columns]: Shape): string {
  const axes = [2, 3].filter((axis) => [rows!, columns!][axis - 2]! > 1);
  if (axes.length === 0) return filter;
  const { model } = lowering;
  const [last, end, step] = [-1, -(2 ** 31), -1].map((value) => model.ints(axes.map(() => value)));
  return lowering.node('Slice', [filter, last!, end!, model.ints(axes), step!]);
}

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
