import type { Size } from './grid.ts';

/**
 * Squared distance of every pixel to the nearest one of a set: column by column, then as the lower envelope of parabolas
 * along every row (Felzenszwalb and Huttenlocher 2012, "Distance transforms of sampled functions"). Infinite
 * where the set is empty.
 * @param set 1 for its pixels, row by row
 * @param spacing distance between pixel centres down and across
 */
export function distanceMap(
  set: Uint8Array,
  { height, width }: Size,
  spacing: readonly [number, number],
): Float64Array {
  const map = new Float64Array(height * width);
  for (let column = 0; column < width; column += 1) {
    let last = Number.POSITIVE_INFINITY;
    for (let row = 0; row < height; row += 1) {
      last = set[row * width + column] === 1 ? 0 : last + spacing[0];
      map[row * width + column] = last;
    }
    last = Number.POSITIVE_INFINITY;
    for (let row = height - 1; row >= 0; row -= 1) {
      last = set[row * width + column] === 1 ? 0 : last + spacing[0];
      map[row * width + column] = Math.min(map[row * width + column]!, last) ** 2;
    }
  }
  for (let row = 0; row < height; row += 1) {
    map.set(envelope(map.subarray(row * width, (row + 1) * width), spacing[1]), row * width);
  }
  return map;
}

/** min over j of (spacing·(i − j))² + heights[j], for every i. */
function envelope(heights: Float64Array, spacing: number): Float64Array {
  const places: number[] = [];
  const starts: number[] = [];
  for (let place = 0; place < heights.length; place += 1) {
    if (heights[place] === Number.POSITIVE_INFINITY) continue;
    let start = Number.NEGATIVE_INFINITY;
    while (places.length > 0) {
      start = crossing(places.at(-1)!, place, heights, spacing);
      if (start > starts.at(-1)!) break;
      places.pop();
      starts.pop();
      start = Number.NEGATIVE_INFINITY;
    }
    places.push(place);
    starts.push(start);
  }
  const lowest = new Float64Array(heights.length).fill(Number.POSITIVE_INFINITY);
  let piece = 0;
  for (let index = 0; index < heights.length && places.length > 0; index += 1) {
    while (piece + 1 < places.length && starts[piece + 1]! <= index) piece += 1;
    lowest[index] = (spacing * (index - places[piece]!)) ** 2 + heights[places[piece]!]!;
  }
  return lowest;
}

/** Where the parabola at `right` begins to lie below the one at `left`. */
function crossing(left: number, right: number, heights: Float64Array, spacing: number): number {
  const rise = (heights[right]! - heights[left]!) / spacing ** 2;
  return (rise + right ** 2 - left ** 2) / (2 * (right - left));
}
