/**
 * Convolution tile by tile: Winograd's F(2×2, 3×3). The pixels of a tile and the kernel are each transformed into 16 numbers per
 * channel, which are multiplied one by one and summed over the channels: 16 multiplications where taps take 36.
 */
import { gap, Grid, locateTile, place, transformPixels } from './grid';
import { loadSome, storeSome } from './registers';

/** What one run works on; the fields in the order in which the caller writes them. */
@unmanaged
class Tiling extends Grid {
  /** `[blocks of 8 outputs, 16, inputs, 8]`, as {@link packTiles} writes them. */
  weights: usize;
  /** One number per output, filled up to a multiple of 8; 0 without. */
  bias: usize;
  rectify: i32;
  /** Blocks of 8 outputs of one item. */
  blocks: i32;
}

/**
 * One item: some tiles, some blocks of outputs.
 *
 * @param scratch For `16 · tiles · (inputs + 8)` numbers, 16 gaps and 16 addresses, tiles a multiple of 4.
 */
export function convolveTiles(args: usize, item: i32, scratch: usize): void {
  const run = changetype<Tiling>(args);
  const blockCount = (run.outputs + 7) >> 3;
  const groups = (blockCount + run.blocks - 1) / run.blocks;
  const begin = (item / groups) * run.tiles;
  const count = min(run.tiles, run.batch * run.down * run.across - begin);
  const inputBytes = <usize>run.inputs << 2;
  const plane = <usize>run.tiles * inputBytes + gap;
  const products = scratch + 64;
  const planes = products + (<usize>run.tiles << 9);
  for (let tile = 0; tile < count; tile++) {
    locateTile(run, begin + tile, scratch);
    transformPixels(scratch, 0, inputBytes, planes + <usize>tile * inputBytes, 16, plane);
  }

  const first = (item % groups) * run.blocks;
  const last = min(blockCount, first + run.blocks);
  const productPlane = <usize>run.tiles << 5;
  const weightPlane = <usize>run.inputs << 5;
  let weights = run.weights + <usize>first * (weightPlane << 4);
  for (let block = first; block < last; block++) {
    let from = planes;
    let to = products;
    for (let index = 0; index < 16; index++) {
      for (let tile = 0; tile < count; tile += 4) {
        // Tiles behind the last repeat it.
        const x0 = from + <usize>tile * inputBytes;
        const x1 = tile + 1 < count ? x0 + inputBytes : x0;
        const x2 = tile + 2 < count ? x1 + inputBytes : x1;
        const x3 = tile + 3 < count ? x2 + inputBytes : x2;
        multiply(x0, x1, x2, x3, weights, run.inputs, to + (<usize>tile << 5));
      }
      from += plane;
      to += productPlane;
      weights += weightPlane;
    }
    for (let tile = 0; tile < count; tile++) {
      writeTile(run, begin + tile, block, products + (<usize>tile << 5), productPlane);
    }
  }
}

/** Four tiles by eight outputs, held in registers over all inputs. */
function multiply(x0: usize, x1: usize, x2: usize, x3: usize, w: usize, inputs: i32, to: usize): void {
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
  let x: v128;
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
    // As in the convolution: the exit between two inputs keeps loads and sums together. It is never taken.
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
  v128.store(to, a0);
  v128.store(to, b0, 16);
  v128.store(to, a1, 32);
  v128.store(to, b1, 48);
  v128.store(to, a2, 64);
  v128.store(to, b2, 80);
  v128.store(to, a3, 96);
  v128.store(to, b3, 112);
}

/** Of the products m of a tile: Aᵀ·m·A, then bias and ReLU, for eight outputs. */
function writeTile(run: Tiling, tile: i32, block: i32, from: usize, plane: usize): void {
  const image = tile / (run.down * run.across);
  const row = place((tile / run.across) % run.down, run.rowRate);
  const column = place(tile % run.across, run.columnRate);
  const isRight = column + run.columnRate < run.columns;
  const isBelow = row + run.rowRate < run.rows;
  const outputBytes = <usize>run.outputs << 2;
  const first = run.y + <usize>((image * run.rows + row) * run.columns + column) * outputBytes;
  const right = <usize>run.columnRate * outputBytes;
  const below = <usize>(run.rowRate * run.columns) * outputBytes;
  const floor = f32x4.splat(run.rectify ? 0 : -Infinity);
  for (let half: usize = 0; half < 8; half += 4) {
    const lanes = run.outputs - (block << 3) - <i32>half;
    if (lanes <= 0) return;
    const bias = run.bias ? v128.load(run.bias + (<usize>block << 5) + (half << 2)) : f32x4.splat(0);
    let read = from + (half << 2);
    // Rows of Aᵀ·m, column by column of m.
    let upper = sumColumn(read, plane);
    let lower = differenceColumn(read, plane);
    let upperLeft = upper;
    let lowerLeft = lower;
    read += plane;
    upper = sumColumn(read, plane);
    lower = differenceColumn(read, plane);
    upperLeft = f32x4.add(upperLeft, upper);
    lowerLeft = f32x4.add(lowerLeft, lower);
    let upperRight = upper;
    let lowerRight = lower;
    read += plane;
    upper = sumColumn(read, plane);
    lower = differenceColumn(read, plane);
    upperLeft = f32x4.add(upperLeft, upper);
    lowerLeft = f32x4.add(lowerLeft, lower);
    upperRight = f32x4.sub(upperRight, upper);
    lowerRight = f32x4.sub(lowerRight, lower);
    read += plane;
    upperRight = f32x4.sub(upperRight, sumColumn(read, plane));
    lowerRight = f32x4.sub(lowerRight, differenceColumn(read, plane));

    const to = first + (<usize>block << 5) + (half << 2);
    storeSome(to, lanes, f32x4.max(f32x4.add(upperLeft, bias), floor));
    if (isRight) storeSome(to + right, lanes, f32x4.max(f32x4.add(upperRight, bias), floor));
    if (isBelow) storeSome(to + below, lanes, f32x4.max(f32x4.add(lowerLeft, bias), floor));
    if (isRight && isBelow) {
      storeSome(to + below + right, lanes, f32x4.max(f32x4.add(lowerRight, bias), floor));
    }
  }
}

@inline
function sumColumn(from: usize, plane: usize): v128 {
  const middle = f32x4.add(v128.load(from + (plane << 2)), v128.load(from + (plane << 3)));
  return f32x4.add(v128.load(from), middle);
}

@inline
function differenceColumn(from: usize, plane: usize): v128 {
  const middle = f32x4.sub(v128.load(from + (plane << 2)), v128.load(from + (plane << 3)));
  return f32x4.sub(middle, v128.load(from + plane * 12));
}

/** How {@link packTiles} reads a kernel; the fields in the order in which the caller writes them. */
@unmanaged
class TilePacking {
  /** The first tap: the last of the kernel where taps are read backward. */
  from: usize;
  to: usize;
  inputs: i32;
  outputs: i32;
  /** Numbers from one input of the kernel to the next, from one output to the next, from one tap to the next. */
  inputStride: i32;
  outputStride: i32;
  tapStride: i32;
}

/** One item: a block of 8 outputs. Of the taps g, input by input: G·g·Gᵀ; `[taps, inputs, outputs] → [blocks, 16, inputs, 8]`. */
export function packTiles(args: usize, item: i32, scratch: usize): void {
  const run = changetype<TilePacking>(args);
  const plane = <usize>run.inputs << 5;
  const tap = <usize>(run.tapStride << 2);
  for (let half = 0; half < 2; half++) {
    const output = (item << 3) + (half << 2);
    const lanes = run.outputs - output;
    for (let input = 0; input < run.inputs; input++) {
      const from = run.from + <usize>((input * run.inputStride + output * run.outputStride) << 2);
      const to = run.to + <usize>item * (plane << 4) + (<usize>input << 5) + (<usize>half << 4);
      for (let column: usize = 0; column < 3; column++) {
        const read = from + column * tap;
        const above = loadSpread(read, lanes, run.outputStride);
        const middle = loadSpread(read + 3 * tap, lanes, run.outputStride);
        const below = loadSpread(read + 6 * tap, lanes, run.outputStride);
        const ends = f32x4.mul(f32x4.add(above, below), f32x4.splat(0.5));
        const centre = f32x4.mul(middle, f32x4.splat(0.5));
        const write = scratch + (column << 4);
        v128.store(write, above);
        v128.store(write, f32x4.add(ends, centre), 48);
        v128.store(write, f32x4.sub(ends, centre), 96);
        v128.store(write, below, 144);
      }
      for (let row: usize = 0; row < 4; row++) {
        const read = scratch + row * 48;
        const left = v128.load(read);
        const right = v128.load(read, 32);
        const ends = f32x4.mul(f32x4.add(left, right), f32x4.splat(0.5));
        const centre = f32x4.mul(v128.load(read, 16), f32x4.splat(0.5));
        const write = to + ((row << 2) * plane);
        v128.store(write, left);
        v128.store(write + plane, f32x4.add(ends, centre));
        v128.store(write + plane * 2, f32x4.sub(ends, centre));
        v128.store(write + plane * 3, right);
      }
    }
  }
}

/** Four numbers, some numbers apart; zeros stand for those behind the last. */
@inline
function loadSpread(from: usize, count: i32, stride: i32): v128 {
  if (stride == 1 && count > 0) return loadSome(from, count);
  const bytes = <usize>stride << 2;
  let four = f32x4.splat(0);
  if (count > 0) four = v128.load32_zero(from);
  if (count > 1) four = v128.load32_lane(from + bytes, four, 1);
  if (count > 2) four = v128.load32_lane(from + bytes * 2, four, 2);
  if (count > 3) four = v128.load32_lane(from + bytes * 3, four, 3);
  return four;
}
