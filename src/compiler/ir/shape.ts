/** Sizes without the batch axis: `[height, width, channels]` for a map, `[channels]` for a vector. */
export type Shape = readonly number[];

/** `64×56×32`, as people write it. */
export function formatShape(shape: Shape): string {
  return shape.join('×');
}

/** The number of values of one example. */
export function elements(shape: Shape): number {
  return shape.reduce((product, size) => product * size, 1);
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis]);
}

/** How a window meets the border of a map. */
export type Padding = 'same' | 'valid';

/** The extent of a dilated kernel, `(r − 1)(k − 1) + k`. Equation 1 of Peng et al. 2021. */
export function effectiveKernel(kernel: number, rate: number): number {
  return (rate - 1) * (kernel - 1) + kernel;
}

/** One axis of a sliding window: how many outputs there are, and how much padding is read before and after. */
export interface WindowAxis {
  readonly output: number;
  readonly before: number;
  readonly after: number;
}

/** The TensorFlow rule for windows; `output` is 0 or less when a valid window does not fit. */
export function windowAxis(
  size: number,
  kernel: number,
  stride: number,
  rate: number,
  padding: Padding,
): WindowAxis {
  const extent = effectiveKernel(kernel, rate);
  if (padding === 'valid') return { output: Math.floor((size - extent) / stride) + 1, before: 0, after: 0 };
  const output = Math.ceil(size / stride);
  const total = Math.max(0, (output - 1) * stride + extent - size);
  const before = Math.floor(total / 2);
  return { output, before, after: total - before };
}
