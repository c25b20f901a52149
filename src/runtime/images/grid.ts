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

/** How far each pixel of an output, `[height, width]`, is displaced before a map is asked, in pixels. */
export interface Displacement {
  readonly rows: Float32Array;
  readonly columns: Float32Array;
}

/** Draws a grid anew through a map, with one interpolation. */
export function warp(
  grid: Grid,
  size: Size,
  map: AffineMap,
  method: Interpolation,
  outside: Outside,
  bend: Displacement | null = null,
): Grid {
  const out = emptyGrid(size, grid.channels);
  const draw = method === 'nearest' ? drawNearest : drawBilinear;
  draw(grid, map, outside, out, bend);
  return out;
}

function drawNearest(
  grid: Grid,
  { rows, columns }: AffineMap,
  outside: Outside,
  out: Grid,
  bend: Displacement | null,
): void {
  const { height, width, channels, values } = grid;
  for (let outRow = 0, at = 0, pixel = 0; outRow < out.height; outRow += 1) {
    for (let outColumn = 0; outColumn < out.width; outColumn += 1, at += channels, pixel += 1) {
      const row = bend === null ? outRow : outRow + bend.rows[pixel]!;
      const column = bend === null ? outColumn : outColumn + bend.columns[pixel]!;
      const sourceRow = Math.round(rows[0] * row + rows[1] * column + rows[2]);
      const sourceColumn = Math.round(columns[0] * row + columns[1] * column + columns[2]);
      if (sourceRow < 0 || sourceColumn < 0 || sourceRow >= height || sourceColumn >= width) {
        add(grid, sourceRow, sourceColumn, 1, outside, out.values, at);
        continue;
      }
      const from = (sourceRow * width + sourceColumn) * channels;
      for (let channel = 0; channel < channels; channel += 1)
        out.values[at + channel] = values[from + channel]!;
    }
  }
}

function drawBilinear(
  grid: Grid,
  { rows, columns }: AffineMap,
  outside: Outside,
  out: Grid,
  bend: Displacement | null,
): void {
  const { height, width, channels, values } = grid;
  const drawn = out.values;
  for (let outRow = 0, at = 0, pixel = 0; outRow < out.height; outRow += 1) {
    for (let outColumn = 0; outColumn < out.width; outColumn += 1, at += channels, pixel += 1) {
      const row = bend === null ? outRow : outRow + bend.rows[pixel]!;
      const column = bend === null ? outColumn : outColumn + bend.columns[pixel]!;
      const sourceRow = rows[0] * row + rows[1] * column + rows[2];
      const sourceColumn = columns[0] * row + columns[1] * column + columns[2];
      const top = Math.floor(sourceRow);
      const left = Math.floor(sourceColumn);
      const down = sourceRow - top;
      const right = sourceColumn - left;
      const topLeft = (1 - down) * (1 - right);
      const topRight = (1 - down) * right;
      const bottomLeft = down * (1 - right);
      const bottomRight = down * right;
      if (top >= 0 && left >= 0 && top + 1 < height && left + 1 < width) {
        // Nearly every pixel: all four are inside, and no border has to be looked for.
        const above = (top * width + left) * channels;
        const below = above + width * channels;
        for (let channel = 0; channel < channels; channel += 1) {
          drawn[at + channel] = topLeft * values[above + channel]!;
          drawn[at + channel]! += topRight * values[above + channels + channel]!;
          drawn[at + channel]! += bottomLeft * values[below + channel]!;
          drawn[at + channel]! += bottomRight * values[below + channels + channel]!;
        }
        continue;
      }
      add(grid, top, left, topLeft, outside, drawn, at);
      if (right > 0) add(grid, top, left + 1, topRight, outside, drawn, at);
      if (down > 0) add(grid, top + 1, left, bottomLeft, outside, drawn, at);
      if (down > 0 && right > 0) add(grid, top + 1, left + 1, bottomRight, outside, drawn, at);
    }
  }
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
