import * as tf from '@tensorflow/tfjs-core';
import type { Axes, Axis } from './window.ts';

/**
 * The pixels `p, p + stride, p + 2·stride …` of an axis, in the transpose of a sliding window: they read the same taps.
 * Pixel `q·stride + p` gets from tap `t` what the result holds at `q + (p + before − t·rate) / stride`.
 */
export interface Phase {
  /** Pixels of the phase, counted as if the axis were a multiple of the stride. */
  readonly count: number;
  /** Ascending. */
  readonly taps: readonly number[];
  /** Distance of neighbouring taps of the phase in the result. */
  readonly rate: number;
  /** Where in the result the first pixel's first and last read lie. */
  readonly first: number;
  readonly last: number;
}

export function phaseOf({ size, kernel, rate, stride, before }: Axis, phase: number): Phase {
  const taps = Array.from({ length: kernel }, (_, tap) => tap).filter(
    (tap) => (phase + before - tap * rate) % stride === 0,
  );
  const place = (tap: number) => (phase + before - tap * rate) / stride;
  return {
    count: Math.ceil(size / stride),
    taps,
    rate: taps.length > 1 ? place(taps[0]!) - place(taps[1]!) : 1,
    first: taps.length > 0 ? place(taps.at(-1)!) : 0,
    last: taps.length > 0 ? place(taps[0]!) : 0,
  };
}

/** Whether a phase reads nothing of the result. */
export function isSilent({ taps, first, last, count }: Phase, { output }: Axis): boolean {
  return taps.length === 0 || first >= output || last + count <= 0;
}

/** Cuts from `dy` what a phase reads, and says how the turned kernel slides over it. */
export function frame(
  dy: tf.Tensor,
  row: Phase,
  column: Phase,
): { readonly part: tf.Tensor; readonly axes: Axes } {
  const cut = (phase: Phase, size: number) => {
    const end = phase.count + phase.last;
    const begin = Math.max(0, phase.first);
    const length = Math.min(end, size) - begin;
    const axis: Axis = {
      size: length,
      output: phase.count,
      kernel: phase.taps.length,
      rate: phase.rate,
      stride: 1,
      before: begin - phase.first,
      after: end - begin - length,
    };
    return { begin, length, axis };
  };
  const [batch, height, width, channels] = dy.shape as [number, number, number, number];
  const rows = cut(row, height);
  const columns = cut(column, width);
  const whole = rows.length === height && columns.length === width;
  return {
    part: whole
      ? dy
      : tf.slice(dy, [0, rows.begin, columns.begin, 0], [batch, rows.length, columns.length, channels]),
    axes: [rows.axis, columns.axis],
  };
}

/** Puts phases `[batch, rows, columns, channels]`, row phase by row phase, back into one map. */
export function combinePhases(parts: readonly tf.Tensor[], rows: Axis, columns: Axis): tf.Tensor {
  if (parts.length === 1) return parts[0]!;
  const [batch, height, width, channels] = parts[0]!.shape as [number, number, number, number];
  const [down, across] = [rows.stride, columns.stride];
  const stacked = tf.reshape(tf.concat([...parts], 0), [down, across, batch * height * width, channels]);
  // One axis at a time: transpositions of more than four axes are 20 times as slow on wasm.
  const lines = tf.reshape(tf.transpose(stacked, [0, 2, 1, 3]), [
    down,
    batch * height,
    width * across * channels,
  ]);
  const whole = tf.reshape(tf.transpose(lines, [1, 0, 2]), [batch, height * down, width * across, channels]);
  if (height * down === rows.size && width * across === columns.size) return whole;
  return tf.slice(whole, [0, 0, 0, 0], [batch, rows.size, columns.size, channels]);
}

/** The inverse of {@link combinePhases} for a map of whole strides: `[phases, batch, rows, columns · channels]`. */
export function sortPhases(x: tf.Tensor, rows: Axis, columns: Axis): tf.Tensor {
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  const [down, across] = [rows.stride, columns.stride];
  const [tall, wide] = [height / down, width / across];
  const lines = tf.transpose(tf.reshape(x, [batch * tall, down, width * channels]), [1, 0, 2]);
  const sorted = tf.transpose(tf.reshape(lines, [down, batch * tall * wide, across, channels]), [0, 2, 1, 3]);
  return tf.reshape(sorted, [down * across, batch, tall, wide * channels]);
}

/** The padded extent that a sliding kernel reads: from the first output's first tap to the last output's last. */
export function reach({ output, stride, kernel, rate }: Axis): number {
  return (output - 1) * stride + (kernel - 1) * rate + 1;
}
