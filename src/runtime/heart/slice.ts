/** One slice of a heart with the structures found in it, `[rows, columns]`. */
export interface HeartSlice {
  readonly rows: number;
  readonly columns: number;
  /** One per structure: 1 where a pixel belongs to it. */
  readonly regions: readonly Uint8Array[];
  /** The image's own numbers; milliseconds in a T1 map. */
  readonly image: ArrayLike<number>;
  /** Millimetres between pixels, down and across; null where unknown, and pixels are then taken for square. */
  readonly spacing: readonly [down: number, across: number] | null;
  /** Cubic millimetres of a pixel through the slice's thickness; null where unknown. */
  readonly voxelMm3: number | null;
  /** How many millimetres to the front of the patient a millimetre down and a millimetre across lead; null where unknown. */
  readonly front: readonly [down: number, across: number] | null;
}

/** The slices of a heart at one moment, in the order of their places. */
export interface HeartMoment {
  /** `ED`, `ES`, or the number of the phase from 0; null where nothing says. */
  readonly phase: string | null;
  readonly slices: readonly HeartSlice[];
}

export type Point = readonly [row: number, column: number];

/** The centre of mass of a region; null for an empty one. */
export function centreOf(
  { rows, columns }: Pick<HeartSlice, 'rows' | 'columns'>,
  region: Uint8Array,
): Point | null {
  let [count, row, column] = [0, 0, 0];
  for (let pixel = 0; pixel < rows * columns; pixel += 1) {
    if (region[pixel] !== 1) continue;
    count += 1;
    row += Math.floor(pixel / columns);
    column += pixel % columns;
  }
  return count === 0 ? null : [row / count, column / count];
}

/** The angle of a point seen from another, in radians from the image's right towards its bottom, measured in millimetres. */
export function angleOf({ spacing }: HeartSlice, from: Point, to: Point): number {
  const [down, across] = spacing ?? [1, 1];
  return Math.atan2((to[0] - from[0]) * down, (to[1] - from[1]) * across);
}

/** An angle between 0 and a full turn. */
export function turned(angle: number): number {
  const turn = 2 * Math.PI;
  return ((angle % turn) + turn) % turn;
}

export function pixelsOf(region: Uint8Array): number {
  let count = 0;
  for (const one of region) count += one;
  return count;
}

export function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
