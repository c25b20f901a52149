/** A height and a width in pixels. */
export interface Size {
  readonly height: number;
  readonly width: number;
}

/** An image or a mask: `values` is `[height, width, channels]`, row by row. */
export interface Grid extends Size {
  readonly channels: number;
  readonly values: Float32Array;
}

/** A grid of zeros. */
function emptyGrid(size: Size, channels: number): Grid {
  const { height, width } = size;
  return { height, width, channels, values: new Float32Array(height * width * channels) };
}

export function sameSize(left: Size, right: Size): boolean {
  return left.height === right.height && left.width === right.width;
}

/**
 * Where the pixels of an output come from: output pixel `[row, column]` reads the input at
 * `[rows · (row, column, 1), columns · (row, column, 1)]`. Coordinates are of pixel centres, the first is 0.
 */
export interface AffineMap {
  readonly rows: readonly [number, number, number];
  readonly columns: readonly [number, number, number];
}

/** `bilinear` for intensities and probabilities, `nearest` for mask values, which must not be mixed. */
export type Interpolation = 'bilinear' | 'nearest';

/** What an output pixel reads beyond the input's border: zero, or the nearest pixel inside. */
export type Outside = 'zero' | 'edge';

/** Draws a grid anew through a map, with one interpolation. */
export function warp(grid: Grid, size: Size, map: AffineMap, method: Interpolation, outside: Outside): Grid {
  const out = emptyGrid(size, grid.channels);
  const visit = method === 'nearest' ? nearest : bilinear;
  for (let row = 0; row < size.height; row += 1) {
    for (let column = 0; column < size.width; column += 1) {
      const sourceRow = map.rows[0] * row + map.rows[1] * column + map.rows[2];
      const sourceColumn = map.columns[0] * row + map.columns[1] * column + map.columns[2];
      visit(grid, sourceRow, sourceColumn, outside, out.values, (row * size.width + column) * grid.channels);
    }
  }
  return out;
}

function nearest(
  grid: Grid,
  row: number,
  column: number,
  outside: Outside,
  out: Float32Array,
  at: number,
): void {
  add(grid, Math.round(row), Math.round(column), 1, outside, out, at);
}

function bilinear(
  grid: Grid,
  row: number,
  column: number,
  outside: Outside,
  out: Float32Array,
  at: number,
): void {
  const top = Math.floor(row);
  const left = Math.floor(column);
  const down = row - top;
  const right = column - left;
  add(grid, top, left, (1 - down) * (1 - right), outside, out, at);
  if (right > 0) add(grid, top, left + 1, (1 - down) * right, outside, out, at);
  if (down > 0) add(grid, top + 1, left, down * (1 - right), outside, out, at);
  if (down > 0 && right > 0) add(grid, top + 1, left + 1, down * right, outside, out, at);
}

/** Adds one input pixel, weighted, to the output's channels from `at` on. */
function add(
  grid: Grid,
  row: number,
  column: number,
  weight: number,
  outside: Outside,
  out: Float32Array,
  at: number,
): void {
  const { height, width, channels, values } = grid;
  const inside = row >= 0 && row < height && column >= 0 && column < width;
  if (!inside && outside === 'zero') return;
  const from =
    (Math.min(Math.max(row, 0), height - 1) * width + Math.min(Math.max(column, 0), width - 1)) * channels;
  for (let channel = 0; channel < channels; channel += 1) {
    out[at + channel]! += weight * values[from + channel]!;
  }
}
