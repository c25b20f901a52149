import type { Pair } from '../../../../compiler/index.ts';
import { type Padding, windowAxis } from '../../../../compiler/index.ts';
import type { Slide } from '../../../kernels/convolution.ts';

/** How a kernel slides over a map. */
export interface Sliding {
  readonly kernel: Pair;
  readonly rate: Pair;
  readonly stride: Pair;
  readonly padding: Padding;
}

/** One axis of a sliding kernel over a map of a known size. */
export interface Axis extends Slide {
  /** Zeros read after the map. */
  readonly after: number;
}

/** Rows, then columns. */
export type Axes = readonly [Axis, Axis];

/** The TensorFlow rule for windows, on both axes. */
export function axesOf(size: Pair, { kernel, rate, stride, padding }: Sliding): Axes {
  const axis = (index: 0 | 1): Axis => ({
    size: size[index],
    kernel: kernel[index],
    rate: rate[index],
    stride: stride[index],
    ...windowAxis(size[index], kernel[index], stride[index], rate[index], padding),
  });
  return [axis(0), axis(1)];
}
