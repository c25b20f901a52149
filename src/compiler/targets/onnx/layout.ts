import type { Shape } from '../../ir/shape.ts';

/** One axis as it lies in memory: a whole axis of the value, or the count of its blocks, or the places in a block. */
export interface Part {
  readonly axis: number;
  readonly part: 'whole' | 'outer' | 'inner';
}

/**
 * The order in which a value's axes lie in memory, outermost first. An axis may be blocked: cut into an outer and an
 * inner part, the inner one of the block's size. Axes of one value are 1 in every part, so that what is repeated along
 * them can be so in every layout.
 */
export type Layout = readonly Part[];

const whole = (axis: number): Part => ({ axis, part: 'whole' });
const outer = (axis: number): Part => ({ axis, part: 'outer' });
const inner = (axis: number): Part => ({ axis, part: 'inner' });

/** The layouts that lowering asks for. Maps are `[batch, height, width, channels]`, kernels `[rows, columns, channels, results]`. */
export const layouts = {
  /** `[batch, channels, height, width]` */
  channelsFirst: [whole(0), whole(3), whole(1), whole(2)],
  /** `[batch, channels / block, height, width, block]` */
  blocked: [whole(0), outer(3), whole(1), whole(2), inner(3)],
  /** `[channels, batch, height, width]`: batch and channels exchanged, for filter gradients. */
  channelsOutside: [whole(3), whole(0), whole(1), whole(2)],
  /** `[results, channels, rows, columns]` */
  filter: [whole(3), whole(2), whole(0), whole(1)],
  /** `[channels, results, rows, columns]`: of the gradient's convolution, still to be turned around. */
  swappedFilter: [whole(2), whole(3), whole(0), whole(1)],
  /** `[results / block, channels / block, rows, columns, channels block, results block]` */
  blockedFilter: [outer(3), outer(2), whole(0), whole(1), inner(2), inner(3)],
  /** {@link layouts.blockedFilter} with the two axes in its blocks exchanged. */
  exchangedFilter: [outer(3), outer(2), whole(0), whole(1), inner(3), inner(2)],
  /** {@link layouts.blockedFilter} with channels and results exchanged. */
  blockedSwappedFilter: [outer(2), outer(3), whole(0), whole(1), inner(3), inner(2)],
  /** `[results / block, channels, rows, columns, results block]`: for a map of fewer channels than a block, channels first. */
  thinFilter: [outer(3), whole(2), whole(0), whole(1), inner(3)],
  /** `[channels / block, results, rows, columns, channels block]`: for a map of fewer results than a block. */
  thinSwappedFilter: [outer(2), whole(3), whole(0), whole(1), inner(2)],
  /** `[channels, results / block, rows, columns, results block]`: what a blocked filter gradient comes as. */
  filterGradient: [whole(2), outer(3), whole(0), whole(1), inner(3)],
  /** `[results, channels / block, rows, columns, channels block]`: as what it comes where x is the filter. */
  exchangedFilterGradient: [whole(3), outer(2), whole(0), whole(1), inner(2)],
} as const satisfies Record<string, Layout>;

/** Axes in their own order, none of them blocked. */
export function plainLayout(rank: number): Layout {
  return Array.from({ length: rank }, (_, axis) => whole(axis));
}

/** Axes in the order that most operators take them in, none of them blocked. */
export function unblockedLayout(rank: number): Layout {
  return rank === 4 ? layouts.channelsFirst : plainLayout(rank);
}

/** How many axes the values of a layout have. */
export function rankOf(layout: Layout): number {
  return layout.filter(({ part }) => part !== 'inner').length;
}

export function sameLayout(one: Layout, other: Layout): boolean {
  return layoutKey(one) === layoutKey(other);
}

/** `0 3o 1 2 3i` */
export function layoutKey(layout: Layout): string {
  return layout.map(({ axis, part }) => `${axis}${part === 'whole' ? '' : part[0]}`).join(' ');
}

export function isBlocked(layout: Layout): boolean {
  return layout.some(({ part }) => part !== 'whole');
}

/** The sizes in memory of a value of the given shape. */
export function memoryShape(shape: Shape, layout: Layout, block: number): Shape {
  return layout.map(({ axis, part }) => {
    const size = shape[axis]!;
    if (part === 'whole' || size === 1) return size;
    return part === 'outer' ? size / block : block;
  });
}

/** Whether a value's axes can be cut as the layout wants. */
export function fits(shape: Shape, layout: Layout, block: number): boolean {
  return layout.every(
    ({ axis, part }) => part === 'whole' || shape[axis] === 1 || shape[axis]! % block === 0,
  );
}

/** How to bring a value from one layout to another: cut axes, exchange them, join them. */
export interface Rearrangement {
  /** Sizes before the exchange. */
  readonly cut: Shape;
  /** Axis i of the result is axis `order[i]` of `cut`; null when they stay as they are. */
  readonly order: readonly number[] | null;
  /** The sizes in memory in the end. */
  readonly joined: Shape;
}

/** The fewest and longest axes that can be moved as one are moved as one. */
export function rearrangement(shape: Shape, from: Layout, to: Layout, block: number): Rearrangement {
  const cutAxes = new Set([...from, ...to].flatMap(({ axis, part }) => (part === 'whole' ? [] : [axis])));
  const refine = (layout: Layout) =>
    layout
      .flatMap((one) =>
        one.part === 'whole' && cutAxes.has(one.axis) ? [outer(one.axis), inner(one.axis)] : [one],
      )
      .filter(({ axis }) => shape[axis] !== 1);
  const [before, after] = [refine(from), refine(to)];
  const key = ({ axis, part }: Part) => `${axis}${part}`;
  const place = new Map(before.map((one, index) => [key(one), index]));
  const sizes = memoryShape(shape, before, block);
  // Runs of axes that stay together.
  const runs: number[][] = [];
  for (const one of after) {
    const index = place.get(key(one))!;
    const last = runs.at(-1);
    if (last !== undefined && last.at(-1) === index - 1) last.push(index);
    else runs.push([index]);
  }
  const sorted = runs.toSorted((a, b) => a[0]! - b[0]!);
  const order = runs.map((run) => sorted.indexOf(run));
  return {
    cut: sorted.map((run) => run.reduce((product, index) => product * sizes[index]!, 1)),
    order: order.every((at, index) => at === index) ? null : order,
    joined: memoryShape(shape, to, block),
  };
}

/** Copies values from one layout to another: what a model's node would do, for states that enter and leave it. */
export function rearrange(
  values: Float32Array,
  shape: Shape,
  from: Layout,
  to: Layout,
  block: number,
): Float32Array {
  const { cut, order } = rearrangement(shape, from, to, block);
  if (order === null) return values.slice();
  const steps = cut.map((_, axis) => cut.slice(axis + 1).reduce((product, size) => product * size, 1));
  const sizes = order.map((axis) => cut[axis]!);
  const strides = order.map((axis) => steps[axis]!);
  const result = new Float32Array(values.length);
  const position = sizes.map(() => 0);
  let place = 0;
  for (let index = 0; index < result.length; index++) {
    result[index] = values[place]!;
    for (let axis = sizes.length - 1; axis >= 0; axis--) {
      place += strides[axis]!;
      position[axis]! += 1;
      if (position[axis]! < sizes[axis]!) break;
      place -= sizes[axis]! * strides[axis]!;
      position[axis] = 0;
    }
  }
  return result;
}
