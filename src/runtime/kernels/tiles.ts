import type * as tf from '@tensorflow/tfjs-core';
import type { Kernels } from './kernels.ts';
import { clear } from './memory.ts';

/** A convolution by 3×3 taps with stride 1, forward or transposed, on any rate. */
export interface TiledSliding {
  /** Height and width of the result. */
  readonly size: readonly [number, number];
  readonly rate: readonly [number, number];
  /** Where the first tap reads, before a result's pixel. */
  readonly before: readonly [number, number];
  /** Whether the kernel's third axis holds the outputs, and its taps are read backward. */
  readonly transposed: boolean;
  readonly rectify: boolean;
}

/** A convolution's size; `products`: pixels that taps read within the map, over all results. */
interface Extent {
  readonly batch: number;
  readonly inputs: number;
  readonly outputs: number;
  readonly products: number;
}

/**
 * Whether tiles of 2×2 results take less work than taps. Counted in multiplications of one lane: transforms of pixels and
 * results take 56 and 25 for each channel of a tile, that of the kernel 30 for each of its numbers; a product in a tile's
 * short sums takes a fifth more than in a tap's.
 */
export function suitsTiles(sliding: Pick<TiledSliding, 'size' | 'rate'>, extent: Extent): boolean {
  const { inputs, outputs, products } = extent;
  if (inputs % 4 !== 0 || outputs < 4) return false;
  const perTile = 19 * inputs * outputs + 56 * inputs + 25 * outputs;
  return countTiles(sliding, extent) * perTile + 30 * inputs * outputs < products * inputs * outputs;
}

/** The same for {@link gradeTiles}, which transforms pixels once per part of the outputs, and results once per part of the inputs. */
export function suitsTileGradient(sliding: Pick<TiledSliding, 'size' | 'rate'>, extent: Extent): boolean {
  const { inputs, outputs, products } = extent;
  if (inputs % 4 !== 0 || outputs < 4) return false;
  const pixels = 100 * inputs * Math.ceil(outputs / 8 / partBlocks);
  const results = 50 * outputs * Math.ceil(inputs / 4 / partBlocks);
  const perTile = 24 * inputs * outputs + pixels + results;
  return countTiles(sliding, extent) * perTile + 100 * inputs * outputs < products * inputs * outputs;
}

function countTiles(sliding: Pick<TiledSliding, 'size' | 'rate'>, { batch }: Extent): number {
  const [down, across] = tilesOf(sliding);
  return batch * down * across;
}

/** Tiles of an image: pairs of results a rate apart. */
function tilesOf({ size, rate }: Pick<TiledSliding, 'size' | 'rate'>): readonly [number, number] {
  const along = (axis: 0 | 1) => {
    const pair = 2 * rate[axis];
    return Math.floor(size[axis] / pair) * rate[axis] + Math.min(rate[axis], size[axis] % pair);
  };
  return [along(0), along(1)];
}

/** Convolves tile by tile. `bias` is an address of as many numbers as there are outputs, filled up to a multiple of 8, or 0. */
export function slideTiles(
  kernels: Kernels,
  x: tf.Tensor4D,
  kernel: tf.Tensor4D,
  sliding: TiledSliding,
  bias: number,
): tf.Tensor4D {
  const { size, rate, before, transposed, rectify } = sliding;
  const [batch, height, width, inputs] = x.shape;
  const outputs = kernel.shape[transposed ? 2 : 3];
  const [down, across] = tilesOf(sliding);
  const blocks = Math.ceil(outputs / 8);
  const all = batch * down * across;
  const tiles = Math.max(
    4,
    Math.min(most, 4 * Math.floor(planeBytes / (256 * inputs)), 4 * Math.ceil(all / 4)),
  );
  const rounds = Math.ceil(all / tiles);
  // Items that share tiles transform their pixels each: only as many as there must be.
  const groups = Math.min(blocks, Math.ceil(fewestItems / rounds));
  const blocksPerItem = Math.ceil(blocks / groups);
  const result = kernels.create<tf.Rank.R4>([batch, size[0], size[1], outputs]);
  const weightBytes = blocks * 16 * inputs * 32;
  kernels.lend(weightBytes + inputs * 4, (weights) => {
    const tap = inputs * outputs;
    const from = kernels.addressOf(kernel);
    kernels.run(
      'packTiles',
      transposed
        ? [from + 8 * tap * 4, weights, inputs, outputs, 1, inputs, -tap]
        : [from, weights, inputs, outputs, outputs, 1, tap],
      blocks,
      192,
    );
    const zeros = weights + weightBytes;
    clear(kernels, zeros, inputs);
    kernels.run(
      'convolveTiles',
      [
        ...[kernels.addressOf(x), kernels.addressOf(result), zeros],
        ...[height, width, inputs, ...size, outputs, ...rate, ...before],
        ...[batch, down, across, tiles, weights, bias, rectify ? 1 : 0, blocksPerItem],
      ],
      rounds * Math.ceil(blocks / blocksPerItem),
      64 * tiles * (inputs + 8) + 16 * 128 + 64,
    );
  });
  return result;
}

/** The gradient of such a convolution, not transposed, for its kernel: `[3, 3, in, out]`. */
export function gradeTiles(
  kernels: Kernels,
  x: tf.Tensor4D,
  dy: tf.Tensor4D,
  sliding: Pick<TiledSliding, 'rate' | 'before'>,
): tf.Tensor4D {
  const { rate, before } = sliding;
  const [batch, height, width, inputs] = x.shape;
  const [, rows, columns, outputs] = dy.shape;
  const [down, across] = tilesOf({ size: [rows, columns], rate });
  const inputBlocks = Math.min(inputs / 4, partBlocks);
  const allOutputs = Math.ceil(outputs / 8);
  const outputBlocks = Math.min(allOutputs, partBlocks);
  const parts = Math.ceil(inputs / 4 / inputBlocks) * Math.ceil(allOutputs / outputBlocks);
  // Neither the sums' order nor their number may depend on the threads: results shall not.
  const all = batch * down * across;
  const groupBytes = 2048 * (inputs / 4) * allOutputs;
  const wanted = Math.max(1, Math.min(Math.ceil(16 / parts), Math.floor(maxSumBytes / groupBytes)));
  const chunks = Math.ceil(all / most / wanted);
  const groups = Math.ceil(all / most / chunks);
  const result = kernels.create<tf.Rank.R4>([3, 3, inputs, outputs]);
  const zeroCount = Math.max(inputs, 8 * allOutputs);
  kernels.lend(groups * groupBytes + zeroCount * 4, (sums) => {
    const zeros = sums + groups * groupBytes;
    clear(kernels, zeros, zeroCount);
    kernels.run(
      'gradeTiles',
      [
        ...[kernels.addressOf(x), kernels.addressOf(dy), zeros],
        ...[height, width, inputs, rows, columns, outputs, ...rate, ...before],
        ...[batch, down, across, most, sums, chunks, groups, inputBlocks, outputBlocks],
      ],
      groups * parts,
      64 + 16 * (most * (16 * inputBlocks + 32 * outputBlocks) + 256),
    );
    const values = [sums, kernels.addressOf(result), inputs, outputs, groups];
    kernels.run('gatherTiles', values, inputs / 4, 512);
  });
  return result;
}

/** Blocks of 4 inputs and of 8 outputs that an item computes at most: what the second cache holds with their sums. */
const partBlocks = 8;

/** The most memory for partial sums of a kernel's gradient. */
const maxSumBytes = 1 << 23;

/** Tiles of an item at most, and the bytes of their transformed pixels: what the second cache holds. */
const most = 64;
const planeBytes = 1 << 18;

/** So many items that a few threads end together. */
const fewestItems = 8;
