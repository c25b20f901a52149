import type { Shape } from '../../../ir/shape.ts';
import type { Sliding, ValueOf } from '../../../step/program.ts';
import { layouts, memoryShape, sameLayout } from '../layout.ts';
import type { Held, Lowering, Rule } from '../lowering.ts';
import type { Tail } from '../tails.ts';
import { eitherWay } from './conv2d.ts';
import {
  blockedConv,
  blocks,
  type Convolved,
  cropped,
  filterSizes,
  flipped,
  isDepthwise,
  slidingAttributes,
  takes,
} from './convolution.ts';
import { canSplit, splitInputGradient } from './subpixel.ts';

/**
 * With stride 1 the convolution of dy with the kernel turned around, its channels and results exchanged. With a stride
 * the same of dy with zeros between its pixels where taps are each channel's own, and of dy itself, zeros coming between
 * afterwards, where there is one tap; with equal strides and rate 1 a smaller convolution to the pixels of every square,
 * then depth to space; else ConvTranspose.
 */
export const conv2d_input_gradient: Rule<'conv2d_input_gradient'> = (lowering, value, tail) => {
  const { operands, attributes, shape } = value;
  const [dy, kernel] = operands as [number, number];
  const extent = lowering.value(kernel).shape;
  const result = lowering.value(dy).shape;
  const { stride, groups } = attributes;
  const unit = stride[0] === 1 && stride[1] === 1;
  const padding = paddingOf(value, extent, result);
  const inside = padding.flat().every((amount) => amount >= 0);
  const sliding = { ...attributes, stride: [1, 1] as const, padding };
  if (isDepthwise(lowering, shape, extent, groups) && inside) {
    const map = { id: dy, held: unit ? null : apart(lowering, dy, stride) };
    return depthwise(lowering, map, kernel, { shape, sliding, tail });
  }
  if (groups === 1 && unit && inside) return turned(lowering, value, { dy, kernel, shape, sliding, tail });
  if (groups === 1 && isPoint(value, extent)) {
    const small = [...result.slice(0, 3), shape[3]!];
    const pixels = turned(lowering, value, {
      dy,
      kernel,
      shape: small,
      sliding: { ...sliding, padding: attributes.padding },
    });
    return spread(lowering, pixels, stride, shape);
  }
  if (canSplit(attributes, extent, result)) return splitInputGradient(lowering, value);
  return transposed(lowering, value, extent, result);
};

type Gradient = ValueOf<'conv2d_input_gradient'>;

/** What is asked of a gradient with stride 1. */
interface Wanted {
  readonly shape: Shape;
  readonly sliding: Sliding;
  readonly tail?: Tail | undefined;
}

/** Zeros around dy, its pixels a stride apart and followed by the rest of the last stride: negative ones would cut it off. */
function paddingOf({ attributes }: Gradient, extent: Shape, dy: Shape): Sliding['padding'] {
  const { stride, rate, padding, size } = attributes;
  return [0, 1].map((axis) => {
    const reach = (extent[axis]! - 1) * rate[axis]!;
    const before = reach - padding[axis]![0];
    return [before, size[axis]! + reach - stride[axis]! * dy[axis + 1]! - before] as const;
  }) as unknown as Sliding['padding'];
}

/** Whether a kernel is one tap that reads no border. */
function isPoint({ attributes: { padding } }: Gradient, [rows, columns]: Shape): boolean {
  return rows === 1 && columns === 1 && padding.flat().every((amount) => amount === 0);
}

function depthwise(
  lowering: Lowering,
  dy: { readonly id: number; readonly held: Held | null },
  kernel: number,
  { shape, sliding, tail }: Wanted,
): ReturnType<Rule<'conv2d_input_gradient'>> {
  const extent = lowering.value(kernel).shape;
  return blockedConv(lowering, {
    x: dy.held?.name ?? lowering.take(dy.id, layouts.blocked),
    from: dy.held?.shape ?? lowering.value(dy.id).shape,
    filter: flipped(lowering, lowering.take(kernel, layouts.thinFilter), extent),
    size: filterSizes(extent),
    shape,
    settings: slidingAttributes(sliding, [extent[0]!, extent[1]!]),
    tail,
  });
}

/** Of one group, with stride 1. */
function turned(
  lowering: Lowering,
  value: Gradient,
  { dy, kernel, shape, sliding, tail }: Wanted & { readonly dy: number; readonly kernel: number },
): Convolved {
  const from = lowering.value(dy).shape;
  const extent = lowering.value(kernel).shape;
  const [rows, columns, channels, results] = extent as [number, number, number, number];
  const size = [channels, results, rows, columns];
  if (blocks(lowering, channels) && takes(lowering, results)) {
    const whole = blocks(lowering, results);
    return blockedConv(lowering, {
      x: lowering.take(dy, whole ? layouts.blocked : layouts.channelsFirst),
      from,
      filter: whole
        ? turnedBlocks(lowering, kernel, extent)
        : flipped(lowering, lowering.take(kernel, layouts.thinSwappedFilter), extent),
      size,
      shape,
      settings: slidingAttributes(sliding, [rows, columns]),
      tail,
    });
  }
  const filter = () => flipped(lowering, lowering.take(kernel, layouts.swappedFilter), extent);
  return eitherWay(lowering, value, { x: dy, size, shape, sliding, tail, filter });
}

/** A map in blocks, zeros between its pixels and behind the last ones: every pixel becomes the first of a square. */
function apart(lowering: Lowering, id: number, stride: Sliding['stride']): Held {
  const { shape } = lowering.value(id);
  const [batch, height, width, channels] = shape as [number, number, number, number];
  const held = { name: lowering.take(id, layouts.blocked), shape, layout: layouts.blocked };
  return spread(lowering, held, stride, [batch, stride[0] * height, stride[1] * width, channels]);
}

/** A map with zeros between its pixels, cut to a shape. */
function spread(lowering: Lowering, held: Held, stride: Sliding['stride'], shape: Shape): Held {
  const { model, block } = lowering;
  const [batch, height, width, channels] = held.shape as [number, number, number, number];
  const { layout } = held;
  const inner = sameLayout(layout, layouts.blocked) ? block : 1;
  const rows = (batch * channels * height) / inner;
  const pixels = lowering.reshape(held.name, [rows, 1, width, inner]);
  const more = [0, 0, 0, 0, 0, stride[0] - 1, 0, inner * (stride[1] - 1)];
  const wide = lowering.node('Pad', [pixels, model.ints(more), model.floats([], [0])]);
  const whole = [batch, stride[0] * height, stride[1] * width, channels];
  const name = lowering.sized(
    wide,
    [rows, stride[0], width, inner * stride[1]],
    memoryShape(whole, layout, block),
  );
  if (whole[1] === shape[1] && whole[2] === shape[2]) return { name, shape, layout };
  return { name: cropped(lowering, name, [2, 3], [shape[1]!, shape[2]!]), shape, layout };
}

function transposed(lowering: Lowering, value: Gradient, extent: Shape, result: Shape): Held {
  const { operands, attributes, shape } = value;
  const [dy, kernel] = operands as [number, number];
  const { stride, rate, padding, size } = attributes;
  const output = [0, 1].map((axis) => {
    const reached = (result[axis + 1]! - 1) * stride[axis]! + (extent[axis]! - 1) * rate[axis]! + 1;
    return size[axis]! - reached + padding[axis]![0] + padding[axis]![1];
  });
  const name = lowering.node(
    'ConvTranspose',
    [lowering.take(dy, layouts.channelsFirst), lowering.take(kernel, layouts.filter)],
    { ...slidingAttributes(attributes, [extent[0]!, extent[1]!]), output_padding: output },
  );
  return { name, shape, layout: layouts.channelsFirst };
}

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
