import { angleOf, type HeartSlice, type Point, turned } from './slice.ts';

/** The arc of the septum as the middle of the left ventricle sees it: angles of its two ends, the second after the first. */
export interface Septum {
  readonly start: number;
  readonly end: number;
}

/** How far the blood of the right ventricle may lie from the muscle that it touches: outlines leave a gap between them. */
const reach = { millimetres: 3, pixels: 2 };
/** What is narrower touches by accident, what is wider is no side of a ring. */
const widths = { least: Math.PI / 12, most: (3 * Math.PI) / 2 };

/**
 * Where the right ventricle's wall meets the left one: the two ends of the arc along which the right ventricle has the
 * left one's muscle as its neighbour, which are the insertion points of Cerqueira et al. 2002. Null where the two do not touch.
 * @param middle of the left ventricle
 */
export function septumOf(
  slice: HeartSlice,
  middle: Point,
  muscle: Uint8Array,
  right: Uint8Array,
): Septum | null {
  const { rows, columns } = slice;
  const [down, across] = slice.spacing ?? [1, 1];
  const far =
    slice.spacing === null
      ? reach.pixels
      : Math.max(reach.millimetres, reach.pixels * Math.max(down, across));
  const [tall, wide] = [Math.floor(far / down), Math.floor(far / across)];
  const touches = (row: number, column: number) => {
    for (let y = Math.max(0, row - tall); y <= Math.min(rows - 1, row + tall); y += 1)
      for (let x = Math.max(0, column - wide); x <= Math.min(columns - 1, column + wide); x += 1)
        if (muscle[y * columns + x] === 1 && Math.hypot((y - row) * down, (x - column) * across) <= far)
          return true;
    return false;
  };
  const angles: number[] = [];
  for (let pixel = 0; pixel < rows * columns; pixel += 1) {
    if (right[pixel] !== 1) continue;
    const point = [Math.floor(pixel / columns), pixel % columns] as const;
    if (touches(...point)) angles.push(turned(angleOf(slice, middle, point)));
  }
  return arcOf(angles);
}

/** The arc that holds all angles: what the widest gap between them leaves. */
function arcOf(angles: readonly number[]): Septum | null {
  if (angles.length === 0) return null;
  const sorted = [...angles].sort((one, other) => one - other);
  let [widest, start] = [-1, 0];
  for (const [index, angle] of sorted.entries()) {
    const before = index === 0 ? sorted.at(-1)! - 2 * Math.PI : sorted[index - 1]!;
    if (angle - before > widest) [widest, start] = [angle - before, angle];
  }
  const width = 2 * Math.PI - widest;
  return width < widths.least || width > widths.most ? null : { start, end: start + width };
}
