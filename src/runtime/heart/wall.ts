import { average, centreOf, type HeartSlice, type Point, pixelsOf } from './slice.ts';

/** Steps along a ray, in the smaller of the spacings. */
const step = 0.1;

/**
 * The lengths within a region of rays from a point, the first to the image's right, the others clockwise on the screen.
 * In millimetres, or in pixels where the slice does not know its spacing. A ray that misses the region has 0.
 */
export function rayLengths(
  { rows, columns, spacing }: Pick<HeartSlice, 'rows' | 'columns' | 'spacing'>,
  region: Uint8Array,
  from: Point,
  rays: number,
): readonly number[] {
  const [down, across] = spacing ?? [1, 1];
  const stride = step * Math.min(down, across);
  return Array.from({ length: rays }, (_, ray) => {
    const angle = (2 * Math.PI * ray) / rays;
    const [sine, cosine] = [Math.sin(angle) / down, Math.cos(angle) / across];
    let length = 0;
    for (let radius = 0; ; radius += stride) {
      const row = Math.round(from[0] + radius * sine);
      const column = Math.round(from[1] + radius * cosine);
      if (row < 0 || column < 0 || row >= rows || column >= columns) return length;
      if (region[row * columns + column] === 1) length += stride;
    }
  });
}

/** Every five degrees. */
const ringRays = 72;

/**
 * How thick a ring is: the lengths within it of rays from the middle of its cavity or, where that is not known, from its own
 * centre of mass, which lies off the cavity's where one side is thicker. In the unit of {@link rayLengths}. Rays that
 * miss it, where the ring is open, do not count; null where fewer than half of them meet it, for then it is no ring.
 */
export function ringThickness(
  slice: Pick<HeartSlice, 'rows' | 'columns' | 'spacing'>,
  ring: Uint8Array,
  cavity: Uint8Array | null = null,
): readonly number[] | null {
  const middle = centreOf(slice, cavity ?? ring);
  if (middle === null) return null;
  const lengths = rayLengths(slice, ring, middle, ringRays).filter((length) => length > 0);
  return lengths.length < ringRays / 2 ? null : lengths;
}

/**
 * The mean thickness over all slices that show a ring, millimetres; null where none does, or has no spacing. Where the heart
 * has a cavity, slices without it show the cap, across which no ray measures.
 */
export function averageWall(
  slices: readonly HeartSlice[],
  structure: number,
  cavity: number | null,
): number | null {
  const known = cavity !== null && slices.some(({ regions }) => pixelsOf(regions[cavity]!) > 0);
  const lengths = slices.flatMap((slice) => {
    const inside = known ? slice.regions[cavity]! : null;
    return slice.spacing === null ? [] : (ringThickness(slice, slice.regions[structure]!, inside) ?? []);
  });
  return lengths.length === 0 ? null : average(lengths);
}
