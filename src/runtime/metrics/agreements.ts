import { type RunPlan, valueAttribute } from '../../compiler/index.ts';
import { agreements, type JudgedHeart, type MeasureAgreement } from '../heart/agreement.ts';
import { imageUnit } from '../heart/image-unit.ts';
import { groupBy } from '../random/group.ts';
import { blandAltman } from '../statistics/bland-altman.ts';
import type { Measurement } from './measure.ts';
import { meanEstimate } from './value-metrics.ts';

/**
 * How the numbers of value heads, and measures of hearts, agree with those of the truth: one of each for each patient.
 * @param runs the measurements of one run, or of several that differ in their seed
 * @param hearts of all of them
 */
export function agreementsOf(
  plan: RunPlan,
  runs: readonly (readonly Measurement[])[],
  hearts: readonly JudgedHeart[],
): readonly MeasureAgreement[] {
  return [...valueAgreements(plan, runs), ...agreements(hearts, imageUnit(plan.data))];
}

/** Of every value head that is trained, over patients: the mean of a patient's images counts. */
function valueAgreements(
  { heads, data }: Pick<RunPlan, 'heads' | 'data'>,
  runs: readonly (readonly Measurement[])[],
): readonly MeasureAgreement[] {
  return heads.flatMap((head) => {
    if (head.kind !== 'value' || !head.trained) return [];
    const estimates = runs.flatMap((measurements) => {
      const known = measurements.filter(({ values }) => values?.[head.name] !== undefined);
      return [...groupBy(known, ({ patient }) => patient)].map(([patient, own]) => ({
        patient,
        ...meanEstimate(own.map(({ values }) => values![head.name]!)),
      }));
    });
    const pairs = [...groupBy(estimates, ({ patient }) => patient)].map(([patient, own]) => {
      const found = own.map(({ predicted }) => predicted).filter(Number.isFinite);
      const measured = found.reduce((sum, one) => sum + one, 0) / found.length;
      return { patient, truth: own[0]!.truth, found, measured };
    });
    const finite = pairs.filter(({ found }) => found.length > 0);
    const agreement = blandAltman(finite.map(({ truth, found }) => [found, truth]));
    if (agreement === null) return [];
    const average = (side: 'truth' | 'measured') =>
      finite.reduce((sum, pair) => sum + pair[side], 0) / finite.length;
    return [
      {
        path: head.name,
        title: head.name.replaceAll('_', ' '),
        unit: valueAttribute(head, data).unit,
        ...agreement,
        truthMean: average('truth'),
        measuredMean: average('measured'),
        patients: finite.map(({ patient, truth, measured }) => ({ patient, truth, measured })),
        without: pairs.flatMap(({ patient, found }) => (found.length > 0 ? [] : [patient])),
      },
    ];
  });
}
