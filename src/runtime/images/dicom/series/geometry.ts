import type { Affine } from '../../formats/volume.ts';

export type Vector = readonly [number, number, number];

/** Where an image lies in the patient, in DICOM's millimetres: left, posterior, superior. */
export interface Place {
  /** The centre of the first pixel. */
  readonly position: Vector;
  /** Unit vectors, to a thousandth: the direction in which columns count, then that in which rows count. */
  readonly orientation: readonly number[];
}

/** Planes that are turned by less are the same: half a degree, in radians. Scanners round directions to 1e-4 or finer. */
const sameDirection = (0.5 * Math.PI) / 180;

/** How far from unit length and from a right angle directions may be written. */
const directionError = 0.01;

/**
 * A place from ImagePositionPatient and ImageOrientationPatient; null where these are no pair of perpendicular unit
 * vectors, which files say that leave them empty or zero.
 */
export function placeOf(position: Vector, orientation: readonly number[]): Place | null {
  const across = vector(orientation.slice(0, 3));
  const down = vector(orientation.slice(3, 6));
  const lengths = [length(across), length(down)];
  if (lengths.some((value) => !(Math.abs(value - 1) <= directionError))) return null;
  if (Math.abs(dot(across, down)) > directionError) return null;
  // What is right to the digits that scanners write stays as it is written.
  const exact = lengths.every((value) => Math.abs(value - 1) <= directionError / 10);
  return {
    position,
    orientation: exact ? orientation : [...scale(across, 1 / lengths[0]!), ...scale(down, 1 / lengths[1]!)],
  };
}

/** Whether two planes are parallel and their rows and columns count in the same directions, within half a degree. */
export function samePlane(one: Place, other: Place): boolean {
  return [0, 3].every((start) => {
    const [a, b] = [one, other].map(({ orientation }) => vector(orientation.slice(start, start + 3)));
    return length(subtract(a!, b!)) <= sameDirection;
  });
}

/** The unit normal of a plane. */
export function normalOf({ orientation }: Place): Vector {
  const [ax, ay, az, bx, by, bz] = orientation as [number, number, number, number, number, number];
  const normal: Vector = [ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx];
  return scale(normal, 1 / length(normal));
}

/**
 * The affine of a stack whose first pixel is at `origin` and whose slices follow each other by `step`, which need not be
 * perpendicular to the plane. DICOM counts to the left and to the back where NIfTI counts to the right and to the front.
 * @param spacing millimetres between rows and between columns
 */
export function affineOf(
  { position, orientation }: Place,
  spacing: readonly [number, number],
  step: Vector,
): Affine {
  const across = orientation.slice(0, 3).map((value) => value * spacing[1]);
  const down = orientation.slice(3).map((value) => value * spacing[0]);
  const rows = [0, 1, 2].map((axis) => {
    const sign = axis < 2 ? -1 : 1;
    return [across[axis]!, down[axis]!, step[axis]!, position[axis]!].map((value) => sign * value + 0);
  });
  return [...rows.flat(), 0, 0, 0, 1];
}

export function vector(values: readonly number[]): Vector {
  return [values[0] ?? 0, values[1] ?? 0, values[2] ?? 0];
}

export function dot(a: Vector, b: Vector): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

export function subtract(a: Vector, b: Vector): Vector {
  return [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
}

export function scale(a: Vector, by: number): Vector {
  return [a[0] * by, a[1] * by, a[2] * by];
}

export function length(a: Vector): number {
  return Math.hypot(...a);
}
