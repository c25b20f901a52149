import type * as tf from '@tensorflow/tfjs-core';
import type { Kernels } from './kernels.ts';
import { clear } from './memory.ts';
import { gradeTiles, slideTiles, suitsTileGradient, suitsTiles, type TiledSliding } from './tiles.ts';

/** One axis of a kernel that slides over a map. */
export interface Slide {
  /** Pixels of the map. */
  readonly size: number;
  /** Pixels of the result. */
  readonly output: number;
  /** Taps. */
  readonly kernel: number;
  readonly rate: number;
  readonly stride: number;
  /** Zeros read before the map. */
  readonly before: number;
}

/** Rows, then columns. */
export type Slides = readonly [Slide, Slide];

/** What follows a convolution in the same pass. */
export interface Finish {
  /** One number per output. */
  readonly bias?: tf.Tensor | undefined;
  /** Whether negative results become 0. */
  readonly rectify?: boolean;
}

/**
 * Convolution: `[batch, height, width, in]` by a kernel `[rows, columns, in, out]`.
 * Taps that read beyond the map cost nothing.
 */
export function convolve(
  kernels: Kernels,
  x: tf.Tensor4D,
  kernel: tf.Tensor4D,
  slides: Slides,
  finish: Finish = {},
): tf.Tensor4D {
  const [rows, columns] = slides;
  const [, , inputs, outputs] = kernel.shape;
  return slide(kernels, x, kernel, {
    size: [rows.output, columns.output],
    inputs,
    outputs,
    transposed: false,
    stride: [rows.stride, columns.stride],
    step: [1, 1],
    tiles: tilesFor(slides, [rows.output, columns.output], [rows.before, columns.before]),
    phases: [
      {
        row: 0,
        column: 0,
        rows: rows.output,
        columns: columns.output,
        taps: reads(slides, ({ rate, before }, tap) => tap * rate - before),
      },
    ],
    finish,
  });
}

/**
 * The transpose of {@link convolve}, which is also its gradient for the map: `dy`, `[batch, rows, columns, out]`, becomes
 * a map of the slides' size with `in` channels.
 */
export function spread(
  kernels: Kernels,
  dy: tf.Tensor4D,
  kernel: tf.Tensor4D,
  slides: Slides,
  finish: Finish = {},
): tf.Tensor4D {
  const [rows, columns] = slides;
  const [, , inputs, outputs] = kernel.shape;
  // With a stride, a pixel is read by those taps only that fall on it: as many phases as the stride has pixels.
  const phases = range(rows.stride).flatMap((row) =>
    range(columns.stride).map((column) => ({
      row,
      column,
      rows: Math.max(0, Math.ceil((rows.size - row) / rows.stride)),
      columns: Math.max(0, Math.ceil((columns.size - column) / columns.stride)),
      taps: reads(slides, ({ rate, stride, before }, tap, axis) => {
        const place = (axis === 0 ? row : column) + before - tap * rate;
        return place % stride === 0 ? place / stride : null;
      }),
    })),
  );
  return slide(kernels, dy, kernel, {
    size: [rows.size, columns.size],
    inputs: outputs,
    outputs: inputs,
    transposed: true,
    stride: [1, 1],
    step: [rows.stride, columns.stride],
    // The taps backward: the last one reads first.
    tiles: tilesFor(
      slides,
      [rows.size, columns.size],
      [2 * rows.rate - rows.before, 2 * columns.rate - columns.before],
    ),
    phases,
    finish,
  });
}

/** The gradient of {@link convolve} for its kernel: `[rows, columns, in, out]`. */
export function correlate(kernels: Kernels, x: tf.Tensor4D, dy: tf.Tensor4D, slides: Slides): tf.Tensor4D {
  const [rows, columns] = slides;
  const [batch, height, width, inputs] = x.shape;
  const outputs = dy.shape[3];
  const all = reads(slides, ({ rate, before }, tap) => tap * rate - before);
  const whole = [{ row: 0, column: 0, rows: rows.output, columns: columns.output, taps: all }];
  const products = batch * productsOf(whole, [rows.stride, columns.stride], [height, width]);
  const tiles = tilesFor(slides, [rows.output, columns.output], [rows.before, columns.before]);
  if (tiles !== null && suitsTileGradient(tiles, { batch, inputs, outputs, products })) {
    return gradeTiles(kernels, x, dy, tiles);
  }
  const taps = all.filter((tap) =>
    slides.every(({ size, output, stride }, axis) => {
      const place = axis === 0 ? tap.row : tap.column;
      return place < size && place + (output - 1) * stride >= 0;
    }),
  );
  const inputBlocks = Math.ceil(inputs / 4);
  const outputBlocks = Math.ceil(outputs / 8);
  // Neither the sums' order nor their number may depend on the threads: results shall not.
  const chunk = Math.min(rows.output, Math.max(1, Math.floor(128 / columns.output)));
  const allChunks = batch * Math.ceil(rows.output / chunk);
  const groupBytes = 128 * taps.length * inputBlocks * outputBlocks;
  const wanted = Math.max(1, Math.min(allChunks, items, Math.floor(maxSumBytes / Math.max(1, groupBytes))));
  const chunks = Math.ceil(allChunks / wanted);
  const groups = Math.ceil(allChunks / chunks);
  const blocks = Math.ceil(inputBlocks / Math.min(inputBlocks, Math.ceil(items / groups)));

  const result = kernels.create<tf.Rank.R4>([rows.kernel, columns.kernel, inputs, outputs]);
  const address = kernels.addressOf(result);
  if (taps.length < rows.kernel * columns.kernel) clear(kernels, address, result.size);
  kernels.lend(groups * groupBytes, (sums) => {
    const scratch = chunk * (columns.output * outputBlocks * 32 + width * blocks * 16);
    kernels.run(
      'gradeFilter',
      [
        ...[kernels.addressOf(x), kernels.addressOf(dy), sums],
        ...[height, width, inputs, rows.output, columns.output, outputs, rows.stride, columns.stride],
        taps.flatMap(({ row, column }) => [row, column]),
        ...[taps.length, batch, chunk, chunks, groups, blocks],
      ],
      groups * Math.ceil(inputBlocks / blocks),
      scratch,
    );
    kernels.run(
      'gatherFilter',
      [sums, address, inputs, outputs, groups, taps.length, taps.map(({ index }) => index)],
      inputBlocks,
    );
  });
  return result;
}

/** Parts of a job: enough for many threads to end together. */
const items = 32;

/** The most memory for partial sums of a kernel's gradient. */
const maxSumBytes = 1 << 22;

interface Read {
  readonly row: number;
  readonly column: number;
  /** The tap's place in the kernel. */
  readonly index: number;
}

/** The pixels that each tap reads, relative to a position; taps for which `place` gives null are left out. */
function reads(
  [rows, columns]: Slides,
  place: (slide: Slide, tap: number, axis: 0 | 1) => number | null,
): readonly Read[] {
  return range(rows.kernel).flatMap((down) =>
    range(columns.kernel).flatMap((across) => {
      const row = place(rows, down, 0);
      const column = place(columns, across, 1);
      return row === null || column === null ? [] : [{ row, column, index: down * columns.kernel + across }];
    }),
  );
}

/** Positions whose results read the same taps. */
interface Phase {
  /** The first position's pixel in the result. */
  readonly row: number;
  readonly column: number;
  /** Positions down and across. */
  readonly rows: number;
  readonly columns: number;
  readonly taps: readonly Read[];
}

interface Sliding {
  /** Height and width of the result. */
  readonly size: readonly [number, number];
  readonly inputs: number;
  readonly outputs: number;
  /** Whether the kernel's third axis holds the outputs. */
  readonly transposed: boolean;
  /** Pixels of the map and of the result from one position to the next. */
  readonly stride: readonly [number, number];
  readonly step: readonly [number, number];
  readonly phases: readonly Phase[];
  readonly tiles: Tiles | null;
  readonly finish: Finish;
}

/** How tiles lie, where a kernel has 3×3 taps and stride 1. */
type Tiles = Pick<TiledSliding, 'size' | 'rate' | 'before'>;

function tilesFor(
  [rows, columns]: Slides,
  size: readonly [number, number],
  before: readonly [number, number],
): Tiles | null {
  const isThree = [rows, columns].every(({ kernel, stride }) => kernel === 3 && stride === 1);
  return isThree ? { size, before, rate: [rows.rate, columns.rate] } : null;
}

/** What taps read within the map, over all positions. */
function productsOf(
  phases: readonly Phase[],
  stride: readonly [number, number],
  size: readonly [number, number],
): number {
  const hits = (place: number, count: number, axis: 0 | 1) => {
    const first = Math.max(0, Math.ceil(-place / stride[axis]));
    return Math.max(0, Math.min(count, Math.ceil((size[axis] - place) / stride[axis])) - first);
  };
  return phases
    .flatMap(({ rows, columns, taps }) =>
      taps.map(({ row, column }) => hits(row, rows, 0) * hits(column, columns, 1)),
    )
    .reduce((sum, count) => sum + count, 0);
}

function slide(kernels: Kernels, x: tf.Tensor4D, kernel: tf.Tensor4D, sliding: Sliding): tf.Tensor4D {
  const { size, inputs, outputs, transposed, stride, step, finish } = sliding;
  const [batch, height, width] = x.shape;
  const taps = kernel.shape[0] * kernel.shape[1];
  const blocks = Math.ceil(outputs / 8);
  const phases = sliding.phases
    .filter(({ rows, columns }) => rows > 0 && columns > 0)
    .map((phase) => ({
      ...phase,
      taps: phase.taps.filter((tap) => isAlive(tap, phase, stride, [height, width])),
    }));
  const products = batch * productsOf(phases, stride, [height, width]);
  if (sliding.tiles !== null && suitsTiles(sliding.tiles, { batch, inputs, outputs, products })) {
    const { tiles } = sliding;
    return withBias(kernels, outputs, finish.bias, (bias) =>
      slideTiles(kernels, x, kernel, { ...tiles, transposed, rectify: finish.rectify ?? false }, bias),
    );
  }
  const all = phases.reduce((sum, { rows, columns }) => sum + batch * rows * columns, 0);
  const { positions, blocksPerItem } = shareOut(all, blocks);
  const groups = Math.ceil(blocks / blocksPerItem);
  let end = 0;
  const table = phases.flatMap(({ row, column, rows, columns, taps }) => {
    end += Math.ceil((batch * rows * columns) / positions) * groups;
    const list = taps.flatMap((tap) => [tap.row, tap.column, tap.index * inputs * 32]);
    return [end, rows, columns, row, column, list, taps.length];
  });

  const result = kernels.create<tf.Rank.R4>([batch, size[0], size[1], outputs]);
  const packedBytes = blocks * taps * inputs * 32;
  const work = (bias: number, packed: number) => {
    const zeros = packed + packedBytes;
    const strides = transposed ? [1, inputs] : [outputs, 1];
    const source = kernels.addressOf(kernel);
    kernels.run('packKernel', [source, packed, taps, inputs, outputs, ...strides, inputs * outputs], taps);
    clear(kernels, zeros, inputs);
    kernels.run(
      'convolve',
      [
        ...[kernels.addressOf(x), packed, bias, kernels.addressOf(result), zeros],
        ...[height, width, inputs, ...size, outputs, ...stride, ...step],
        ...[taps, finish.rectify ? 1 : 0, batch, positions, blocksPerItem, table],
      ],
      end,
      positions * 4 * (1 + Math.max(...phases.map((phase) => phase.taps.length))),
    );
  };
  withBias(kernels, outputs, finish.bias, (bias) =>
    kernels.lend(packedBytes + inputs * 4, (packed) => work(bias, packed)),
  );
  return result;
}

/** Lends a bias filled up with zeros to whole blocks of outputs; 0 where there is none. */
function withBias<T>(
  kernels: Kernels,
  outputs: number,
  bias: tf.Tensor | undefined,
  use: (address: number) => T,
): T {
  if (bias === undefined) return use(0);
  return kernels.lend(Math.ceil(outputs / 8) * 32, (address) => {
    kernels.run('packKernel', [kernels.addressOf(bias), address, 1, 1, outputs, outputs, 1, outputs], 1);
    return use(address);
  });
}

/** Whether any position of a phase finds the map where a tap reads. */
function isAlive(
  { row, column }: Read,
  { rows, columns }: Phase,
  [down, across]: readonly [number, number],
  [height, width]: readonly [number, number],
): boolean {
  const hits = (place: number, count: number, stride: number, size: number) =>
    place < size && place + (count - 1) * stride >= 0;
  return hits(row, rows, down, height) && hits(column, columns, across, width);
}

/** Positions and blocks of outputs per item, such that there are enough items and few of them read the same weights. */
function shareOut(
  all: number,
  blocks: number,
): { readonly positions: number; readonly blocksPerItem: number } {
  const positions = Math.min(maxPositions, Math.max(16, 4 * Math.ceil(all / (4 * items))));
  const groups = Math.min(blocks, Math.max(1, Math.round(items / Math.ceil(all / positions))));
  return { positions, blocksPerItem: Math.ceil(blocks / groups) };
}

/** Positions of one item: so many that their pixels stay in the cache. */
const maxPositions = 128;

function range(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index);
}
