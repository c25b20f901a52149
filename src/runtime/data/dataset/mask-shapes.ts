import type { Grid } from '../../images/grid.ts';

/** One value of a mask: how large it is, and how far apart its pieces lie. */
export interface ValueShape {
  readonly pixels: number;
  readonly pieces: number;
  /** Pixels between the box of its largest piece and that of the furthest other one. */
  readonly apart: number;
}

/** How a value lies to another: as a cavity to its wall, or not. */
export interface Contact {
  readonly inner: number;
  readonly outer: number;
  /** Sides of the inner value's pixels that touch the outer one, and that touch anything else. */
  readonly touching: number;
  readonly open: number;
  /** Pixels of the inner value beyond the convex hull of the outer one. */
  readonly outside: number;
}

export interface MaskShapes {
  readonly values: ReadonlyMap<number, ValueShape>;
  readonly contacts: readonly Contact[];
}

/** Masks with more values have no walls and cavities. */
const mostValues = 8;
/** Smaller pieces are specks, which a fingerprint counts. */
const smallestPiece = 3;

/** The shapes of a mask's values but 0. */
export function maskShapes(mask: Grid): MaskShapes {
  const values = [...new Set(mask.values)].filter((value) => value !== 0).sort((one, other) => one - other);
  const few = values.length <= mostValues ? values : [];
  return {
    values: new Map(values.map((value) => [value, shapeOf(mask, value)])),
    contacts: few.flatMap((outer) => {
      const hull = hullOf(pointsOf(mask, outer));
      return few.filter((inner) => inner !== outer).map((inner) => contactOf(mask, inner, outer, hull));
    }),
  };
}

type Point = readonly [row: number, column: number];

function pointsOf({ width, values }: Grid, wanted: number): readonly Point[] {
  const points: Point[] = [];
  for (let pixel = 0; pixel < values.length; pixel += 1)
    if (values[pixel] === wanted) points.push([Math.floor(pixel / width), pixel % width]);
  return points;
}

function contactOf(mask: Grid, inner: number, outer: number, hull: readonly Point[]): Contact {
  let [touching, open, outside] = [0, 0, 0];
  for (const [row, column] of pointsOf(mask, inner)) {
    if (!isWithin([row, column], hull)) outside += 1;
    for (const [y, x] of [
      [row - 1, column],
      [row + 1, column],
      [row, column - 1],
      [row, column + 1],
    ] as const) {
      const inside = y >= 0 && x >= 0 && y < mask.height && x < mask.width;
      const value = inside ? mask.values[y * mask.width + x]! : 0;
      if (value === outer) touching += 1;
      else if (value !== inner) open += 1;
    }
  }
  return { inner, outer, touching, open, outside };
}

/** Corners of the convex hull in order (Andrew's monotone chain). */
function hullOf(points: readonly Point[]): readonly Point[] {
  const half = (ordered: readonly Point[]): Point[] => {
    const chain: Point[] = [];
    for (const point of ordered) {
      while (chain.length >= 2 && turn(chain.at(-2)!, chain.at(-1)!, point) <= 0) chain.pop();
      chain.push(point);
    }
    return chain.slice(0, -1);
  };
  // Row by row they come sorted.
  return [...half(points), ...half([...points].reverse())];
}

function turn(from: Point, through: Point, to: Point): number {
  return (through[0] - from[0]) * (to[1] - from[1]) - (through[1] - from[1]) * (to[0] - from[0]);
}

function isWithin(point: Point, hull: readonly Point[]): boolean {
  return (
    hull.length > 2 &&
    hull.every((corner, index) => turn(corner, hull[(index + 1) % hull.length]!, point) >= 0)
  );
}

interface Piece {
  size: number;
  top: number;
  bottom: number;
  left: number;
  right: number;
}

function shapeOf({ height, width, values }: Grid, value: number): ValueShape {
  const seen = new Uint8Array(values.length);
  const pieces: Piece[] = [];
  let pixels = 0;
  for (let start = 0; start < values.length; start += 1) {
    if (values[start] !== value || seen[start] === 1) continue;
    seen[start] = 1;
    const piece: Piece = { size: 0, top: height, bottom: 0, left: width, right: 0 };
    const open = [start];
    for (let pixel = open.pop(); pixel !== undefined; pixel = open.pop()) {
      const [row, column] = [Math.floor(pixel / width), pixel % width];
      piece.size += 1;
      piece.top = Math.min(piece.top, row);
      piece.bottom = Math.max(piece.bottom, row);
      piece.left = Math.min(piece.left, column);
      piece.right = Math.max(piece.right, column);
      for (let y = Math.max(0, row - 1); y <= Math.min(height - 1, row + 1); y += 1) {
        for (let x = Math.max(0, column - 1); x <= Math.min(width - 1, column + 1); x += 1) {
          const next = y * width + x;
          if (values[next] !== value || seen[next] === 1) continue;
          seen[next] = 1;
          open.push(next);
        }
      }
    }
    pixels += piece.size;
    pieces.push(piece);
  }
  const large = pieces
    .filter(({ size }) => size >= smallestPiece)
    .sort((one, other) => other.size - one.size);
  const gaps = large.slice(1).map((piece) => gap(large[0]!, piece));
  return { pixels, pieces: Math.max(1, large.length), apart: Math.max(0, ...gaps) };
}

function gap(one: Piece, other: Piece): number {
  const down = Math.max(0, one.top - other.bottom, other.top - one.bottom);
  const across = Math.max(0, one.left - other.right, other.left - one.right);
  return Math.hypot(down, across);
}
