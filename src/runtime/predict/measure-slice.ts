import type { Size } from '../images/grid.ts';

/** What a structure measures in one image. Millimetres are null where the file does not say them. */
export interface SliceMeasures {
  readonly pixels: number;
  readonly areaMm2: number | null;
  /** The mean of the image's values within; milliseconds in a T1 map. */
  readonly mean: number | null;
  readonly wallMeanMm: number | null;
  readonly wallMaxMm: number | null;
  readonly wallMeanPixels: number | null;
}

/** Measures the pixels of one value of a mask. */
export function measureSlice(
  mask: ArrayLike<number>,
  value: number,
  image: ArrayLike<number>,
  size: Size,
  spacing: readonly [number, number] | null,
): SliceMeasures {
  let pixels = 0;
  let sum = 0;
  for (let pixel = 0; pixel < mask.length; pixel += 1) {
    if (mask[pixel] !== value) continue;
    pixels += 1;
    sum += image[pixel]!;
  }
  const [down, across] = spacing ?? [1, 1];
  const inPixels = wallThickness(mask, value, size, [1, 1]);
  const inMillimetres = spacing === null ? null : wallThickness(mask, value, size, [down, across]);
  return {
    pixels,
    areaMm2: spacing === null ? null : pixels * down * across,
    mean: pixels === 0 ? null : sum / pixels,
    wallMeanMm: inMillimetres?.mean ?? null,
    wallMaxMm: inMillimetres?.most ?? null,
    wallMeanPixels: inPixels?.mean ?? null,
  };
}

const rays = 72;
/** Steps along a ray, in the smaller of the spacings. */
const step = 0.1;

/**
 * How thick a ring is: the length within it of rays from its centre of mass, every five degrees. Rays that miss it, where
 * the ring is open, do not count; null where fewer than half of them meet it, for then it is no ring.
 */
function wallThickness(
  mask: ArrayLike<number>,
  value: number,
  { height, width }: Size,
  [down, across]: readonly [number, number],
): { readonly mean: number; readonly most: number } | null {
  let count = 0;
  let row = 0;
  let column = 0;
  for (let pixel = 0; pixel < mask.length; pixel += 1) {
    if (mask[pixel] !== value) continue;
    count += 1;
    row += Math.floor(pixel / width);
    column += pixel % width;
  }
  if (count === 0) return null;
  const [y, x] = [(row / count) * down, (column / count) * across];
  const stride = step * Math.min(down, across);
  const longest = Math.hypot(height * down, width * across);
  const lengths: number[] = [];
  for (let ray = 0; ray < rays; ray += 1) {
    const angle = (2 * Math.PI * ray) / rays;
    const [sine, cosine] = [Math.sin(angle), Math.cos(angle)];
    let length = 0;
    for (let radius = 0; radius < longest; radius += stride) {
      const at = Math.round((y + radius * sine) / down);
      const place = Math.round((x + radius * cosine) / across);
      if (at < 0 || place < 0 || at >= height || place >= width) break;
      if (mask[at * width + place] === value) length += stride;
    }
    if (length > 0) lengths.push(length);
  }
  if (lengths.length < rays / 2) return null;
  return {
    mean: lengths.reduce((sum, length) => sum + length, 0) / lengths.length,
    most: Math.max(...lengths),
  };
}
