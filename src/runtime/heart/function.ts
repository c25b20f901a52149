import { heartRole } from './structures.ts';
import type { PhaseVolumes } from './volumes.ts';

/** How a cavity fills and empties over the phases of a cine. */
export interface HeartFunction {
  /** Which of the moments are taken for the two ends, from 0. */
  readonly endDiastole: number;
  readonly endSystole: number;
  /** Their names; null where nothing names them. */
  readonly phases: readonly [endDiastole: string | null, endSystole: string | null];
  /** `names`: the data call them ED and ES; `volumes`: the largest and the smallest of this cavity. */
  readonly chosenBy: 'names' | 'volumes';
  readonly edvMl: number;
  readonly esvMl: number;
  readonly strokeVolumeMl: number;
  /** Per cent; null where the cavity is empty at end-diastole. */
  readonly ejectionFraction: number | null;
}

/**
 * Null for what is no cavity, and where one moment alone, no volume or no size is known. Moments that the data name ED and
 * ES are taken as such; else all have to be phases of one cine.
 */
export function heartFunction(name: string, phases: readonly PhaseVolumes[]): HeartFunction | null {
  const role = heartRole(name);
  if ((role !== 'left cavity' && role !== 'right cavity') || phases.length < 2) return null;
  const named = ['ED', 'ES'].map((end) => phases.findIndex(({ phase }) => phase === end));
  const isNamed = named.every((index) => index >= 0);
  if (!isNamed && phases.some(({ phase }) => phase === null)) return null;
  const volumes = phases.map(({ volumeMl }) => volumeMl);
  if (!volumes.every((volume) => volume !== null)) return null;
  const ends = isNamed
    ? named
    : [Math.max(...volumes), Math.min(...volumes)].map((one) => volumes.indexOf(one));
  const [endDiastole, endSystole] = ends as [number, number];
  const [edvMl, esvMl] = [volumes[endDiastole]!, volumes[endSystole]!];
  return {
    endDiastole,
    endSystole,
    phases: [phases[endDiastole]!.phase, phases[endSystole]!.phase],
    chosenBy: isNamed ? 'names' : 'volumes',
    edvMl,
    esvMl,
    strokeVolumeMl: edvMl - esvMl,
    ejectionFraction: edvMl === 0 ? null : (100 * (edvMl - esvMl)) / edvMl,
  };
}
