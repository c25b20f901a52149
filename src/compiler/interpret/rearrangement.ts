import type { Attributes } from '../ir/graph.ts';
import { at, build, type Tensor } from './tensor.ts';

/** Joins along the last axis. */
export function concatenate(operands: readonly Tensor[]): Tensor {
  const counts = operands.map((operand) => operand.shape.at(-1)!);
  const total = counts.reduce((sum, count) => sum + count, 0);
  return build([...operands[0]!.shape.slice(0, -1), total], (...position) => {
    let channel = position.at(-1)!;
    let which = 0;
    while (channel >= counts[which]!) channel -= counts[which++]!;
    return at(operands[which]!, ...position.slice(0, -1), channel);
  });
}

/** `out[h·f + i, w·f + j, k] = in[h, w, (i·f + j)·K + k]`. */
export function depthToSpace(operand: Tensor, { factor }: Attributes['depth_to_space']): Tensor {
  const [batch, height, width, channels] = operand.shape as [number, number, number, number];
  const outputs = channels / (factor * factor);
  return build([batch, height * factor, width * factor, outputs], (example, y, x, k) => {
    const part = (y! % factor) * factor + (x! % factor);
    return at(operand, example!, Math.floor(y! / factor), Math.floor(x! / factor), part * outputs + k!);
  });
}

/** `out[h, w, (i·f + j)·K + k] = in[h·f + i, w·f + j, k]`. */
export function spaceToDepth(operand: Tensor, { factor }: Attributes['space_to_depth']): Tensor {
  const [batch, height, width, channels] = operand.shape as [number, number, number, number];
  const shape = [batch, height / factor, width / factor, channels * factor * factor];
  return build(shape, (example, y, x, channel) => {
    const part = Math.floor(channel! / channels);
    const [row, column] = [y! * factor + Math.floor(part / factor), x! * factor + (part % factor)];
    return at(operand, example!, row, column, channel! % channels);
  });
}

/** Samples at pixel centres: output i lies at `(i + 0.5) · size / newSize − 0.5` of the operand, held inside its border. */
export function resize(operand: Tensor, { height, width, method }: Attributes['resize']): Tensor {
  const [batch, rows, columns, channels] = operand.shape as [number, number, number, number];
  const place = (index: number, size: number, from: number) => {
    if (method === 'nearest') {
      const nearest = Math.min(from - 1, Math.floor(((index + 0.5) * from) / size));
      return { low: nearest, high: nearest, share: 0 };
    }
    const exact = Math.min(from - 1, Math.max(0, ((index + 0.5) * from) / size - 0.5));
    const low = Math.floor(exact);
    return { low, high: Math.min(from - 1, low + 1), share: exact - low };
  };
  return build([batch, height, width, channels], (example, y, x, channel) => {
    const row = place(y!, height, rows);
    const column = place(x!, width, columns);
    const along = (r: number) =>
      (1 - column.share) * at(operand, example!, r, column.low, channel!) +
      column.share * at(operand, example!, r, column.high, channel!);
    return (1 - row.share) * along(row.low) + row.share * along(row.high);
  });
}

/** Adds zeros around a map; negative counts crop. */
export function border(operand: Tensor, { top, bottom, left, right }: Attributes['pad']): Tensor {
  const [batch, height, width, channels] = operand.shape as [number, number, number, number];
  return build([batch, height + top + bottom, width + left + right, channels], (example, y, x, channel) => {
    const row = y! - top;
    const column = x! - left;
    const inside = row >= 0 && row < height && column >= 0 && column < width;
    return inside ? at(operand, example!, row, column, channel!) : 0;
  });
}

/** `count` values along an axis from `begin` on. */
export function part(
  operand: Tensor,
  axis: number,
  { begin, count }: { readonly begin: number; readonly count: number },
): Tensor {
  const shape = operand.shape.map((size, index) => (index === axis ? count : size));
  return build(shape, (...place) =>
    at(operand, ...place.map((p, index) => (index === axis ? p! + begin : p!))),
  );
}
