/**
 * The gradient of a kernel of 3×3 taps tile by tile: Winograd's F(3×3, 2×2), whose results are the taps and whose kernel is the
 * gradient of a tile's results. Pixels and gradients become 16 numbers per channel each; their products are summed over the
 * tiles, and at the end the sums become taps: 16 multiplications where taps take 36.
 */
import { correlate } from './filter-gradient';
import { gap, Grid, locateTile, place, transformPixels } from './grid';
import { loadSome, storeSome } from './registers';

/** What one run works on; the fields in the order in which the caller writes them. `y` is the gradient of the results. */
@unmanaged
class TileGradient extends Grid {
  /** `[groups of tiles, blocks of 4 inputs, blocks of 8 outputs, 16, 4, 8]`. */
  sums: usize;
  /** Chunks of `tiles` tiles in a group, and groups. */
  chunks: i32;
  groups: i32;
  /** Blocks of 4 inputs and of 8 outputs that one item computes. */
  inputBlocks: i32;
  outputBlocks: i32;
}

/** Bytes of the sums of one block of inputs and one of outputs. */
const blockBytes: usize = 16 << 7;

/**
 * One item: some blocks of inputs and outputs over one group of tiles.
 *
 * @param scratch For 16 addresses and, of `tiles` tiles, 16 planes of the item's inputs and outputs, with 32 gaps.
 */
export function gradeTiles(args: usize, item: i32, scratch: usize): void {
  const run = changetype<TileGradient>(args);
  const allInputs = run.inputs >> 2;
  const allOutputs = (run.outputs + 7) >> 3;
  const inputParts = (allInputs + run.inputBlocks - 1) / run.inputBlocks;
  const group = item % run.groups;
  const part = item / run.groups;
  const firstInput = (part % inputParts) * run.inputBlocks;
  const firstOutput = (part / inputParts) * run.outputBlocks;
  const inputs = min(run.inputBlocks, allInputs - firstInput);
  const outputs = min(run.outputBlocks, allOutputs - firstOutput);
  const rowBytes = <usize>allOutputs * blockBytes;
  const sums =
    run.sums + <usize>(group * allInputs + firstInput) * rowBytes + <usize>firstOutput * blockBytes;
  for (let input = 0; input < inputs; input++) {
    memory.fill(sums + <usize>input * rowBytes, 0, <usize>outputs * blockBytes);
  }

  const xBlock = <usize>run.tiles << 4;
  const yBlock = <usize>run.tiles << 5;
  const xPlane = <usize>inputs * xBlock + gap;
  const yPlane = <usize>outputs * yBlock + gap;
  const planes = scratch + 64;
  const yPlanes = planes + (xPlane << 4);
  const all = run.batch * run.down * run.across;
  const begin = group * run.chunks * run.tiles;
  const end = min(all, begin + run.chunks * run.tiles);
  for (let first = begin; first < end; first += run.tiles) {
    const count = min(run.tiles, end - first);
    for (let tile = 0; tile < count; tile++) {
      locateTile(run, first + tile, scratch);
      const from = <usize>firstInput << 4;
      const to = planes + (<usize>tile << 4);
      transformPixels(scratch, from, from + (<usize>inputs << 4), to, xBlock, xPlane);
      transformResults(run, first + tile, firstOutput, outputs, yPlanes + (<usize>tile << 5), yBlock, yPlane);
    }
    for (let index: usize = 0; index < 16; index++) {
      for (let input = 0; input < inputs; input++) {
        const x = planes + index * xPlane + <usize>input * xBlock;
        let y = yPlanes + index * yPlane;
        let to = sums + <usize>input * rowBytes + (index << 7);
        for (let output = 0; output < outputs; output++, y += yBlock, to += blockBytes) {
          correlate(x, 0, 16, y, 0, 1, count, to);
        }
      }
    }
  }
}

/** Of the gradients e of a tile's results: G·e·Gᵀ, into 16 planes of blocks of 8 outputs. Results beyond the map give zeros. */
function transformResults(
  run: Grid,
  tile: i32,
  first: i32,
  blocks: i32,
  to: usize,
  step: usize,
  plane: usize,
): void {
  const image = tile / (run.down * run.across);
  const row = place((tile / run.across) % run.down, run.rowRate);
  const column = place(tile % run.across, run.columnRate);
  const isRight = column + run.columnRate < run.columns;
  const isBelow = row + run.rowRate < run.rows;
  const outputBytes = <usize>run.outputs << 2;
  const upperLeft = run.y + <usize>((image * run.rows + row) * run.columns + column) * outputBytes;
  const right = <usize>run.columnRate * outputBytes;
  const below = <usize>(run.rowRate * run.columns) * outputBytes;
  const upperRight = isRight ? upperLeft + right : run.zeros;
  const lowerLeft = isBelow ? upperLeft + below : run.zeros;
  const lowerRight = isRight && isBelow ? upperLeft + below + right : run.zeros;
  const half = f32x4.splat(0.5);
  for (let block = 0; block < blocks; block++, to += step) {
    for (let part: usize = 0; part < 8; part += 4) {
      const output = ((first + block) << 3) + <i32>part;
      const lanes = run.outputs - output;
      const offset = <usize>output << 2;
      const write = to + (part << 2);
      if (lanes <= 0) {
        for (let index: usize = 0; index < 16; index++) v128.store(write + index * plane, f32x4.splat(0));
        continue;
      }
      const a = loadSome(upperLeft + offset, lanes);
      const b = loadSome(upperRight + offset, lanes);
      const c = loadSome(lowerLeft + offset, lanes);
      const d = loadSome(lowerRight + offset, lanes);
      writeRow(a, b, write, plane);
      writeRow(
        f32x4.mul(f32x4.add(a, c), half),
        f32x4.mul(f32x4.add(b, d), half),
        write + (plane << 2),
        plane,
      );
      writeRow(
        f32x4.mul(f32x4.sub(a, c), half),
        f32x4.mul(f32x4.sub(b, d), half),
        write + (plane << 3),
        plane,
      );
      writeRow(c, d, write + plane * 12, plane);
    }
  }
}

@inline
function writeRow(left: v128, right: v128, to: usize, plane: usize): void {
  const half = f32x4.splat(0.5);
  v128.store(to, left);
  v128.store(to + plane, f32x4.mul(f32x4.add(left, right), half));
  v128.store(to + plane * 2, f32x4.mul(f32x4.sub(left, right), half));
  v128.store(to + plane * 3, right);
}

/** The sums of all groups, as taps; the fields in the order in which the caller writes them. */
@unmanaged
class TileGathering {
  sums: usize;
  /** `[9, inputs, outputs]`. */
  to: usize;
  inputs: i32;
  outputs: i32;
  groups: i32;
}

/** One item: one block of 4 inputs. Groups are added in their order; of their sums m: Aᵀ·m·A. */
export function gatherTiles(args: usize, item: i32, scratch: usize): void {
  const run = changetype<TileGathering>(args);
  const outputBlocks = (run.outputs + 7) >> 3;
  const rowBytes = <usize>outputBlocks * blockBytes;
  const groupBytes = <usize>(run.inputs >> 2) * rowBytes;
  for (let output = 0; output < run.outputs; output += 4) {
    const lanes = run.outputs - output;
    const block = <usize>item * rowBytes + <usize>(output >> 3) * blockBytes + (<usize>(output & 4) << 2);
    for (let lane = 0; lane < 4; lane++) {
      for (let index: usize = 0; index < 16; index++) {
        let read = run.sums + block + (index << 7) + (<usize>lane << 5);
        let sum = f32x4.splat(0);
        for (let group = 0; group < run.groups; group++, read += groupBytes) {
          sum = f32x4.add(sum, v128.load(read));
        }
        v128.store(scratch + (index << 4), sum);
      }
      for (let column: usize = 0; column < 4; column++) {
        combine(scratch + (column << 4), 64, scratch + 256 + (column << 4), 64, 4);
      }
      for (let row: usize = 0; row < 3; row++) {
        const input = (item << 2) + lane;
        const to = run.to + <usize>((<i32>row * 3 * run.inputs + input) * run.outputs + output) * 4;
        combine(scratch + 256 + (row << 6), 16, to, <usize>(run.inputs * run.outputs) << 2, lanes);
      }
    }
  }
}

/** Four numbers of one axis become three. The last product has the other sign than in the books, as the pixels' last row has. */
@inline
function combine(from: usize, step: usize, to: usize, toStep: usize, lanes: i32): void {
  const one = v128.load(from + step);
  const two = v128.load(from + step * 2);
  const both = f32x4.add(one, two);
  storeSome(to, lanes, f32x4.add(v128.load(from), both));
  storeSome(to + toStep, lanes, f32x4.sub(one, two));
  storeSome(to + toStep * 2, lanes, f32x4.sub(both, v128.load(from + step * 3)));
}
