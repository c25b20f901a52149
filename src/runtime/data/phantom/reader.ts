import type { Random } from '../../random/random.ts';
import { type Harmonic, series } from './anatomy.ts';
import type { Preset } from './cohort.ts';
import type { Geometry } from './tissue.ts';

/** How one reader draws the contours of one slice, mm from where they are; positive is outwards. */
export interface Reading {
  readonly inner: Contour;
  readonly outer: Contour;
}

interface Contour {
  readonly offset: number;
  readonly error: readonly Harmonic[];
}

/** Readers stay clear of blood inside and of fat outside, mm. */
const margin = 0.35;

/** Draws a reading: an offset per contour that a reader keeps for a subject, and a smooth error of this slice. */
export function drawReading(habit: Random, slice: Random, preset: Preset): Reading {
  const contour = (side: number): Contour => ({
    offset: side * margin + habit.normal(0, 0.5),
    error: [1, 2, 3, 4].map((order) => ({
      order,
      cosine: slice.normal(0, preset.contourError / 2),
      sine: slice.normal(0, preset.contourError / 2),
    })),
  });
  return { inner: contour(1), outer: contour(-1) };
}

/** The mask that a reading gives, `[height, width]` of 0 and 1. */
export function readMask(geometry: Geometry, { inner, outer }: Reading): Uint8Array {
  const { radius, angle, endocardium, wall } = geometry;
  const widest = 40;
  return Uint8Array.from(radius, (distance, pixel) => {
    const start = endocardium[pixel]!;
    const end = start + wall[pixel]!;
    if (distance < start - widest || distance > end + widest) return 0;
    const from = start + inner.offset + series(inner.error, angle[pixel]!);
    const to = end + outer.offset + series(outer.error, angle[pixel]!);
    return distance >= from && distance < to ? 1 : 0;
  });
}
