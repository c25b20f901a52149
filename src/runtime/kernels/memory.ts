import type * as tf from '@tensorflow/tfjs-core';
import type { Kernels } from './kernels.ts';

/** Numbers of one item, in kernels that look at each number by itself. */
export const blockSize = 1 << 14;

/** Writes zeros. */
export function clear(kernels: Kernels, address: number, count: number): void {
  kernels.run('clear', [address, count, blockSize], Math.ceil(count / blockSize));
}

/** Maps `[…, channels]` behind each other along their channels. */
export function concatenate(kernels: Kernels, maps: readonly tf.Tensor[]): tf.Tensor {
  const shape = maps[0]!.shape.slice(0, -1);
  const widths = maps.map((map) => map.shape.at(-1)!);
  const all = widths.reduce((sum, width) => sum + width, 0);
  const result = kernels.create([...shape, all]);
  const start = kernels.addressOf(result);
  let channel = 0;
  const parts = maps.map((map, index) => {
    const width = widths[index]!;
    const to = start + channel * 4;
    channel += width;
    return pieces(kernels.addressOf(map), width, width, to, all);
  });
  copyPieces(kernels, parts, result.size / all, all);
  return result;
}

/** The channels of a map, cut into maps of the given widths: the inverse of {@link concatenate}, and its gradient. */
export function split(kernels: Kernels, map: tf.Tensor, widths: readonly number[]): tf.Tensor[] {
  const all = map.shape.at(-1)!;
  const start = kernels.addressOf(map);
  let channel = 0;
  const results: tf.Tensor[] = [];
  const parts = widths.map((width) => {
    const result = kernels.create([...map.shape.slice(0, -1), width]);
    results.push(result);
    const from = start + channel * 4;
    channel += width;
    return pieces(from, width, all, kernels.addressOf(result), width);
  });
  copyPieces(kernels, parts, map.size / all, all);
  return results;
}

/** `out[h·f + i, w·f + j, k] = in[h, w, (i·f + j)·K + k]`: pixels from channels. */
export function depthToSpace(kernels: Kernels, x: tf.Tensor4D, factor: number): tf.Tensor4D {
  const [batch, height, width, channels] = x.shape;
  const shape = [batch, height * factor, width * factor, channels / factor ** 2] as const;
  const result = kernels.create<tf.Rank.R4>([...shape]);
  const parts = rowsOfPixels(kernels, x, result, factor).map(({ deep, wide, length, row }) => [
    ...[deep, wide, length, channels, width * channels, length, row],
  ]);
  copyRows(kernels, parts, batch * height, width, width * channels);
  return result;
}

/** The inverse of {@link depthToSpace}, and its gradient. */
export function spaceToDepth(kernels: Kernels, x: tf.Tensor4D, factor: number): tf.Tensor4D {
  const [batch, height, width, channels] = x.shape;
  const deepChannels = channels * factor ** 2;
  const across = width / factor;
  const result = kernels.create<tf.Rank.R4>([batch, height / factor, across, deepChannels]);
  const parts = rowsOfPixels(kernels, result, x, factor).map(({ deep, wide, length, row }) => [
    ...[wide, deep, length, length, row, deepChannels, across * deepChannels],
  ]);
  copyRows(kernels, parts, (batch * height) / factor, across, across * deepChannels);
  return result;
}

/** For each row of pixels that lies in the channels: where it starts in the deep and in the wide map. */
function rowsOfPixels(kernels: Kernels, deep: tf.Tensor4D, wide: tf.Tensor4D, factor: number) {
  const [, , width, channels] = wide.shape;
  return Array.from({ length: factor }, (_, row) => ({
    deep: kernels.addressOf(deep) + row * factor * channels * 4,
    wide: kernels.addressOf(wide) + row * width * channels * 4,
    /** Numbers next to each other in both. */
    length: factor * channels,
    /** Numbers of the wide map that belong to one row of the deep one. */
    row: factor * width * channels,
  }));
}

/** A part of pieces `length` long, in rows of 64. */
function pieces(
  from: number,
  length: number,
  fromPiece: number,
  to: number,
  toPiece: number,
): readonly number[] {
  return [from, to, length, fromPiece, fromPiece * rowLength, toPiece, toPiece * rowLength];
}

const rowLength = 64;

/** Copies parts with one piece for each pixel. */
function copyPieces(
  kernels: Kernels,
  parts: readonly (readonly number[])[],
  pixels: number,
  width: number,
): void {
  const rows = Math.floor(pixels / rowLength);
  if (rows > 0) copyRows(kernels, parts, rows, rowLength, width * rowLength);
  const rest = pixels - rows * rowLength;
  if (rest === 0) return;
  const last = parts.map(([from, to, length, fromPiece, fromRow, toPiece, toRow]) => [
    ...[
      from! + rows * fromRow! * 4,
      to! + rows * toRow! * 4,
      length!,
      fromPiece!,
      fromRow!,
      toPiece!,
      toRow!,
    ],
  ]);
  copyRows(kernels, last, 1, rest, width * rest);
}

/** @param size Numbers of a row, over all parts. */
function copyRows(
  kernels: Kernels,
  parts: readonly (readonly number[])[],
  rows: number,
  count: number,
  size: number,
): void {
  const block = Math.max(1, Math.floor(blockSize / size));
  kernels.run('copy', [rows, block, count, parts.flat(), parts.length], Math.ceil(rows / block));
}
