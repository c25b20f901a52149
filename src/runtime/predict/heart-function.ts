import { heartRole } from './heart-structures.ts';

/** Volumes of one structure in one phase. Null where the size of voxels is not known. */
export interface PhaseVolumes {
  readonly time: number;
  readonly volumeMl: number | null;
  /** Of muscle alone, 1.05 g/ml. */
  readonly massG: number | null;
}

/** How a cavity fills and empties over the phases of a cine. */
export interface HeartFunction {
  /** The phases of the largest and the smallest volume, from 0. */
  readonly endDiastole: number;
  readonly endSystole: number;
  readonly edvMl: number;
  readonly esvMl: number;
  readonly strokeVolumeMl: number;
  /** Per cent. */
  readonly ejectionFraction: number;
}

/** Grams of muscle in a millilitre. */
const density = 1.05;

/**
 * Volumes of a structure phase by phase.
 * @param pixels of the structure in each phase
 * @param voxelMl millilitres of a voxel; null where unknown
 */
export function phaseVolumes(
  name: string,
  pixels: readonly number[],
  voxelMl: number | null,
): readonly PhaseVolumes[] {
  return pixels.map((count, time) => {
    const volumeMl = voxelMl === null ? null : count * voxelMl;
    return { time, volumeMl, massG: volumeMl === null ? null : massOf(name, volumeMl) };
  });
}

/** Grams; null for what is no muscle. */
export function massOf(name: string, volumeMl: number): number | null {
  return heartRole(name) === 'muscle' ? volumeMl * density : null;
}

/** Null for what is no cavity, and where one moment alone, no volume or no size is known. */
export function heartFunction(name: string, phases: readonly PhaseVolumes[]): HeartFunction | null {
  const role = heartRole(name);
  if ((role !== 'left cavity' && role !== 'right cavity') || phases.length < 2) return null;
  const volumes = phases.map(({ volumeMl }) => volumeMl);
  if (!volumes.every((volume) => volume !== null)) return null;
  const [edvMl, esvMl] = [Math.max(...volumes), Math.min(...volumes)];
  if (edvMl === 0) return null;
  return {
    endDiastole: volumes.indexOf(edvMl),
    endSystole: volumes.indexOf(esvMl),
    edvMl,
    esvMl,
    strokeVolumeMl: edvMl - esvMl,
    ejectionFraction: (100 * (edvMl - esvMl)) / edvMl,
  };
}
