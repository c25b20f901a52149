/**
 * How maps fall into tiles for Winograd's convolutions by 3×3 taps with stride 1: a tile is 2×2 results, a rate apart, and the
 * 4×4 pixels that they read. Transforms after Lavin and Gray 2016.
 */

/** What all runs begin with; the fields in the order in which the caller writes them. */
@unmanaged
export class Grid {
  /** The map that is read, and that of the results. */
  x: usize;
  y: usize;
  /** As many zeros as there are inputs or outputs. */
  zeros: usize;
  /** Of the map that is read. */
  height: i32;
  width: i32;
  /** A multiple of 4. */
  inputs: i32;
  /** Of the map of the results. */
  rows: i32;
  columns: i32;
  outputs: i32;
  rowRate: i32;
  columnRate: i32;
  /** What the first tap reads, before the first pixel. */
  top: i32;
  left: i32;
  batch: i32;
  /** Tiles of an image down and across, and those of one item. */
  down: i32;
  across: i32;
  tiles: i32;
}

/** Bytes that keep the 16 planes of transformed numbers from falling on the same lines of the cache. */
export const gap: usize = 128;

/** The pixel of a tile's first result along an axis: tiles of one rate lie next to each other, then comes the next pair. */
@inline
export function place(tile: i32, rate: i32): i32 {
  return (tile / rate) * (2 * rate) + (tile % rate);
}

/** Writes the addresses of a tile's 16 pixels. */
export function locateTile(run: Grid, tile: i32, to: usize): void {
  const image = tile / (run.down * run.across);
  const row = place((tile / run.across) % run.down, run.rowRate) - run.top;
  const column = place(tile % run.across, run.columnRate) - run.left;
  const inputBytes = <usize>run.inputs << 2;
  for (let down = 0; down < 4; down++) {
    const y = row + down * run.rowRate;
    for (let across = 0; across < 4; across++, to += 4) {
      const x = column + across * run.columnRate;
      const inside = <i32>(<u32>y < <u32>run.height) & <i32>(<u32>x < <u32>run.width);
      const pixel = <usize>((image * run.height + y) * run.width + x);
      store<usize>(to, inside ? run.x + pixel * inputBytes : run.zeros);
    }
  }
}

/**
 * Of the pixels d of a tile: Bᵀ·d·B, into 16 planes.
 *
 * @param begin The first and the last channel, in bytes.
 * @param step Bytes from four channels to the next in a plane.
 */
export function transformPixels(
  pixels: usize,
  begin: usize,
  end: usize,
  to: usize,
  step: usize,
  plane: usize,
): void {
  let write = to;
  for (let channel = begin; channel < end; channel += 16, write += step) {
    transformRow(pixels, 0, 2, false, channel, write, plane);
    transformRow(pixels, 1, 2, true, channel, write + (plane << 2), plane);
    transformRow(pixels, 2, 1, false, channel, write + (plane << 3), plane);
    transformRow(pixels, 1, 3, false, channel, write + plane * 12, plane);
  }
}

/** One row of the transform, the sum or the difference of two rows of pixels. */
@inline
function transformRow(
  pixels: usize,
  one: usize,
  other: usize,
  add: bool,
  channel: usize,
  to: usize,
  plane: usize,
): void {
  const a = combineRows(pixels, one, other, add, 0, channel);
  const b = combineRows(pixels, one, other, add, 4, channel);
  const c = combineRows(pixels, one, other, add, 8, channel);
  const d = combineRows(pixels, one, other, add, 12, channel);
  v128.store(to, f32x4.sub(a, c));
  v128.store(to + plane, f32x4.add(b, c));
  v128.store(to + plane * 2, f32x4.sub(c, b));
  v128.store(to + plane * 3, f32x4.sub(b, d));
}

@inline
function combineRows(pixels: usize, one: usize, other: usize, add: bool, column: usize, channel: usize): v128 {
  const a = v128.load(load<usize>(pixels + (one << 4) + column) + channel);
  const b = v128.load(load<usize>(pixels + (other << 4) + column) + channel);
  return add ? f32x4.add(a, b) : f32x4.sub(a, b);
}
