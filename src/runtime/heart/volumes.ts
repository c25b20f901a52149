import { type HeartMoment, pixelsOf } from './slice.ts';
import { heartRole } from './structures.ts';
import { averageWall } from './wall.ts';

/** One structure at one moment. Null where the file does not say what a measure needs. */
export interface PhaseVolumes {
  /** Which of the moments, from 0. */
  readonly time: number;
  /** `ED`, `ES` or the number of the phase; null where nothing says. */
  readonly phase: string | null;
  readonly slices: number;
  readonly pixels: number;
  readonly volumeMl: number | null;
  /** Of muscle alone, 1.05 g/ml. */
  readonly massG: number | null;
  /** Of a single slice. */
  readonly areaMm2: number | null;
  /** Of muscle alone: along rays from the middle of the cavity, or of the ring where no cavity is known, over all slices that show it. */
  readonly wallMm: number | null;
  /** Of the image's values, milliseconds in a T1 map, with their standard deviation; null where the structure is not. */
  readonly mean: number | null;
  readonly deviation: number | null;
}

/** Grams of muscle in a millilitre. */
export const muscleDensity = 1.05;

/** Grams; null for what is no muscle. */
export function massOf(name: string, volumeMl: number): number | null {
  return heartRole(name) === 'muscle' ? volumeMl * muscleDensity : null;
}

/**
 * Measures a structure moment by moment.
 * @param cavity the structure that is the left cavity; null without one
 */
export function phaseVolumes(
  name: string,
  structure: number,
  moments: readonly HeartMoment[],
  cavity: number | null,
): readonly PhaseVolumes[] {
  return moments.map(({ phase, slices }, time) => {
    let [pixels, mm3, sum, squares] = [0, 0, 0, 0];
    for (const { regions, image, voxelMm3 } of slices) {
      const region = regions[structure]!;
      const own = pixelsOf(region);
      pixels += own;
      mm3 += own * (voxelMm3 ?? Number.NaN);
      for (let pixel = 0; pixel < region.length; pixel += 1) if (region[pixel] === 1) sum += image[pixel]!;
    }
    const mean = pixels === 0 ? null : sum / pixels;
    for (const { regions, image } of slices) {
      const region = regions[structure]!;
      for (let pixel = 0; pixel < region.length; pixel += 1)
        if (region[pixel] === 1) squares += (image[pixel]! - mean!) ** 2;
    }
    const volumeMl = Number.isNaN(mm3) ? null : mm3 / 1000;
    const [only, more] = slices;
    return {
      time,
      phase,
      slices: slices.length,
      pixels,
      volumeMl,
      massG: volumeMl === null ? null : massOf(name, volumeMl),
      areaMm2:
        only === undefined || more !== undefined || only.spacing === null
          ? null
          : pixels * only.spacing[0] * only.spacing[1],
      wallMm: heartRole(name) === 'muscle' ? averageWall(slices, structure, cavity) : null,
      mean,
      deviation: pixels === 0 ? null : Math.sqrt(squares / pixels),
    };
  });
}
