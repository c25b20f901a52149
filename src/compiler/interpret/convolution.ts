import type { Attributes, Pair } from '../ir/graph.ts';
import { type Padding, windowAxis } from '../ir/shape.ts';
import { map, type Tensor, zeros } from './tensor.ts';

/** How a window moves over a map. */
export interface Sliding {
  readonly kernel: Pair;
  readonly rate: Pair;
  readonly stride: Pair;
  readonly padding: Padding;
}

/** Calls `visit` for every output position, tap and input position that the tap reads inside the map. */
export function forEachTap(
  size: Pair,
  { kernel, rate, stride, padding }: Sliding,
  visit: (output: Pair, tap: Pair, input: Pair) => void,
): void {
  const rows = windowAxis(size[0], kernel[0], stride[0], rate[0], padding);
  const columns = windowAxis(size[1], kernel[1], stride[1], rate[1], padding);
  for (let row = 0; row < rows.output; row++) {
    for (let column = 0; column < columns.output; column++) {
      for (let down = 0; down < kernel[0]; down++) {
        const y = row * stride[0] - rows.before + down * rate[0];
        if (y < 0 || y >= size[0]) continue;
        for (let right = 0; right < kernel[1]; right++) {
          const x = column * stride[1] - columns.before + right * rate[1];
          if (x >= 0 && x < size[1]) visit([row, column], [down, right], [y, x]);
        }
      }
    }
  }
}

/** `out[y, x, o] = Σ in[y·s + i·r − before, x·s + j·r − before, c] · kernel[i, j, c, o]`; zeros outside the map. */
export function convolve(operand: Tensor, kernel: Tensor, sliding: Sliding, groups = 1): Tensor {
  const [batch, height, width, channels] = operand.shape as [number, number, number, number];
  const [rows, columns] = slidSize([height, width], sliding);
  const outputs = kernel.shape[3]!;
  const result = zeros([batch, rows, columns, outputs]);
  const perGroup = channels / groups;
  for (let example = 0; example < batch; example++) {
    forEachTap([height, width], sliding, ([row, column], [down, right], [y, x]) => {
      const to = ((example * rows + row) * columns + column) * outputs;
      const from = ((example * height + y) * width + x) * channels;
      const tap = (down * sliding.kernel[1] + right) * perGroup * outputs;
      for (let output = 0; output < outputs; output++) {
        const first = Math.floor(output / (outputs / groups)) * perGroup;
        let sum = 0;
        for (let channel = 0; channel < perGroup; channel++) {
          sum += operand.data[from + first + channel]! * kernel.data[tap + channel * outputs + output]!;
        }
        result.data[to + output]! += sum;
      }
    });
  }
  return result;
}

/** `out[y, x, c·m + k] = Σ in[…, c] · kernel[i, j, c, k]`: every channel on its own, m results each. */
export function convolveDepthwise(operand: Tensor, kernel: Tensor, sliding: Sliding): Tensor {
  const [batch, height, width, channels] = operand.shape as [number, number, number, number];
  const [rows, columns] = slidSize([height, width], sliding);
  const multiplier = kernel.shape[3]!;
  const result = zeros([batch, rows, columns, channels * multiplier]);
  for (let example = 0; example < batch; example++) {
    forEachTap([height, width], sliding, ([row, column], [down, right], [y, x]) => {
      const to = ((example * rows + row) * columns + column) * channels * multiplier;
      const from = ((example * height + y) * width + x) * channels;
      const tap = (down * sliding.kernel[1] + right) * channels * multiplier;
      for (let index = 0; index < channels * multiplier; index++) {
        const channel = Math.floor(index / multiplier);
        result.data[to + index]! += operand.data[from + channel]! * kernel.data[tap + index]!;
      }
    });
  }
  return result;
}

/**
 * The transpose of the convolution that shrinks the result to the operand: every pixel is spread over its window.
 * The kernel is `[rows, columns, channels of the result, channels of the operand]`.
 */
export function convolveTransposed(
  operand: Tensor,
  kernel: Tensor,
  size: Pair,
  { stride, padding }: Attributes['conv_transpose'],
): Tensor {
  const [batch, height, width, channels] = operand.shape as [number, number, number, number];
  const [kernelRows, kernelColumns, outputs] = kernel.shape as [number, number, number, number];
  const result = zeros([batch, ...size, outputs]);
  const sliding: Sliding = { kernel: [kernelRows, kernelColumns], rate: [1, 1], stride, padding };
  for (let example = 0; example < batch; example++) {
    forEachTap(size, sliding, ([row, column], [down, right], [y, x]) => {
      const from = ((example * height + row) * width + column) * channels;
      const to = ((example * size[0] + y) * size[1] + x) * outputs;
      const tap = (down * kernelColumns + right) * outputs * channels;
      for (let output = 0; output < outputs; output++) {
        for (let channel = 0; channel < channels; channel++) {
          result.data[to + output]! +=
            operand.data[from + channel]! * kernel.data[tap + output * channels + channel]!;
        }
      }
    });
  }
  return result;
}

/** Adds one number per channel, when there is a bias. */
export function addBias(operand: Tensor, bias: Tensor | undefined): Tensor {
  if (!bias) return operand;
  const channels = bias.data.length;
  return map(operand, (value, index) => value + bias.data[index % channels]!);
}

/** The height and width that a window leaves. */
export function slidSize(size: Pair, { kernel, rate, stride, padding }: Sliding): Pair {
  return [
    windowAxis(size[0], kernel[0], stride[0], rate[0], padding).output,
    windowAxis(size[1], kernel[1], stride[1], rate[1], padding).output,
  ];
}
