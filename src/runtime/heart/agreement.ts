import { groupBy } from '../random/group.ts';
import { type Agreement, blandAltman } from '../statistics/bland-altman.ts';
import { clinicalMeasures, measuresOfStructure } from './clinical-measures.ts';
import type { HeartMeasures } from './heart.ts';
import { average } from './slice.ts';

/** A held-out patient: what the masks of people and of the network say of one heart. */
export interface JudgedHeart {
  readonly patient: string;
  /** The fold that held the patient out. */
  readonly fold: number;
  /** By mask head. */
  readonly heads: Readonly<
    Record<string, { readonly truth: HeartMeasures; readonly predicted: HeartMeasures }>
  >;
  /** Why the heart is not measured; its images are then in other folds as well. */
  readonly reason: string | null;
}

/** How one measure agrees with that of the truth over patients. */
export interface MeasureAgreement extends Agreement {
  /** `segmentation.left_ventricle.edv` */
  readonly path: string;
  readonly title: string;
  /** Empty where the images' unit is not known. */
  readonly unit: string;
  /** Means over the patients. */
  readonly truthMean: number;
  readonly measuredMean: number;
  readonly patients: readonly {
    readonly patient: string;
    readonly truth: number;
    /** The mean over the runs. */
    readonly measured: number;
  }[];
  /** Patients whom the truth has a value of and none of the networks, as of an empty mask. */
  readonly without: readonly string[];
}

/**
 * Every measure that at least one patient has, by head and structure, in the order of the table of measures.
 * @param hearts of one run, or of several that differ in their seed: then a patient is there once for each that held it out
 */
export function agreements(hearts: readonly JudgedHeart[], imageUnit: string): readonly MeasureAgreement[] {
  const heads = [...new Set(hearts.flatMap((heart) => Object.keys(heart.heads)))];
  return heads.flatMap((head) => {
    const own = hearts.flatMap(({ patient, heads: all }) =>
      all[head] === undefined ? [] : [{ patient, ...all[head] }],
    );
    const structures = [...new Set(own.flatMap(({ truth }) => Object.keys(truth.phases)))];
    return structures.flatMap((structure) =>
      measuresOfStructure(structure).flatMap((name) => {
        const { title, unit, value } = clinicalMeasures[name];
        const values = [...groupBy(own, ({ patient }) => patient)].map(([patient, repeats]) => ({
          patient,
          truth: value(repeats[0]!.truth, structure),
          found: repeats.flatMap(({ predicted }) => value(predicted, structure) ?? []),
        }));
        const pairs = values.flatMap(({ patient, truth, found }) =>
          truth === null || found.length === 0 ? [] : [{ patient, truth, found, measured: average(found) }],
        );
        const agreement = blandAltman(pairs.map(({ truth, found }) => [found, truth]));
        if (agreement === null) return [];
        return [
          {
            path: `${head}.${structure}.${name}`,
            title,
            unit: unit === 'image' ? imageUnit : unit,
            ...agreement,
            truthMean: average(pairs.map(({ truth }) => truth)),
            measuredMean: average(pairs.map(({ measured }) => measured)),
            patients: pairs.map(({ patient, truth, measured }) => ({ patient, truth, measured })),
            without: values.flatMap(({ patient, truth, found }) =>
              truth !== null && found.length === 0 ? [patient] : [],
            ),
          },
        ];
      }),
    );
  });
}
