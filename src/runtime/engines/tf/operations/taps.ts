import * as tf from '@tensorflow/tfjs-core';
import { combinePhases, isSilent, phaseOf, reach, sortPhases } from './phases.ts';
import type { Axes, Axis } from './window.ts';

/**
 * A sliding window taken apart: what every tap reads is a map of its own, the size of the result. For operations whose
 * gradient no stock operation computes.
 */

/**
 * Pads a map with a value so that every tap of every output reads something, and gives a function from a tap's offset
 * to what the outputs read there. For strides the map is sorted into phases first: strided slices are slow on wasm.
 */
export function tapReader(
  x: tf.Tensor,
  [rows, columns]: Axes,
  outside: number,
): (down: number, across: number) => tf.Tensor {
  const [batch, , , channels] = x.shape as [number, number, number, number];
  const padded = tf.pad(x, [[0, 0], margins(rows), margins(columns), [0, 0]], outside);
  if (rows.stride === 1 && columns.stride === 1) {
    return (down, across) =>
      tf.slice(padded, [0, down, across, 0], [batch, rows.output, columns.output, channels]);
  }
  const height = Math.floor(padded.shape[1]! / rows.stride);
  const width = Math.floor(padded.shape[2]! / columns.stride);
  const extent = [batch, height * rows.stride, width * columns.stride, channels];
  const phases = sortPhases(tf.slice(padded, [0, 0, 0, 0], extent), rows, columns);
  return (down, across) => {
    const phase = (down % rows.stride) * columns.stride + (across % columns.stride);
    const begin = [phase, 0, Math.floor(down / rows.stride), Math.floor(across / columns.stride) * channels];
    const part = tf.slice(phases, begin, [1, batch, rows.output, columns.output * channels]);
    return tf.reshape(part, [batch, rows.output, columns.output, channels]);
  };
}

/** The transpose of reading: adds to every pixel what the taps that read it send back. `sent[row][column]` is the size of the result. */
export function returnTaps(sent: readonly (readonly tf.Tensor[])[], axes: Axes): tf.Tensor {
  const [rows, columns] = axes;
  const [batch, , , channels] = sent[0]![0]!.shape as [number, number, number, number];
  const parts: tf.Tensor[] = [];
  for (let down = 0; down < rows.stride; down++) {
    for (let across = 0; across < columns.stride; across++) {
      const row = phaseOf(rows, down);
      const column = phaseOf(columns, across);
      let sum: tf.Tensor = tf.zeros([batch, row.count, column.count, channels]);
      if (!isSilent(row, rows) && !isSilent(column, columns)) {
        for (const r of row.taps) {
          for (const c of column.taps) {
            const map = sent[r]![c]!;
            sum = tf.add(sum, shifted(map, placeOf(rows, down, r), placeOf(columns, across, c), sum.shape));
          }
        }
      }
      parts.push(sum);
    }
  }
  return combinePhases(parts, rows, columns);
}

/** Where in the result the pixel `phase` of an axis is read by a tap. */
function placeOf({ before, rate, stride }: Axis, phase: number, tap: number): number {
  return (phase + before - tap * rate) / stride;
}

/** The map read from an offset on, zeros outside, at a given shape. */
function shifted(map: tf.Tensor, down: number, across: number, shape: readonly number[]): tf.Tensor {
  const [batch, height, width, channels] = map.shape as [number, number, number, number];
  const cut = (offset: number, size: number, wanted: number) => {
    const begin = Math.max(0, offset);
    const end = Math.min(size, offset + wanted);
    return { begin, length: Math.max(0, end - begin), before: begin - offset };
  };
  const rows = cut(down, height, shape[1]!);
  const columns = cut(across, width, shape[2]!);
  if (rows.length === 0 || columns.length === 0) return tf.zeros([...shape]);
  const part = tf.slice(
    map,
    [0, rows.begin, columns.begin, 0],
    [batch, rows.length, columns.length, channels],
  );
  return tf.pad(part, [
    [0, 0],
    [rows.before, shape[1]! - rows.length - rows.before],
    [columns.before, shape[2]! - columns.length - columns.before],
    [0, 0],
  ]);
}

/** Padding before the map, and after it as far as a whole number of strides reaches. */
function margins(axis: Axis): [number, number] {
  const whole = Math.ceil(reach(axis) / axis.stride) * axis.stride;
  return [axis.before, Math.max(0, whole - axis.before - axis.size)];
}
