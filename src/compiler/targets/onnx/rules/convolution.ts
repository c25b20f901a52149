import type { Shape } from '../../../ir/shape.ts';
import type { Sliding } from '../../../step/program.ts';
import { layouts, memoryShape, plainLayout } from '../layout.ts';
import { channelsFirst, type Lowering, nchwc, type Rule } from '../lowering.ts';
import type { Tail } from '../tails.ts';
import { activation, trimmed } from './elementwise.ts';

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

/** A result that may include what follows it. */
export type Convolved = ReturnType<Rule<'conv2d'>>;

/** One blocked convolution: names of map and filter as they lie, shapes as the program means them. */
export function blockedConv(
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
): Convolved {
  const { shape, tail } = call;
  const layout = layouts.blocked;
  const x = lowering.reshape(call.x, channelsFirst(call.from));
  const sizes = channelsFirst(shape);
  const sum = tail?.map === undefined ? '' : lowering.reshape(lowering.take(tail.map, layout), sizes);
  const inputs = trimmed([x, lowering.reshape(call.filter, call.size), rowOf(lowering, tail), sum]);
  const settings = { ...call.settings, ...activation(tail?.rectify ?? null) };
  return blockedResult(lowering, lowering.node('Conv', inputs, settings, nchwc), shape, tail);
}

/** What a convolution in blocks has made. */
export function blockedResult(
  lowering: Lowering,
  name: string,
  shape: Shape,
  tail: Tail | undefined,
): Convolved {
  const layout = layouts.blocked;
  return {
    name: lowering.sized(name, channelsFirst(shape), memoryShape(shape, layout, lowering.block)),
    shape,
    layout,
    ...(tail !== undefined && { includes: tail }),
  };
}

/** The row of a tail as a list; no name without one. */
export function rowOf(lowering: Lowering, tail: Tail | undefined): string {
  if (tail?.row === undefined) return '';
  const { shape } = lowering.value(tail.row);
  return lowering.reshape(lowering.take(tail.row, plainLayout(4)), [shape[3]!]);
}

/** Of a kernel `[rows, columns, channels, results]`. */
export function filterSizes([rows, columns, channels, results]: Shape): Shape {
  return [results!, channels!, rows!, columns!];
}

/** The attributes of an operator that slides a kernel `[rows, columns]`. */
export function slidingAttributes(
  { stride, rate, padding, groups }: Sliding,
  kernel: readonly [number, number],
) {
  return { kernel_shape: kernel, strides: stride, dilations: rate, pads: padsOf(padding), group: groups };
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

/** A filter whose axes 2 and 3 are rows and columns, turned around in space. */
export function flipped(lowering: Lowering, filter: string, [rows, columns]: Shape): string {
  const axes = [2, 3].filter((axis) => [rows!, columns!][axis - 2]! > 1);
  if (axes.length === 0) return filter;
  const { model } = lowering;
  const [last, end, step] = [-1, -(2 ** 31), -1].map((value) => model.ints(axes.map(() => value)));
  return lowering.node('Slice', [filter, last!, end!, model.ints(axes), step!]);
}
