import type { Work } from '../../../cost/work.ts';
import { elements, type Shape } from '../../../ir/shape.ts';
import type { Sliding } from '../../../step/program.ts';
import { isBlocked, layouts, memoryShape } from '../layout.ts';
import { channelsFirst, type Form, type Lowering, nchwc } from '../lowering.ts';
import type { Tail } from '../tails.ts';
import { blockedResult, blocks, type Convolved, rowOf, slidingAttributes, takes } from './convolution.ts';
import { activation, trimmed } from './elementwise.ts';

/** A convolution of stride 1 or more and of one group, whichever way it came about. */
export interface Convolution {
  /** The value that it reads. */
  readonly x: number;
  /** `[results, channels, rows, columns]` */
  readonly size: Shape;
  /** Of the result, as the program means it. */
  readonly shape: Shape;
  readonly sliding: Sliding;
  readonly tail: Tail | undefined;
  /** Gives the name of the kernel, as it is said by {@link size}. */
  readonly filter: () => string;
}

/** So many channels, or as many more as fill the last block. */
export function filled(lowering: Lowering, channels: number): number {
  return Math.ceil(channels / lowering.block) * lowering.block;
}

/** Whether the library brings maps of so many channels into blocks: it fills the last one with zeros, but takes four at a time. */
export function fillsBlocks(lowering: Lowering, channels: number): boolean {
  return lowering.options.block !== null && channels % 4 === 0;
}

/** A map in blocks, the last one filled with zeros, as `[batch, channels, rows, columns]`. */
export function inWholeBlocks(lowering: Lowering, id: number): string {
  const [batch, rows, columns, channels] = lowering.value(id).shape as [number, number, number, number];
  const sizes = [batch, filled(lowering, channels), rows, columns];
  if (blocks(lowering, channels)) return lowering.reshape(lowering.take(id, layouts.blocked), sizes);
  const name = lowering.node('ReorderInput', [lowering.take(id, layouts.channelsFirst)], {}, nchwc);
  return lowering.sized(name, sizes, sizes);
}

/** A convolution in blocks that zeros fill, in its map, its kernel and its result; null where the library cannot fill the map's. */
export function filledForm(lowering: Lowering, convolution: Convolution): Form<Convolved> | null {
  const { x, size } = convolution;
  const [, channels] = size as readonly [number, number];
  if (lowering.options.block === null || (!takes(lowering, channels) && !fillsBlocks(lowering, channels)))
    return null;
  return {
    name: 'in blocks that zeros fill',
    work: filledWork(lowering, convolution),
    lower: () => inFilledBlocks(lowering, convolution, lowering.value(x).shape),
  };
}

function inFilledBlocks(lowering: Lowering, convolution: Convolution, from: Shape): Convolved {
  const { x, size, shape, sliding } = convolution;
  const [results, channels, rows, columns] = size as [number, number, number, number];
  const { block, model } = lowering;
  const thin = channels < block;
  const [wide, deep] = [filled(lowering, results), thin ? channels : filled(lowering, channels)];
  const more = [wide - results, deep - channels, 0, 0];
  const kernel = convolution.filter();
  const whole = more.every((zeros) => zeros === 0)
    ? kernel
    : lowering.node('Pad', [
        lowering.reshape(kernel, size),
        model.ints([0, 0, 0, 0, ...more]),
        model.floats([], [0]),
      ]);
  const sizes = [wide, deep, rows, columns];
  const cut = thin
    ? [wide / block, block, deep, rows * columns]
    : [wide / block, block, deep / block, block, rows * columns];
  const filter = lowering.exchange(whole, cut, thin ? [0, 2, 3, 1] : [0, 2, 4, 3, 1], sizes);
  // A row is filled, too; another map would have to be brought into blocks first.
  const tail = convolution.tail?.map === undefined ? convolution.tail : undefined;
  const row = rowOf(lowering, tail);
  const bias =
    row === '' || wide === results
      ? row
      : lowering.node('Pad', [row, model.ints([0, wide - results]), model.floats([], [0])]);
  const map = thin
    ? lowering.reshape(lowering.take(x, layouts.channelsFirst), channelsFirst(from))
    : inWholeBlocks(lowering, x);
  const settings = { ...slidingAttributes(sliding, [rows, columns]), ...activation(tail?.rectify ?? null) };
  const name = lowering.node('Conv', trimmed([map, filter, bias]), settings, nchwc);
  const inBlocks = channelsFirst(shape.with(3, wide));
  if (wide === results) return blockedResult(lowering, name, shape, tail);
  const map2 = lowering.sized(name, inBlocks, inBlocks);
  const out = lowering.node('ReorderOutput', [map2], { channels: results }, nchwc);
  const first = memoryShape(shape, layouts.channelsFirst, block);
  return {
    name: lowering.sized(out, channelsFirst(shape), first),
    shape,
    layout: layouts.channelsFirst,
    ...(tail !== undefined && { includes: tail }),
  };
}

function filledWork(lowering: Lowering, { x, size, shape }: Convolution): readonly Work[] {
  const [results, channels, rows, columns] = size as [number, number, number, number];
  const from = lowering.value(x).shape;
  const thin = channels < lowering.block;
  const [wide, deep] = [filled(lowering, results), thin ? channels : filled(lowering, channels)];
  const made = elements(shape) / results;
  const read = (elements(from) * deep) / channels;
  const multiplyAdds = made * wide * deep * rows * columns;
  const reorder = (numbers: number): Work => ({ kind: 'reordering', multiplyAdds: 0, numbers });
  return [
    ...(thin
      ? outOfBlocks(lowering, x)
      : blocks(lowering, channels)
        ? intoBlocks(lowering, x)
        : [...outOfBlocks(lowering, x), reorder(elements(from) + read)]),
    { kind: 'convolution', multiplyAdds, numbers: read + made * wide + wide * deep * rows * columns },
    ...(wide === results ? [] : [reorder(made * (wide + results))]),
  ];
}

/** What it takes to have a map out of blocks. */
export function outOfBlocks(lowering: Lowering, id: number): readonly Work[] {
  const { shape, layout } = lowering.made(id);
  return isBlocked(layout) ? [{ kind: 'reordering', multiplyAdds: 0, numbers: 2 * elements(shape) }] : [];
}

function intoBlocks(lowering: Lowering, id: number): readonly Work[] {
  const { shape, layout } = lowering.made(id);
  return isBlocked(layout) ? [] : [{ kind: 'reordering', multiplyAdds: 0, numbers: 2 * elements(shape) }];
}
