import type { Affine } from '../images/formats/volume.ts';

/** A segment of the left ventricle's wall, as the American Heart Association numbers sixteen (Cerqueira et al. 2002). */
export interface HeartSegment {
  /** 1 to 16: six at the base from the anterior one on, six in the middle, four at the apex. */
  readonly segment: number;
  readonly pixels: number;
  /** Along rays from the middle of the cavity; null where the pixels' size is not known. */
  readonly wallMm: number | null;
  /** Of the image's values in the muscle, milliseconds in a T1 map, with their standard deviation. */
  readonly mean: number;
  readonly deviation: number;
}

/** One phase of a volume with its mask, `[slices, rows, columns]`. */
export interface SegmentedPhase {
  readonly rows: number;
  readonly columns: number;
  readonly slices: number;
  readonly mask: ArrayLike<number>;
  readonly image: ArrayLike<number>;
  readonly affine: Affine;
  readonly values: { readonly muscle: number; readonly left: number; readonly right: number };
}

type Point = readonly [row: number, column: number];
/** Rays to the full turn. */
const rays = 360;

/**
 * The sixteen segments of a short-axis volume. The middle of the septum is where the right ventricle lies seen from the
 * middle of the left; sectors are counted from it towards the front, which the affine says. Slices that show muscle and
 * cavity are dealt to base, middle and apex in equal thirds; the base is where the cavity is larger. Null where a slice
 * of each third, the right ventricle or the front cannot be told.
 */
export function heartSegments(phase: SegmentedPhase): readonly HeartSegment[] | null {
  const { slices, values } = phase;
  const shown = Array.from({ length: slices }, (_, slice) => slice).filter(
    (slice) => middleOf(phase, slice, values.muscle) !== null && middleOf(phase, slice, values.left) !== null,
  );
  if (shown.length < 3) return null;
  const third = Math.floor(shown.length / 3);
  const area = (own: readonly number[]) =>
    own.reduce((sum, slice) => sum + countOf(phase, slice, values.left), 0);
  const fromBase = area(shown.slice(0, third)) >= area(shown.slice(-third)) ? shown : [...shown].reverse();
  const towardsFront = turnTowardsFront(phase, fromBase);
  if (towardsFront === null) return null;
  const segments = new Map<number, { values: number[]; lengths: number[] }>();
  for (const [place, slice] of fromBase.entries()) {
    const septum = septumOf(phase, slice) ?? septumOf(phase, fromBase[0]!)!;
    const level = Math.min(2, Math.floor((3 * place) / fromBase.length));
    collect(phase, slice, (angle) => segmentOf(level, (angle - septum) * towardsFront), segments);
  }
  return [...segments]
    .sort(([one], [other]) => one - other)
    .map(([segment, found]) => {
      const mean = average(found.values);
      return {
        segment,
        pixels: found.values.length,
        wallMm: found.lengths.length === 0 ? null : average(found.lengths),
        mean,
        deviation: Math.sqrt(average(found.values.map((value) => (value - mean) ** 2))),
      };
    });
}

/** The segment of an angle from the middle of the septum towards the front, in radians. */
function segmentOf(level: number, angle: number): number {
  const turn = (((angle / (2 * Math.PI)) % 1) + 1) % 1;
  // Septum to the front and on: 2, 1, 6, 5, 4, 3; at the apex septal 14, anterior 13, lateral 16, inferior 15.
  if (level === 2) return [14, 13, 16, 15][Math.floor(turn * 4 + 0.5) % 4]!;
  return 6 * level + [2, 1, 6, 5, 4, 3][Math.floor(turn * 6)]!;
}

function countOf({ mask, rows, columns }: SegmentedPhase, slice: number, value: number): number {
  let count = 0;
  const each = rows * columns;
  for (let pixel = slice * each; pixel < (slice + 1) * each; pixel += 1)
    if (mask[pixel] === value) count += 1;
  return count;
}

function middleOf({ mask, rows, columns }: SegmentedPhase, slice: number, value: number): Point | null {
  let [count, row, column] = [0, 0, 0];
  for (let pixel = 0; pixel < rows * columns; pixel += 1) {
    if (mask[slice * rows * columns + pixel] !== value) continue;
    count += 1;
    row += Math.floor(pixel / columns);
    column += pixel % columns;
  }
  return count === 0 ? null : [row / count, column / count];
}

/** Millimetres between columns and between rows. */
function spacingOf({ affine }: SegmentedPhase): readonly [across: number, down: number] {
  return [Math.hypot(affine[0]!, affine[4]!, affine[8]!), Math.hypot(affine[1]!, affine[5]!, affine[9]!)];
}

/** The angle of a point seen from another, rows counting down, in millimetres. */
function angleOf(phase: SegmentedPhase, from: Point, to: Point): number {
  const [across, down] = spacingOf(phase);
  return Math.atan2((to[0] - from[0]) * down, (to[1] - from[1]) * across);
}

function septumOf(phase: SegmentedPhase, slice: number): number | null {
  const [left, right] = [
    middleOf(phase, slice, phase.values.left),
    middleOf(phase, slice, phase.values.right),
  ];
  return left === null || right === null ? null : angleOf(phase, left, right);
}

/**
 * Whether angles grow (1) or shrink (-1) from the septum towards the front. The second row of an affine is where pixels lie
 * towards the front of the patient.
 */
function turnTowardsFront(phase: SegmentedPhase, fromBase: readonly number[]): 1 | -1 | null {
  const septum = septumOf(phase, fromBase[0]!);
  if (septum === null) return null;
  const [across, down] = spacingOf(phase);
  // How far to the front a millimetre leads along columns and along rows.
  const front = [phase.affine[4]! / across, phase.affine[5]! / down] as const;
  const side = -Math.sin(septum) * front[0] + Math.cos(septum) * front[1];
  return Math.abs(side) < 0.1 ? null : side > 0 ? 1 : -1;
}

/** Adds a slice's muscle to its segments: the values of its pixels, and its thickness along rays. */
function collect(
  phase: SegmentedPhase,
  slice: number,
  segment: (angle: number) => number,
  segments: Map<number, { values: number[]; lengths: number[] }>,
): void {
  const { rows, columns, mask, image, values } = phase;
  const start = slice * rows * columns;
  const middle = middleOf(phase, slice, values.left)!;
  const of = (number: number) => {
    const found = segments.get(number) ?? { values: [], lengths: [] };
    segments.set(number, found);
    return found;
  };
  for (let pixel = 0; pixel < rows * columns; pixel += 1) {
    if (mask[start + pixel] !== values.muscle) continue;
    const point = [Math.floor(pixel / columns), pixel % columns] as const;
    of(segment(angleOf(phase, middle, point))).values.push(image[start + pixel]!);
  }
  const [across, down] = spacingOf(phase);
  const stride = Math.min(across, down) / 10;
  for (let ray = 0; ray < rays; ray += 1) {
    const angle = (2 * Math.PI * ray) / rays;
    let length = 0;
    for (let radius = 0; ; radius += stride) {
      const row = Math.round(middle[0] + (radius * Math.sin(angle)) / down);
      const column = Math.round(middle[1] + (radius * Math.cos(angle)) / across);
      if (row < 0 || column < 0 || row >= rows || column >= columns) break;
      if (mask[start + row * columns + column] === values.muscle) length += stride;
    }
    if (length > 0) of(segment(angle)).lengths.push(length);
  }
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
