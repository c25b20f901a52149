import type { HeartMeasures } from './heart.ts';
import { type HeartRole, heartRole } from './structures.ts';
import type { PhaseVolumes } from './volumes.ts';

/** One number that is told of a structure of a heart. */
interface ClinicalMeasure {
  readonly title: string;
  /** As it is written in tables. */
  readonly short: string;
  /** `image` is the unit of the image's values. */
  readonly unit: 'ml' | 'g' | '%' | 'mm' | 'mm²' | 'image';
  /** The structures that have it. */
  readonly of: readonly HeartRole[];
  /** Null where the heart does not have it. */
  readonly value: (heart: HeartMeasures, structure: string) => number | null;
}

const cavities = ['left cavity', 'right cavity'] as const;

/** The one table of what is told of hearts: the masks' own numbers and their agreement with the truth's derive from it. */
export const clinicalMeasures = {
  edv: {
    title: 'end-diastolic volume',
    short: 'EDV',
    unit: 'ml',
    of: cavities,
    value: (heart, structure) => heart.function[structure]?.edvMl ?? null,
  },
  esv: {
    title: 'end-systolic volume',
    short: 'ESV',
    unit: 'ml',
    of: cavities,
    value: (heart, structure) => heart.function[structure]?.esvMl ?? null,
  },
  sv: {
    title: 'stroke volume',
    short: 'SV',
    unit: 'ml',
    of: cavities,
    value: (heart, structure) => heart.function[structure]?.strokeVolumeMl ?? null,
  },
  ef: {
    title: 'ejection fraction',
    short: 'EF',
    unit: '%',
    of: cavities,
    value: (heart, structure) => heart.function[structure]?.ejectionFraction ?? null,
  },
  volume: {
    title: 'volume at the one moment that there is',
    short: 'volume',
    unit: 'ml',
    of: cavities,
    value: (heart, structure) =>
      heart.phases[structure]?.length === 1 ? (atRest(heart, structure)?.volumeMl ?? null) : null,
  },
  mass: {
    title: 'mass of the muscle at end-diastole, 1.05 g/ml',
    short: 'mass',
    unit: 'g',
    of: ['muscle'],
    value: (heart, structure) => atRest(heart, structure)?.massG ?? null,
  },
  area: {
    title: 'area of the one slice that there is',
    short: 'area',
    unit: 'mm²',
    of: ['muscle', ...cavities],
    value: (heart, structure) => atRest(heart, structure)?.areaMm2 ?? null,
  },
  wall: {
    title: 'mean wall thickness at end-diastole',
    short: 'wall',
    unit: 'mm',
    of: ['muscle'],
    value: (heart, structure) => atRest(heart, structure)?.wallMm ?? null,
  },
  mean: {
    title: "mean of the image's values in the muscle at end-diastole: of a T1 map, T1",
    short: 'mean',
    unit: 'image',
    of: ['muscle'],
    value: (heart, structure) => atRest(heart, structure)?.mean ?? null,
  },
} as const satisfies Record<string, ClinicalMeasure>;

export type ClinicalMeasureName = keyof typeof clinicalMeasures;

export const clinicalMeasureNames = Object.keys(clinicalMeasures) as readonly ClinicalMeasureName[];

/** What is told of a structure, by its name. */
export function measuresOfStructure(structure: string): readonly ClinicalMeasureName[] {
  const role = heartRole(structure);
  const fits = ({ of }: ClinicalMeasure) => role !== null && of.includes(role);
  return clinicalMeasureNames.filter((name) => fits(clinicalMeasures[name]));
}

function atRest({ phases, restTime }: HeartMeasures, structure: string): PhaseVolumes | null {
  return restTime === null ? null : (phases[structure]?.[restTime] ?? null);
}
