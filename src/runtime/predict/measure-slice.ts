import { average } from '../heart/slice.ts';
import { ringThickness } from '../heart/wall.ts';
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

/**
 * Measures the pixels of one value of a mask.
 * @param cavity the value of the cavity that a ring lies around; null where it is not known
 */
export function measureSlice(
  mask: ArrayLike<number>,
  value: number,
  image: ArrayLike<number>,
  size: Size,
  spacing: readonly [number, number] | null,
  cavity: number | null = null,
): SliceMeasures {
  let pixels = 0;
  let sum = 0;
  for (let pixel = 0; pixel < mask.length; pixel += 1) {
    if (mask[pixel] !== value) continue;
    pixels += 1;
    sum += image[pixel]!;
  }
  const [down, across] = spacing ?? [1, 1];
  const regionOf = (one: number) =>
    Uint8Array.from({ length: mask.length }, (_, pixel) => (mask[pixel] === one ? 1 : 0));
  const ring = regionOf(value);
  const found = cavity === null ? null : regionOf(cavity);
  const inside = found?.includes(1) ? found : null;
  const slice = { rows: size.height, columns: size.width };
  const inPixels = ringThickness({ ...slice, spacing: null }, ring, inside);
  const inMillimetres = spacing === null ? null : ringThickness({ ...slice, spacing }, ring, inside);
  return {
    pixels,
    areaMm2: spacing === null ? null : pixels * down * across,
    mean: pixels === 0 ? null : sum / pixels,
    wallMeanMm: inMillimetres && average(inMillimetres),
    wallMaxMm: inMillimetres && Math.max(...inMillimetres),
    wallMeanPixels: inPixels && average(inPixels),
  };
}
