import { distanceMap } from '../../images/distance-map.ts';
import type { Size } from '../../images/grid.ts';

/** How far the borders of two masks are apart, in the unit of the spacing. */
export interface SurfaceDistances {
  /** 95th percentile of the distances of both directions together */
  readonly hd95: number;
  /** The larger of the two directions' 95th percentiles. */
  readonly hd95_max: number;
  readonly assd: number;
  /** The share of border pixels within a tolerance; only where one is given. */
  readonly nsd?: { readonly tolerance: number; readonly share: number };
}

/** A mask of 0 and 1, row by row. */
type Mask = ArrayLike<number>;

/**
 * HD95, ASSD and NSD of two masks of one size. The border of a mask are its pixels that have one of their four neighbours
 * outside; beyond the image is outside. Distances are between pixel centres. Where one mask is empty both are the
 * image's diagonal, the worst that could be, and NSD 0; where both are, 0, and NSD 1.
 * @param spacing distance between pixel centres down and across
 * @param tolerance of NSD, in the unit of the spacing; null leaves it out
 */
export function surfaceDistances(
  one: Mask,
  other: Mask,
  { height, width }: Size,
  spacing: readonly [number, number],
  tolerance: number | null = null,
): SurfaceDistances {
  const size = { height, width };
  const box = boundsOf(one, other, size);
  const within = (share: number) => (tolerance === null ? {} : { nsd: { tolerance, share } });
  if (box === null) return { hd95: 0, hd95_max: 0, assd: 0, ...within(1) };
  const borders = [borderOf(one, size, box), borderOf(other, size, box)] as const;
  if (borders.some((border) => !border.includes(1))) {
    const diagonal = Math.hypot(height * spacing[0], width * spacing[1]);
    return { hd95: diagonal, hd95_max: diagonal, assd: diagonal, ...within(0) };
  }
  const there = distancesFrom(borders[0], distanceMap(borders[1], box, spacing));
  const back = distancesFrom(borders[1], distanceMap(borders[0], box, spacing));
  const all = [...there, ...back];
  // Distances are sums of squares of decimal spacings: 3 · 0.7 mm counts as within 2.1 mm.
  const near = all.filter((distance) => distance <= (tolerance ?? 0) * (1 + 1e-9)).length;
  return {
    hd95: percentile95(all),
    hd95_max: Math.max(percentile95(there), percentile95(back)),
    assd: (mean(there) + mean(back)) / 2,
    ...within(near / all.length),
  };
}

function percentile95(distances: readonly number[]): number {
  return quantile(Float64Array.from(distances).sort(), 0.95);
}

/** The value below which a share of sorted values lies, interpolated between neighbours. */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const above = Math.min(sorted.length - 1, below + 1);
  return sorted[below]! + (place - below) * (sorted[above]! - sorted[below]!);
}

/** A part of an image. */
interface Box extends Size {
  readonly top: number;
  readonly left: number;
}

/** The smallest box around both masks: nothing outside of it matters. Null when both are empty. */
function boundsOf(one: Mask, other: Mask, { height, width }: Size): Box | null {
  let [top, bottom, left, right] = [height, -1, width, -1];
  for (let row = 0; row < height; row += 1) {
    for (let column = 0; column < width; column += 1) {
      const pixel = row * width + column;
      if (one[pixel] !== 1 && other[pixel] !== 1) continue;
      top = Math.min(top, row);
      bottom = row;
      left = Math.min(left, column);
      right = Math.max(right, column);
    }
  }
  return bottom < 0 ? null : { top, left, height: bottom - top + 1, width: right - left + 1 };
}

function borderOf(mask: Mask, size: Size, box: Box): Uint8Array {
  const inside = (row: number, column: number) =>
    row >= 0 &&
    row < size.height &&
    column >= 0 &&
    column < size.width &&
    mask[row * size.width + column] === 1;
  const border = new Uint8Array(box.height * box.width);
  for (let index = 0; index < border.length; index += 1) {
    const row = box.top + Math.floor(index / box.width);
    const column = box.left + (index % box.width);
    const surrounded =
      inside(row - 1, column) &&
      inside(row + 1, column) &&
      inside(row, column - 1) &&
      inside(row, column + 1);
    if (inside(row, column) && !surrounded) border[index] = 1;
  }
  return border;
}

function distancesFrom(border: Uint8Array, map: Float64Array): readonly number[] {
  const found: number[] = [];
  for (const [pixel, on] of border.entries()) if (on === 1) found.push(Math.sqrt(map[pixel]!));
  return found;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
