import type { Point } from './chart/series.ts';

const perBlock = 8;

const coarserOf = new WeakMap<readonly Point[], Point[]>();

/** The means of every eight points, NaN where none of them has a value; kept, and made longer with the points. */
function coarser(points: readonly Point[]): readonly Point[] {
  const blocks = coarserOf.get(points) ?? [];
  coarserOf.set(points, blocks);
  for (let end = (blocks.length + 1) * perBlock; end <= points.length; end += perBlock) {
    let [x, y, finite] = [0, 0, 0];
    for (let index = end - perBlock; index < end; index += 1) {
      const point = points[index]!;
      x += point.x;
      if (!Number.isFinite(point.y)) continue;
      y += point.y;
      finite += 1;
    }
    blocks.push({ x: x / perBlock, y: y / finite });
  }
  return blocks;
}

/**
 * The points of a part of the axis, or means of neighbours where they are more than about `most`: a chart of a hundred
 * thousand steps is drawn as fast as one of a thousand. Points are in the order of `x`, and the same array when they
 * become more.
 */
export function thinned(
  points: readonly Point[],
  { from, to }: { readonly from: number; readonly to: number },
  maxPoints = 2000,
): readonly Point[] {
  const first = placeOf(points, (x) => x >= from);
  const end = placeOf(points, (x) => x > to);
  if (end - first <= maxPoints) return points.slice(first, end);
  const blocks = coarser(points);
  // The newest points, which fill no block yet, are shown as they are.
  const rest = points.slice(Math.max(first, blocks.length * perBlock), end);
  return [...thinned(blocks, { from, to }, maxPoints), ...rest];
}

/** The first place from which on something holds, in an order in which it does not hold before. */
function placeOf(points: readonly Point[], holds: (x: number) => boolean): number {
  let [low, high] = [0, points.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(points[middle]!.x)) high = middle;
    else low = middle + 1;
  }
  return low;
}
