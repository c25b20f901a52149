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

/**
 * Whether tiles of 2×2 results take less work than taps, for so many products of a pixel and a kernel's number as taps
 * would take. Counted in multiplications of one lane: transforms of pixels and results take 56 and 25 for each channel of a
 * tile, that of the kernel 30 for each of its numbers; a product in a tile's short sums takes a fifth more than in a tap's.
 */
export function suitsTiles(
  sliding: Pick<TiledSliding, 'size' | 'rate'>,
  { batch, inputs, outputs, products }: Record<'batch' | 'inputs' | 'outputs' | 'products', number>,
): boolean {
  if (inputs % 4 !== 0 || outputs < 4) return false;
  const [down, across] = tilesOf(sliding);
  const tiles = batch * down * across;
  const work = tiles * (19 * inputs * outputs + 56 * inputs + 25 * outputs) + 30 * inputs * outputs;
  return work < products * inputs * outputs;
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
        ...[kernels.addressOf(x), weights, bias, kernels.addressOf(result), zeros],
        ...[height, width, inputs, ...size, outputs, ...rate, ...before],
        ...[rectify ? 1 : 0, batch, down, across, tiles, blocksPerItem],
      ],
      rounds * Math.ceil(blocks / blocksPerItem),
      64 * tiles * (inputs + 8) + 16 * 128 + 64,
    );
  });
  return result;
}

/** Tiles of an item at most, and the bytes of their transformed pixels: what the second cache holds. */
const most = 64;
const planeBytes = 1 << 18;

/** So many items that a few threads end together. */
const fewestItems = 8;
