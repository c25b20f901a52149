import { type Grid, sameSize } from './grid.ts';

/** No image has more channels in one array: a longer last axis is that of columns. */
const mostChannels = 16;

/**
 * Whether the last axis of an array counts channels: `[…, height, width, channels]`. It is told by its length, since arrays do
 * not name their axes: at most sixteen, and shorter than height and width.
 */
export function endsInChannels(shape: readonly number[]): boolean {
  const [height, width, channels] = shape.slice(-3) as [number, number, number];
  return shape.length >= 3 && channels <= mostChannels && channels < Math.min(height, width);
}

/** Images of one size as one image, whose channels follow each other. */
export function joinChannels(grids: readonly Grid[]): Grid {
  const [first] = grids as [Grid, ...Grid[]];
  if (grids.length === 1) return first;
  if (!grids.every((grid) => sameSize(grid, first)))
    throw new Error('channels of different sizes were joined');
  const { height, width } = first;
  const channels = grids.reduce((sum, grid) => sum + grid.channels, 0);
  const values = new Float32Array(height * width * channels);
  let start = 0;
  for (const grid of grids) {
    for (let channel = 0; channel < grid.channels; channel += 1, start += 1) {
      for (let from = channel, to = start; to < values.length; from += grid.channels, to += channels)
        values[to] = grid.values[from]!;
    }
  }
  return { height, width, channels, values };
}

/** One channel of an image, `[height, width, 1]`. */
export function channelOf({ height, width, channels, values }: Grid, channel: number): Grid {
  if (channels === 1) return { height, width, channels, values };
  const own = new Float32Array(height * width);
  for (let pixel = 0; pixel < own.length; pixel += 1) own[pixel] = values[pixel * channels + channel]!;
  return { height, width, channels: 1, values: own };
}

/**
 * The slices that an image of neighbouring slices is made of, the lowest first and the slice itself in the middle. Neighbours
 * are of the same point in time; beyond its first and last slice these are repeated.
 * @param slice counts the slices of the first point in time, then those of the second, from 0
 * @param neighbours on each side
 * @param slices of one point in time
 */
export function slicesAround(slice: number, neighbours: number, slices: number): readonly number[] {
  const first = Math.floor(slice / slices) * slices;
  return Array.from({ length: 2 * neighbours + 1 }, (_, place) =>
    Math.min(Math.max(slice - neighbours + place, first), first + slices - 1),
  );
}
