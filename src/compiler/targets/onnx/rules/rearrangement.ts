import type { Shape } from '../../../ir/shape.ts';
import {
  fits,
  isBlocked,
  type Layout,
  layouts,
  memoryShape,
  plainLayout,
  sameLayout,
  unblockedLayout,
} from '../layout.ts';
import { channelsFirst, type Held, type Lowering, plain, type Rule } from '../lowering.ts';

export const reshape: Rule<'reshape'> = (lowering, { operands: [x], shape }) => {
  const from = lowering.value(x!).shape;
  const { layout } = lowering.made(x!);
  // One value along all axes but one: nothing to move, whatever the layout.
  const longest = from.filter((size) => size > 1).length <= 1 && !isBlocked(layout);
  const name = longest ? lowering.take(x!, layout) : lowering.take(x!, plainLayout(from.length));
  return plain(lowering.reshape(name, shape), shape);
};

/** Nothing moves: the result's axes lie as the operand's do, under their new numbers. */
export const transpose: Rule<'transpose'> = (
  lowering,
  { operands: [x], attributes: { permutation }, shape },
) => {
  const { layout } = lowering.made(x!);
  return {
    name: lowering.take(x!, layout),
    shape,
    layout: layout.map(({ axis, part }) => ({ axis: permutation.indexOf(axis), part })),
  };
};

export const concat: Rule<'concat'> = (lowering, { operands, attributes: { axis }, shape }) => {
  const shapes = operands.map((id) => lowering.value(id).shape);
  const preferred = operands.map((id) => lowering.made(id).layout);
  const layout = [preferred.find(isBlocked), preferred[0]!, unblockedLayout(shape.length)].find(
    (one): one is Layout => one !== undefined && shapes.every((each) => canCut(lowering, each, one, axis)),
  )!;
  if (sameLayout(layout, layouts.blocked) && shapes.every((each) => each[3]! > 1) && axis === 3) {
    const maps = operands.map((id) =>
      lowering.reshape(lowering.take(id, layout), channelsFirst(lowering.value(id).shape)),
    );
    const joined = lowering.node('Concat', maps, { axis: 1 });
    return {
      name: lowering.sized(joined, channelsFirst(shape), memoryShape(shape, layout, lowering.block)),
      shape,
      layout,
    };
  }
  const place = layout.findIndex((part) => part.axis === axis);
  const name = lowering.node(
    'Concat',
    operands.map((id) => lowering.take(id, layout)),
    { axis: place },
  );
  return { name, shape, layout };
};

/** Whether sizes along an axis are whole blocks of the layout; 1 is not one. */
function canCut(lowering: Lowering, shape: Shape, layout: Layout, axis: number): boolean {
  const blocked = layout.some((part) => part.axis === axis && part.part !== 'whole');
  return fits(shape, layout, lowering.block) && !(blocked && shape[axis]! % lowering.block !== 0);
}

export const slice: Rule<'slice'> = (lowering, { operands: [x], attributes: { begin, size }, shape }) => {
  const part = shape.length === 1 ? lowering.parts(x!)?.get(begin[0]!) : undefined;
  if (part !== undefined) return plain(part, shape);
  const made = lowering.made(x!).layout;
  const whole = lowering.value(x!).shape;
  const wholeBlocks = made.every(
    ({ axis, part }) =>
      part === 'whole' ||
      whole[axis] === size[axis] ||
      (begin[axis]! % lowering.block === 0 && size[axis]! % lowering.block === 0),
  );
  const layout = wholeBlocks ? made : unblockedLayout(shape.length);
  const cut = layout.flatMap(({ axis, part }, place) => {
    if (part === 'inner' || whole[axis] === size[axis]) return [];
    const unit = part === 'outer' ? lowering.block : 1;
    return [{ place, from: begin[axis]! / unit, to: (begin[axis]! + size[axis]!) / unit }];
  });
  const name = lowering.take(x!, layout);
  if (cut.length === 0) return { name, shape, layout };
  const { model } = lowering;
  if (sameLayout(layout, layouts.blocked) && whole.every((all, axis) => axis === 3 || all === size[axis])) {
    const map = lowering.reshape(name, channelsFirst(whole));
    const bounds = [[begin[3]!], [begin[3]! + size[3]!], [1]].map((each) => model.ints(each));
    const part = lowering.node('Slice', [map, ...bounds]);
    return {
      name: lowering.sized(part, channelsFirst(shape), memoryShape(shape, layout, lowering.block)),
      shape,
      layout,
    };
  }
  const bounds = [cut.map(({ from }) => from), cut.map(({ to }) => to), cut.map(({ place }) => place)];
  return { name: lowering.node('Slice', [name, ...bounds.map((each) => model.ints(each))]), shape, layout };
};

export const pad: Rule<'pad'> = (lowering, { operands: [x], attributes: { before, after }, shape }) => {
  const made = lowering.made(x!).layout;
  const amounts = (sizes: Shape, layout: Layout) =>
    layout.map(({ axis, part }) =>
      part === 'whole' ? sizes[axis]! : part === 'outer' ? sizes[axis]! / lowering.block : 0,
    );
  const from = lowering.value(x!).shape;
  const wholeBlocks = made.every(
    ({ axis, part }) =>
      part === 'whole' ||
      (before[axis] === 0 && after[axis] === 0) ||
      [from, before, after].every((sizes) => sizes[axis]! % lowering.block === 0),
  );
  const layout = wholeBlocks ? made : unblockedLayout(shape.length);
  const sizes = lowering.model.ints([...amounts(before, layout), ...amounts(after, layout)]);
  const name = lowering.node('Pad', [lowering.take(x!, layout), sizes, lowering.model.floats([], [0])]);
  return { name, shape, layout };
};

/**
 * Channels are `[factor, factor, rest]`; squares move as whole blocks where the rest is made of blocks. Where a row of a
 * square is one block, rows move as they are, and the channels of each pixel lie together afterwards.
 */
export const depth_to_space: Rule<'depth_to_space'> = (
  lowering,
  { operands: [x], attributes: { factor }, shape },
) => {
  const [batch, rows, columns, rest] = shape as [number, number, number, number];
  if (isRowOfBlock(lowering, factor, rest) && sameLayout(lowering.made(x!).layout, layouts.blocked)) {
    const blocks = lowering.take(x!, layouts.blocked);
    return rowsApart(lowering, blocks, [batch, rows, columns, rest], factor);
  }
  const layout = mapLayout(lowering, x!, shape);
  const [places, tail] = inBlocks(lowering, layout, rest);
  const cut = [batch, factor, factor, places, rows / factor, columns / factor, ...tail];
  return moved(lowering, x!, layout, cut, [0, 3, 4, 1, 5, 2], shape);
};

export const space_to_depth: Rule<'space_to_depth'> = (
  lowering,
  { operands: [x], attributes: { factor }, shape },
) => {
  const [batch, height, width, all] = shape as [number, number, number, number];
  if (isRowOfBlock(lowering, factor, all / factor ** 2)) {
    const cut = [batch, height, factor, width * lowering.block];
    const joined = memoryShape(shape, layouts.blocked, lowering.block);
    const name = lowering.exchange(lowering.take(x!, plainLayout(4)), cut, [0, 2, 1, 3], joined);
    return { name, shape, layout: layouts.blocked };
  }
  const layout = mapLayout(lowering, x!, lowering.value(x!).shape);
  const [places, tail] = inBlocks(lowering, layout, all / factor ** 2);
  const cut = [batch, places, height, factor, width, factor, ...tail];
  return moved(lowering, x!, layout, cut, [0, 3, 5, 1, 2, 4], shape);
};

/** Whether the pixels in a row of a square have the channels of one block together. */
export function isRowOfBlock(lowering: Lowering, factor: number, channels: number): boolean {
  return lowering.options.block !== null && factor > 1 && factor * channels === lowering.block;
}

/** A map `[batch, rows, columns, channels]` from one of which every block holds a row of a square. */
export function rowsApart(lowering: Lowering, blocks: string, shape: Shape, factor: number): Held {
  const [batch, rows, columns] = shape as [number, number, number];
  const cut = [batch, factor, rows / factor, (columns / factor) * lowering.block];
  return { name: lowering.exchange(blocks, cut, [0, 2, 1, 3], shape), shape, layout: plainLayout(4) };
}

/** The places along the axis of so many channels, and the axis within a place where they lie in blocks. */
function inBlocks(
  { block }: Lowering,
  layout: Layout,
  channels: number,
): readonly [number, readonly number[]] {
  return isBlocked(layout) ? [channels / block, [block]] : [channels, []];
}

/** A map cut into axes, which are put in another order; an axis within blocks stays last. */
function moved(
  lowering: Lowering,
  x: number,
  layout: Layout,
  cut: Shape,
  order: readonly number[],
  shape: Shape,
): Held {
  const whole = cut.length > order.length ? [...order, order.length] : order;
  const made = memoryShape(shape, layout, lowering.block);
  return { name: lowering.exchange(lowering.take(x, layout), cut, whole, made), shape, layout };
}

/** Blocked where the operand is and the map with the fewer channels can be; else channels first. */
function mapLayout(lowering: Lowering, id: number, fewer: Shape): Layout {
  const blocked =
    sameLayout(lowering.made(id).layout, layouts.blocked) &&
    fewer[3]! % lowering.block === 0 &&
    lowering.block > 1;
  return blocked ? layouts.blocked : layouts.channelsFirst;
}
