import type { Work, WorkKind } from '../../../../cost/work.ts';
import { elements, type Shape } from '../../../../ir/shape.ts';
import type { PrimitiveAttributes, ValueOf } from '../../../../step/program.ts';
import { isBlocked } from '../../layout.ts';
import type { Lowering } from '../../lowering.ts';
import { cropped } from '../convolution.ts';

/** The gradient of a kernel `[rows, columns, channels, results]`, of a map x and the gradient dy of what it made of x. */
export type Gradient = ValueOf<'conv2d_filter_gradient'>;

/** How a filter moves over a map along one axis. */
export interface Axis {
  readonly before: number;
  /** Zeros behind x. */
  readonly after: number;
  /** The taps that are found: at least as many as the kernel has. */
  readonly found: number;
}

/** How dy moves over x along one axis. */
export function axisOf(
  { stride, rate, padding, kernel }: PrimitiveAttributes['conv2d_filter_gradient'],
  x: Shape,
  dy: Shape,
  axis: 0 | 1,
): Axis {
  const reach = (dy[axis + 1]! - 1) * stride[axis] + 1;
  const before = padding[axis][0];
  const extent = x[axis + 1]! + before;
  // What the map must hold for exactly the kernel's taps; more is cut off afterwards.
  const after = Math.max(0, reach + (kernel[axis] - 1) * rate[axis] - extent);
  return { before, after, found: Math.floor((extent + after - reach) / rate[axis]) + 1 };
}

/** Down and across. */
export function axesOf(lowering: Lowering, { operands, attributes }: Gradient): readonly [Axis, Axis] {
  const [x, dy] = operands.map((id) => lowering.value(id).shape) as [Shape, Shape];
  return [axisOf(attributes, x, dy, 0), axisOf(attributes, x, dy, 1)];
}

/** The kernel's taps of those found; they are axes 2 and 3. */
export function cutToKernel(
  lowering: Lowering,
  name: string,
  { attributes: { kernel } }: Gradient,
  axes: readonly [Axis, Axis],
): string {
  return axes.every(({ found }, axis) => found === kernel[axis])
    ? name
    : cropped(lowering, name, [2, 3], kernel);
}

/** Work that only reads and writes so many numbers. */
export function moved(kind: WorkKind, numbers: number): Work {
  return { kind, multiplyAdds: 0, numbers };
}

/** A map out of blocks, with batch and channels exchanged. */
export function exchangedWork(lowering: Lowering, map: number): readonly Work[] {
  const numbers = 2 * elements(lowering.value(map).shape);
  const blocked = isBlocked(lowering.made(map).layout);
  return [...(blocked ? [moved('reordering', numbers)] : []), moved('block_move', numbers)];
}
