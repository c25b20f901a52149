import { dot, length, normalOf, scale, subtract, type Vector } from './geometry.ts';
import type { PlacedFrame } from './placed-frame.ts';

/** Images at one place along the normal of their plane. */
export interface SlicePlace {
  /** Millimetres along the normal. */
  readonly depth: number;
  readonly images: readonly number[];
}

/** Places apart by less are one, whatever a series says of its thickness, mm. */
const leastStep = 0.1;

/**
 * Sorts images into places, the lowest first. Positions of one place may differ by hundredths of a millimetre, since each
 * image is measured anew: by a twentieth of the thickness, or {@link leastStep}.
 * @param images all of them placed, in parallel planes
 */
export function placesOf(images: readonly PlacedFrame[]): readonly SlicePlace[] {
  const normal = normalOf(images[0]!.frame.place!);
  const thickness = images[0]!.frame.thickness ?? 0;
  const tolerance = Math.min(Math.max(leastStep, thickness / 20), thickness > 0 ? thickness / 5 : leastStep);
  const depths = images.map(({ frame }) => dot(frame.place!.position, normal));
  const order = images.map((_, index) => index).sort((a, b) => depths[a]! - depths[b]! || a - b);
  const places: { depth: number; images: number[] }[] = [];
  for (const index of order) {
    const last = places.at(-1);
    if (last !== undefined && depths[index]! - last.depth <= tolerance) last.images.push(index);
    else places.push({ depth: depths[index]!, images: [index] });
  }
  return places;
}

/** How the places of a stack follow each other. */
export type Steps =
  | {
      readonly even: true;
      /** Millimetres from slice to slice along the normal. */
      readonly spacing: number;
      /** From slice to slice, along the normal or, in a sheared stack, at an angle to it. */
      readonly step: Vector;
      /** Where each slice lies, in steps from the first; steps that no slice lies at are gaps. */
      readonly slots: readonly number[];
    }
  | { readonly even: false; readonly smallest: number; readonly largest: number };

/** A stack with more steps than this for each of its slices has no step at all. */
const mostSteps = 10;

/** Distances may differ from one step by this share of it, and across a gap by twice as much. */
const unevenness = 0.1;

/**
 * The step between places: the smallest distance, of which the others have to be multiples, refined by the whole length.
 * @param corners the position of one image of each place, at least two
 * @param depths the same along the normal, the lowest first
 * @param known the depths of all places, those too whose images are left out: what lies between must not stretch the rest
 */
export function stepsOf(
  corners: readonly Vector[],
  depths: readonly number[],
  known: readonly number[] = depths,
): Steps {
  const between = (own: readonly number[]) => own.slice(1).map((depth, index) => depth - own[index]!);
  const distances = between(depths);
  const smallest = Math.min(...between(known));
  const counts = distances.map((distance) => Math.round(distance / smallest));
  const uneven = distances.some((distance, index) => {
    const count = counts[index]!;
    return Math.abs(distance - count * smallest) > (count > 1 ? 2 : 1) * unevenness * smallest;
  });
  const many = counts.reduce((sum, count) => sum + count, 0) > mostSteps * corners.length;
  if (uneven || many) return { even: false, smallest, largest: Math.max(...distances) };
  const slots = [0];
  for (const count of counts) slots.push(slots.at(-1)! + count);
  const whole = slots.at(-1)!;
  return {
    even: true,
    spacing: (depths.at(-1)! - depths[0]!) / whole,
    step: scale(subtract(corners.at(-1)!, corners[0]!), 1 / whole),
    slots,
  };
}

/** How far, in millimetres, the corner of any slice lies from the line through those of the first and the last. */
export function straying(
  corners: readonly Vector[],
  { step, slots }: Extract<Steps, { even: true }>,
): number {
  const away = corners.map((corner, index) =>
    length(subtract(subtract(corner, corners[0]!), scale(step, slots[index]!))),
  );
  return Math.max(...away);
}
