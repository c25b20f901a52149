import { storeEight } from './registers';

/**
 * Convolution in any direction, `[batch, height, width, channels]`: a list of taps, each reading the map at an offset of
 * its own, so that forward passes, their transposes and every rate and stride are one loop. Where taps differ from pixel
 * to pixel (the transpose of a stride), pixels fall into phases, each with its list.
 */

/** What one run works on; the fields in the order in which the caller writes them. */
@unmanaged
class Convolution {
  /** The map that is read. */
  x: usize;
  /** `[blocks of 8 outputs, taps, inputs, 8]`, as {@link packKernel} writes them. */
  weights: usize;
  /** One number per output, filled up to a multiple of 8; 0 without. */
  bias: usize;
  /** The map that is written. */
  y: usize;
  /** As many zeros as there are inputs. */
  zeros: usize;
  /** Of the map that is read. */
  height: i32;
  width: i32;
  inputs: i32;
  /** Of the map that is written. */
  rows: i32;
  columns: i32;
  outputs: i32;
  /** Pixels of the read map from one position to the next. */
  rowStride: i32;
  columnStride: i32;
  /** Pixels of the written map from one position to the next. */
  rowStep: i32;
  columnStep: i32;
  /** All taps of the kernel. */
  taps: i32;
  /** 1 where negative results become 0. */
  rectify: i32;
  batch: i32;
  /** Positions of a phase that one item computes, a multiple of 4, and blocks of 8 outputs. */
  positions: i32;
  blocks: i32;
  phases: usize;
}

/** Positions whose results read the same taps. */
@unmanaged
class Phase {
  /** The first item that belongs to the next phase. */
  end: i32;
  /** Positions down and across. */
  rows: i32;
  columns: i32;
  /** The pixel of the first position in the written map. */
  row: i32;
  column: i32;
  /** A list of {@link Tap}. */
  taps: usize;
  count: i32;
}

@unmanaged
class Tap {
  /** What it reads, relative to the position's pixel in the read map. */
  row: i32;
  column: i32;
  /** Bytes from the first tap's weights of a block. */
  weights: i32;
}

/**
 * One item: some positions of a phase, some blocks of outputs.
 *
 * @param scratch For `positions · (taps + 1)` addresses.
 */
export function convolve(args: usize, item: i32, scratch: usize): void {
  const run = changetype<Convolution>(args);
  let phase = changetype<Phase>(run.phases);
  let first = 0;
  while (item >= phase.end) {
    first = phase.end;
    phase = changetype<Phase>(changetype<usize>(phase) + offsetof<Phase>());
  }
  item -= first;
  const blockCount = (run.outputs + 7) >> 3;
  const groups = (blockCount + run.blocks - 1) / run.blocks;
  const group = item % groups;
  const begin = (item / groups) * run.positions;
  const count = min(run.positions, run.batch * phase.rows * phase.columns - begin);

  const written = scratch;
  const read = scratch + (<usize>run.positions << 2);
  locate(run, phase, begin, count, written, read);

  const blockBytes = <usize>(run.taps * run.inputs) << 5;
  const last = min(blockCount, (group + 1) * run.blocks);
  for (let block = group * run.blocks; block < last; block++) {
    const weights = run.weights + <usize>block * blockBytes;
    for (let position = 0; position < count; position += 4) {
      tile(
        run,
        phase,
        weights,
        block,
        written + (<usize>position << 2),
        read + (<usize>(position * phase.count) << 2),
      );
    }
  }
}

/**
 * Writes the addresses of the written pixels, and those of the pixels that each tap reads, four positions after four:
 * `[tiles, taps, 4]`. Positions behind the last repeat it.
 */
function locate(run: Convolution, phase: Phase, begin: i32, count: i32, written: usize, read: usize): void {
  const inputBytes = run.inputs << 2;
  let column = begin % phase.columns;
  let row = (begin / phase.columns) % phase.rows;
  let image = begin / phase.columns / phase.rows;
  const filled = (count + 3) & ~3;
  for (let position = 0; position < filled; position++) {
    const pixel =
      (image * run.rows + row * run.rowStep + phase.row) * run.columns +
      column * run.columnStep +
      phase.column;
    store<usize>(written, run.y + (<usize>(pixel * run.outputs) << 2));
    written += 4;
    const x = run.x + <usize>(image * run.height * run.width) * inputBytes;
    const top = row * run.rowStride;
    const left = column * run.columnStride;
    let to = read + (<usize>((position & ~3) * phase.count + (position & 3)) << 2);
    let tap = changetype<Tap>(phase.taps);
    for (let index = 0; index < phase.count; index++) {
      const down = top + tap.row;
      const across = left + tap.column;
      const inside = <i32>(<u32>down < <u32>run.height) & <i32>(<u32>across < <u32>run.width);
      store<usize>(to, inside ? x + <usize>((down * run.width + across) * inputBytes) : run.zeros);
      to += 16;
      tap = changetype<Tap>(changetype<usize>(tap) + offsetof<Tap>());
    }
    if (position + 1 < count) {
      column++;
      if (column == phase.columns) {
        column = 0;
        row++;
        if (row == phase.rows) {
          row = 0;
          image++;
        }
      }
    }
  }
}

/** Four positions by eight outputs, held in registers over all taps. */
function tile(run: Convolution, phase: Phase, weights: usize, block: i32, written: usize, read: usize): void {
  let a0 = f32x4.splat(0);
  let b0 = f32x4.splat(0);
  if (run.bias) {
    a0 = v128.load(run.bias + (<usize>block << 5));
    b0 = v128.load(run.bias + (<usize>block << 5), 16);
  }
  let a1 = a0;
  let b1 = b0;
  let a2 = a0;
  let b2 = b0;
  let a3 = a0;
  let b3 = b0;
  const zeros = run.zeros;
  let wa: v128;
  let wb: v128;
  let x: v128;
  let tap = phase.taps;
  for (const end = read + (<usize>phase.count << 4); read < end; read += 16, tap += offsetof<Tap>()) {
    let x0 = load<usize>(read);
    let x1 = load<usize>(read, 4);
    let x2 = load<usize>(read, 8);
    let x3 = load<usize>(read, 12);
    if ((x0 == zeros) & (x1 == zeros) & (x2 == zeros) & (x3 == zeros)) continue;
    let w = weights + <usize>changetype<Tap>(tap).weights;
    let inputs = run.inputs;
    // The exit between two inputs keeps the engine from moving all loads before all sums, for which it has not the
    // registers: a third faster than two inputs in one piece.
    for (;;) {
      wa = v128.load(w);
      wb = v128.load(w, 16);
      x = v128.load32_splat(x0);
      a0 = f32x4.add(a0, f32x4.mul(x, wa));
      b0 = f32x4.add(b0, f32x4.mul(x, wb));
      x = v128.load32_splat(x1);
      a1 = f32x4.add(a1, f32x4.mul(x, wa));
      b1 = f32x4.add(b1, f32x4.mul(x, wb));
      x = v128.load32_splat(x2);
      a2 = f32x4.add(a2, f32x4.mul(x, wa));
      b2 = f32x4.add(b2, f32x4.mul(x, wb));
      x = v128.load32_splat(x3);
      a3 = f32x4.add(a3, f32x4.mul(x, wa));
      b3 = f32x4.add(b3, f32x4.mul(x, wb));
      if (inputs < 2) break;
      wa = v128.load(w, 32);
      wb = v128.load(w, 48);
      x = v128.load32_splat(x0, 4);
      a0 = f32x4.add(a0, f32x4.mul(x, wa));
      b0 = f32x4.add(b0, f32x4.mul(x, wb));
      x = v128.load32_splat(x1, 4);
      a1 = f32x4.add(a1, f32x4.mul(x, wa));
      b1 = f32x4.add(b1, f32x4.mul(x, wb));
      x = v128.load32_splat(x2, 4);
      a2 = f32x4.add(a2, f32x4.mul(x, wa));
      b2 = f32x4.add(b2, f32x4.mul(x, wb));
      x = v128.load32_splat(x3, 4);
      a3 = f32x4.add(a3, f32x4.mul(x, wa));
      b3 = f32x4.add(b3, f32x4.mul(x, wb));
      inputs -= 2;
      if (inputs == 0) break;
      x0 += 8;
      x1 += 8;
      x2 += 8;
      x3 += 8;
      w += 64;
    }
  }
  if (run.rectify) {
    const zero = f32x4.splat(0);
    a0 = f32x4.max(a0, zero);
    b0 = f32x4.max(b0, zero);
    a1 = f32x4.max(a1, zero);
    b1 = f32x4.max(b1, zero);
    a2 = f32x4.max(a2, zero);
    b2 = f32x4.max(b2, zero);
    a3 = f32x4.max(a3, zero);
    b3 = f32x4.max(b3, zero);
  }
  const offset = <usize>block << 5;
  const channels = run.outputs - (block << 3);
  const y0 = load<usize>(written) + offset;
  const y1 = load<usize>(written, 4) + offset;
  const y2 = load<usize>(written, 8) + offset;
  const y3 = load<usize>(written, 12) + offset;
  storeEight(y0, channels, a0, b0);
  storeEight(y1, channels, a1, b1);
  storeEight(y2, channels, a2, b2);
  storeEight(y3, channels, a3, b3);
}

/** How {@link packKernel} reads a kernel; the fields in the order in which the caller writes them. */
@unmanaged
class Packing {
  from: usize;
  to: usize;
  taps: i32;
  inputs: i32;
  outputs: i32;
  /** Numbers from one input of the kernel to the next, from one output to the next, from one tap to the next. */
  inputStride: i32;
  outputStride: i32;
  tapStride: i32;
}

/** One item: one tap of the blocks of 8 outputs, `[taps, inputs, outputs] → [blocks, taps, inputs, 8]`, filled with zeros. */
export function packKernel(args: usize, item: i32, scratch: usize): void {
  const run = changetype<Packing>(args);
  const blocks = (run.outputs + 7) >> 3;
  const inputStride = <usize>run.inputStride << 2;
  const outputStride = <usize>run.outputStride << 2;
  for (let block = 0; block < blocks; block++) {
    let to = run.to + ((<usize>(block * run.taps + item) * <usize>run.inputs) << 5);
    let from = run.from + (<usize>(item * run.tapStride + (block << 3) * run.outputStride) << 2);
    const count = min(8, run.outputs - (block << 3));
    const end = to + (<usize>run.inputs << 5);
    if (count == 8 && run.outputStride == 1) {
      for (; to < end; to += 32, from += inputStride) {
        v128.store(to, v128.load(from));
        v128.store(to, v128.load(from, 16), 16);
      }
    } else {
      for (; to < end; to += 32, from += inputStride) {
        let output = from;
        for (let lane: usize = 0; lane < 8; lane++, output += outputStride) {
          store<f32>(to + (lane << 2), <i32>lane < count ? load<f32>(output) : 0);
        }
      }
    }
  }
}
