/** The largest number of every window, `[batch, height, width, channels]`, and the gradient, which goes to the first of them. */
import { loadSome, storeSome } from './registers';

/** What both work on; the fields in the order in which the caller writes them. */
@unmanaged
class Pooling {
  x: usize;
  /** The result, or its gradient. */
  y: usize;
  /** The gradient of the map, zero before. */
  dx: usize;
  height: i32;
  width: i32;
  channels: i32;
  /** Of the result. */
  rows: i32;
  columns: i32;
  /** Of a window. */
  down: i32;
  across: i32;
  rowStride: i32;
  columnStride: i32;
  /** Pixels that windows reach beyond the map's first row and column. */
  top: i32;
  left: i32;
  /** Rows of the result that one item computes: those of one image, where windows share pixels. */
  block: i32;
}

/** One item: some rows of the result, counted through all images. */
export function poolLargest(args: usize, item: i32, scratch: usize): void {
  const run = changetype<Pooling>(args);
  for (let row = item * run.block; row < (item + 1) * run.block; row++) {
    const image = row / run.rows;
    const first = (row % run.rows) * run.rowStride - run.top;
    for (let column = 0; column < run.columns; column++) {
      const left = column * run.columnStride - run.left;
      const to = run.y + (<usize>((row * run.columns + column) * run.channels) << 2);
      // Pixel by pixel, as memory lies: the best so far is the window's first pixel, then the larger of both.
      let best: usize = 0;
      for (let y = max(0, first); y < min(run.height, first + run.down); y++) {
        for (let x = max(0, left); x < min(run.width, left + run.across); x++) {
          const from = run.x + (<usize>(((image * run.height + y) * run.width + x) * run.channels) << 2);
          if (best == 0) best = from;
          for (let channel = 0; channel < run.channels; channel += 4) {
            const lanes = run.channels - channel;
            const offset = <usize>channel << 2;
            storeSome(to + offset, lanes, f32x4.max(loadSome(best + offset, lanes), loadSome(from + offset, lanes)));
          }
          best = to;
        }
      }
    }
  }
}

/** One item: what some rows of the result give to the map. */
export function gradePool(args: usize, item: i32, scratch: usize): void {
  const run = changetype<Pooling>(args);
  const toGradient = run.dx - run.x;
  for (let row = item * run.block; row < (item + 1) * run.block; row++) {
    const image = row / run.rows;
    const first = (row % run.rows) * run.rowStride - run.top;
    for (let column = 0; column < run.columns; column++) {
      const left = column * run.columnStride - run.left;
      const from = run.y + (<usize>((row * run.columns + column) * run.channels) << 2);
      for (let channel = 0; channel < run.channels; channel += 4) {
        const lanes = run.channels - channel;
        let largest = f32x4.splat(-Infinity);
        let place = i32x4.splat(-1);
        for (let y = max(0, first); y < min(run.height, first + run.down); y++) {
          for (let x = max(0, left); x < min(run.width, left + run.across); x++) {
            const read =
              run.x + (<usize>(((image * run.height + y) * run.width + x) * run.channels + channel) << 2);
            const value = loadSome(read, lanes);
            const larger = f32x4.gt(value, largest);
            largest = v128.bitselect(value, largest, larger);
            place = v128.bitselect(i32x4.splat(<i32>read), place, larger);
          }
        }
        const dy = loadSome(from + (<usize>channel << 2), lanes);
        for (let y = max(0, first); y < min(run.height, first + run.down); y++) {
          for (let x = max(0, left); x < min(run.width, left + run.across); x++) {
            const read =
              run.x + (<usize>(((image * run.height + y) * run.width + x) * run.channels + channel) << 2);
            const share = v128.and(dy, i32x4.eq(place, i32x4.splat(<i32>read)));
            const to = read + toGradient;
            storeSome(to, lanes, f32x4.add(loadSome(to, lanes), share));
          }
        }
      }
    }
  }
}
