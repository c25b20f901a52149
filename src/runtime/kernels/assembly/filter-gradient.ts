import { storeEight } from './registers';

/**
 * The gradient of a convolution's kernel: for every tap, input and output the sum over all pixels of what the tap read
 * times the output's gradient. Pixels are taken in chunks of rows whose sums are held in registers, four inputs by eight
 * outputs, and added up in memory: short sums, so that little is lost to rounding.
 */

/** What one run works on; the fields in the order in which the caller writes them. */
@unmanaged
class FilterGradient {
  /** The map that was read, and the gradient of the map that was written. */
  x: usize;
  dy: usize;
  /** `[groups of images' rows, blocks of 4 inputs, taps, blocks of 8 outputs, 4, 8]`. */
  sums: usize;
  /** Of the map that was read. */
  height: i32;
  width: i32;
  inputs: i32;
  /** Of the map that was written. */
  rows: i32;
  columns: i32;
  outputs: i32;
  rowStride: i32;
  columnStride: i32;
  /** A list of {@link Reading}, those of one row next to each other. */
  taps: usize;
  count: i32;
  batch: i32;
  /** Rows of a chunk. */
  chunk: i32;
  /** Chunks of a group, and groups. */
  chunks: i32;
  groups: i32;
  /** Blocks of 4 inputs that one item computes. */
  blocks: i32;
}

/** A tap: what it reads relative to a position's pixel. */
@unmanaged
class Reading {
  row: i32;
  column: i32;
}

/**
 * One item: some blocks of inputs over one group of chunks.
 *
 * @param scratch For a chunk of `dy` and of the rows of `x` that a row of taps reads, of the item's blocks.
 */
export function gradeFilter(args: usize, item: i32, scratch: usize): void {
  const run = changetype<FilterGradient>(args);
  const inputBlocks = (run.inputs + 3) >> 2;
  const outputBlocks = (run.outputs + 7) >> 3;
  const group = item % run.groups;
  const first = (item / run.groups) * run.blocks;
  const blocks = min(run.blocks, inputBlocks - first);
  const tapBytes = <usize>outputBlocks << 7;
  const blockBytes = tapBytes * run.count;
  const sums = run.sums + <usize>(group * inputBlocks + first) * blockBytes;
  memory.fill(sums, 0, <usize>blocks * blockBytes);

  const perImage = (run.rows + run.chunk - 1) / run.chunk;
  const last = min((group + 1) * run.chunks, run.batch * perImage);
  const packedX = scratch + (<usize>(run.chunk * run.columns * outputBlocks) << 5);
  const packedBlock = <usize>(run.chunk * run.width) << 4;
  for (let chunk = group * run.chunks; chunk < last; chunk++) {
    const image = chunk / perImage;
    const top = (chunk % perImage) * run.chunk;
    const rows = min(run.chunk, run.rows - top);
    const dy = run.dy + (<usize>((image * run.rows + top) * run.columns * run.outputs) << 2);
    const strip = <usize>(rows * run.columns) << 5;
    packGradient(dy, scratch, rows * run.columns, run.outputs);
    const x = run.x + (<usize>(image * run.height * run.width * run.inputs) << 2);

    let packedRow = i32.MIN_VALUE;
    for (let index = 0; index < run.count; index++) {
      const tap = changetype<Reading>(run.taps + <usize>index * offsetof<Reading>());
      // The rows and columns of the chunk whose reads lie on the map.
      const begin = max(top, before(-tap.row, run.rowStride));
      const end = min(top + rows, before(run.height - tap.row, run.rowStride));
      const left = max(0, before(-tap.column, run.columnStride));
      const right = min(run.columns, before(run.width - tap.column, run.columnStride));
      if (begin >= end || left >= right) continue;
      if (tap.row != packedRow) {
        packedRow = tap.row;
        for (let row = begin; row < end; row++) {
          packRow(
            x + (<usize>((row * run.rowStride + tap.row) * run.width * run.inputs) << 2),
            packedX + (<usize>((row - begin) * run.width) << 4),
            packedBlock,
            run.width,
            run.inputs,
            first,
            blocks,
          );
        }
      }
      const readX = packedX + (<usize>(left * run.columnStride + tap.column) << 4);
      const readDy = scratch + (<usize>((begin - top) * run.columns + left) << 5);
      const step = <usize>run.columnStride << 4;
      for (let block = 0; block < blocks; block++) {
        const to = sums + <usize>block * blockBytes + <usize>index * tapBytes;
        for (let output = 0; output < outputBlocks; output++) {
          correlate(
            readX + <usize>block * packedBlock,
            <usize>run.width << 4,
            step,
            readDy + <usize>output * strip,
            <usize>run.columns << 5,
            end - begin,
            right - left,
            to + (<usize>output << 7),
          );
        }
      }
    }
  }
}

/** The first position whose read lies at or behind a pixel. */
function before(pixel: i32, stride: i32): i32 {
  return pixel <= 0 ? 0 : (pixel + stride - 1) / stride;
}

/** `[pixels, outputs] → [blocks, pixels, 8]`, filled with zeros. */
function packGradient(from: usize, to: usize, pixels: i32, outputs: i32): void {
  const pixelBytes = <usize>outputs << 2;
  for (let output = 0; output < outputs; output += 8) {
    let read = from + (<usize>output << 2);
    const end = to + (<usize>pixels << 5);
    if (output + 8 <= outputs) {
      for (; to < end; to += 32, read += pixelBytes) {
        v128.store(to, v128.load(read));
        v128.store(to, v128.load(read, 16), 16);
      }
    } else {
      for (; to < end; to += 32, read += pixelBytes) {
        for (let lane = 0; lane < 8; lane++) {
          store<f32>(
            to + (<usize>lane << 2),
            output + lane < outputs ? load<f32>(read + (<usize>lane << 2)) : 0,
          );
        }
      }
    }
  }
}

/** Some blocks of a row: `[pixels, inputs] → [blocks, pixels, 4]`, filled with zeros. */
function packRow(
  from: usize,
  to: usize,
  packedBlock: usize,
  pixels: i32,
  inputs: i32,
  first: i32,
  blocks: i32,
): void {
  const pixelBytes = <usize>inputs << 2;
  for (let block = first; block < first + blocks; block++, to += packedBlock) {
    let read = from + (<usize>block << 4);
    let write = to;
    const end = to + (<usize>pixels << 4);
    const count = inputs - (block << 2);
    if (count >= 4) {
      for (; write < end; write += 16, read += pixelBytes) v128.store(write, v128.load(read));
    } else {
      for (; write < end; write += 16, read += pixelBytes) {
        for (let lane = 0; lane < 4; lane++) {
          store<f32>(write + (<usize>lane << 2), lane < count ? load<f32>(read + (<usize>lane << 2)) : 0);
        }
      }
    }
  }
}

/** Adds the products of four inputs and eight outputs over a rectangle of pixels to 32 sums. */
export function correlate(
  x: usize,
  xRow: usize,
  step: usize,
  dy: usize,
  dyRow: usize,
  rows: i32,
  columns: i32,
  to: usize,
): void {
  let a0 = f32x4.splat(0);
  let b0 = a0;
  let a1 = a0;
  let b1 = a0;
  let a2 = a0;
  let b2 = a0;
  let a3 = a0;
  let b3 = a0;
  let wa: v128;
  let wb: v128;
  let s: v128;
  for (; rows > 0; rows--, x += xRow, dy += dyRow) {
    let from = x;
    let w = dy;
    let pixels = columns;
    // As in the convolution: the exit between two pixels keeps loads and sums together.
    for (;;) {
      wa = v128.load(w);
      wb = v128.load(w, 16);
      s = v128.load32_splat(from);
      a0 = f32x4.add(a0, f32x4.mul(s, wa));
      b0 = f32x4.add(b0, f32x4.mul(s, wb));
      s = v128.load32_splat(from, 4);
      a1 = f32x4.add(a1, f32x4.mul(s, wa));
      b1 = f32x4.add(b1, f32x4.mul(s, wb));
      s = v128.load32_splat(from, 8);
      a2 = f32x4.add(a2, f32x4.mul(s, wa));
      b2 = f32x4.add(b2, f32x4.mul(s, wb));
      s = v128.load32_splat(from, 12);
      a3 = f32x4.add(a3, f32x4.mul(s, wa));
      b3 = f32x4.add(b3, f32x4.mul(s, wb));
      if (pixels < 2) break;
      from += step;
      wa = v128.load(w, 32);
      wb = v128.load(w, 48);
      s = v128.load32_splat(from);
      a0 = f32x4.add(a0, f32x4.mul(s, wa));
      b0 = f32x4.add(b0, f32x4.mul(s, wb));
      s = v128.load32_splat(from, 4);
      a1 = f32x4.add(a1, f32x4.mul(s, wa));
      b1 = f32x4.add(b1, f32x4.mul(s, wb));
      s = v128.load32_splat(from, 8);
      a2 = f32x4.add(a2, f32x4.mul(s, wa));
      b2 = f32x4.add(b2, f32x4.mul(s, wb));
      s = v128.load32_splat(from, 12);
      a3 = f32x4.add(a3, f32x4.mul(s, wa));
      b3 = f32x4.add(b3, f32x4.mul(s, wb));
      pixels -= 2;
      if (pixels == 0) break;
      from += step;
      w += 64;
    }
  }
  v128.store(to, f32x4.add(v128.load(to), a0));
  v128.store(to, f32x4.add(v128.load(to, 16), b0), 16);
  v128.store(to, f32x4.add(v128.load(to, 32), a1), 32);
  v128.store(to, f32x4.add(v128.load(to, 48), b1), 48);
  v128.store(to, f32x4.add(v128.load(to, 64), a2), 64);
  v128.store(to, f32x4.add(v128.load(to, 80), b2), 80);
  v128.store(to, f32x4.add(v128.load(to, 96), a3), 96);
  v128.store(to, f32x4.add(v128.load(to, 112), b3), 112);
}

/** The sums of all groups, put in their place; the fields in the order in which the caller writes them. */
@unmanaged
class Gathering {
  sums: usize;
  /** `[taps, inputs, outputs]`, zero before. */
  to: usize;
  inputs: i32;
  outputs: i32;
  groups: i32;
  count: i32;
  /** The place of each tap that was read, among all taps of the kernel. */
  places: usize;
}

/** One item: one block of 4 inputs. Groups are added in their order. */
export function gatherFilter(args: usize, item: i32, scratch: usize): void {
  const run = changetype<Gathering>(args);
  const inputBlocks = (run.inputs + 3) >> 2;
  const outputBlocks = (run.outputs + 7) >> 3;
  const blockBytes = <usize>(run.count * outputBlocks) << 7;
  const groupBytes = <usize>inputBlocks * blockBytes;
  const lanes = min(4, run.inputs - (item << 2));
  for (let index = 0; index < run.count; index++) {
    const place = load<i32>(run.places + (<usize>index << 2));
    for (let output = 0; output < outputBlocks; output++) {
      const from = run.sums + <usize>item * blockBytes + (<usize>(index * outputBlocks + output) << 7);
      const count = min(8, run.outputs - (output << 3));
      for (let lane = 0; lane < lanes; lane++) {
        let a = f32x4.splat(0);
        let b = a;
        let read = from + (<usize>lane << 5);
        for (let group = 0; group < run.groups; group++, read += groupBytes) {
          a = f32x4.add(a, v128.load(read));
          b = f32x4.add(b, v128.load(read, 16));
        }
        const to =
          run.to + (<usize>((place * run.inputs + (item << 2) + lane) * run.outputs + (output << 3)) << 2);
        storeEight(to, count, a, b);
      }
    }
  }
}
