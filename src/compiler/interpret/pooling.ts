import type { Attributes } from '../ir/graph.ts';
import { forEachTap, type Sliding, slidSize } from './convolution.ts';
import { at, type Tensor, zeros } from './tensor.ts';

/** The largest value, or the mean, of the pixels of every window that lie inside the map. */
export function pool(
  operand: Tensor,
  { size, stride, padding }: Attributes['max_pool'],
  kind: 'largest' | 'mean',
): Tensor {
  const [batch, height, width, channels] = operand.shape as [number, number, number, number];
  const sliding: Sliding = { kernel: size, rate: [1, 1], stride, padding };
  const [rows, columns] = slidSize([height, width], sliding);
  const result = zeros([batch, rows, columns, channels]);
  if (kind === 'largest') result.data.fill(Number.NEGATIVE_INFINITY);
  const counts = new Float64Array(rows * columns);
  forEachTap([height, width], sliding, ([row, column]) => counts[row * columns + column]!++);
  for (let example = 0; example < batch; example++) {
    forEachTap([height, width], sliding, ([row, column], _, [y, x]) => {
      const cell = row * columns + column;
      for (let channel = 0; channel < channels; channel++) {
        const to = (example * rows * columns + cell) * channels + channel;
        const value = operand.data[((example * height + y) * width + x) * channels + channel]!;
        if (kind === 'largest') result.data[to] = Math.max(result.data[to]!, value);
        else result.data[to]! += value / counts[cell]!;
      }
    });
  }
  return result;
}

/** {@link pool} over the whole map: `[batch, height, width, channels] → [batch, channels]`. */
export function poolWhole(operand: Tensor, kind: 'largest' | 'mean'): Tensor {
  const [batch, height, width, channels] = operand.shape as [number, number, number, number];
  const pooled = pool(operand, { size: [height, width], stride: [1, 1], padding: 'valid' }, kind);
  return { shape: [batch, channels], data: pooled.data };
}

/** Every value at the place of the first largest value of its window of `before`; zeros elsewhere. */
export function unpool(operand: Tensor, before: Tensor): Tensor {
  const [batch, height, width, channels] = operand.shape as [number, number, number, number];
  const [, rows, columns] = before.shape as [number, number, number, number];
  const window = [rows / height, columns / width] as const;
  const result = zeros(before.shape);
  for (let example = 0; example < batch; example++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        for (let channel = 0; channel < channels; channel++) {
          let best = [y * window[0], x * window[1]] as const;
          for (let i = 0; i < window[0]; i++) {
            for (let j = 0; j < window[1]; j++) {
              const place = [y * window[0] + i, x * window[1] + j] as const;
              if (at(before, example, ...place, channel) > at(before, example, ...best, channel))
                best = place;
            }
          }
          const index = ((example * rows + best[0]) * columns + best[1]) * channels + channel;
          result.data[index] = at(operand, example, y, x, channel);
        }
      }
    }
  }
  return result;
}
