import type { Shape } from '../../../../ir/shape.ts';
import type { Lowering } from '../../lowering.ts';
import { type Axis, axesOf, axisOf, type Gradient } from './sliding.ts';

/** Which of the two maps a gradient in blocks moves over the other. */
export interface Roles {
  /** The value that is moved over, with zeros around it. Each of its channels is computed by itself. */
  readonly map: number;
  /** The value that moves as a filter. Its channels are computed together, as many blocks of them as there are. */
  readonly filter: number;
  /** Down and across. */
  readonly axes: readonly [Axis, Axis];
  /** Whether x is the filter: taps are found in the opposite order then. */
  readonly exchanged: boolean;
  /** Pixels of the map between those that neighbours in the filter meet. */
  readonly dilations: Gradient['attributes']['stride'];
}

/**
 * As a rule dy moves over x. Without a stride x can as well move over dy, from the last tap to the first: which is faster
 * depends on whose channels fill more blocks.
 */
export function rolesOf(lowering: Lowering, value: Gradient): readonly Roles[] {
  const [x, dy] = value.operands as [number, number];
  const { attributes } = value;
  const usual = {
    map: x,
    filter: dy,
    axes: axesOf(lowering, value),
    exchanged: false,
    dilations: attributes.stride,
  };
  const opposite = exchangedAxes(attributes, lowering.value(x).shape, lowering.value(dy).shape);
  if (opposite === null) return [usual];
  return [usual, { map: dy, filter: x, axes: opposite, exchanged: true, dilations: [1, 1] }];
}

/** Of x moving over dy; null where it cannot. */
function exchangedAxes(attributes: Gradient['attributes'], x: Shape, dy: Shape): Roles['axes'] | null {
  const { stride, rate, kernel, padding } = attributes;
  if (stride.some((step) => step !== 1)) return null;
  const before = ([0, 1] as const).map((axis) => (kernel[axis] - 1) * rate[axis] - padding[axis][0]);
  if (before.some((zeros) => zeros < 0)) return null;
  const opposite = { ...attributes, padding: before.map((zeros) => [zeros, 0] as const) };
  const along = (axis: 0 | 1) => axisOf(opposite as unknown as Gradient['attributes'], dy, x, axis);
  return [along(0), along(1)];
}
