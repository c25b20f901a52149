import { type RunPlan, valueAttribute } from '../../compiler/index.ts';
import { agreements, type JudgedHeart, type MeasureAgreement } from '../heart/agreement.ts';
import { imageUnit } from '../heart/image-unit.ts';
import { groupBy } from '../random/group.ts';
import { blandAltman } from '../statistics/bland-altman.ts';
import type { Measurement } from './measure.ts';
import { meanEstimate } from './value-metrics.ts';

/** How the numbers of value heads, and measures of hearts, agree with those of the truth: one of each for each patient. */
export function agreementsOf(
  plan: RunPlan,
  measurements: readonly Measurement[],
  hearts: readonly JudgedHeart[],
): readonly MeasureAgreement[] {
  return [...valueAgreements(plan, measurements), ...agreements(hearts, imageUnit(plan.data))];
}

/** Of every value head that is trained, over patients: the mean of a patient's images counts. */
function valueAgreements(
  { heads, data }: Pick<RunPlan, 'heads' | 'data'>,
  measurements: readonly Measurement[],
): readonly MeasureAgreement[] {
  return heads.flatMap((head) => {
    if (head.kind !== 'value' || !head.trained) return [];
    const known = measurements.filter(({ values }) => values?.[head.name] !== undefined);
    const pairs = [...groupBy(known, ({ patient }) => patient)].map(([patient, own]) => {
      const { truth, predicted } = meanEstimate(own.map(({ values }) => values![head.name]!));
      return { patient, truth, measured: predicted };
    });
    const finite = pairs.filter(({ measured }) => Number.isFinite(measured));
    const agreement = blandAltman(finite.map(({ truth, measured }) => [measured, truth]));
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
        patients: finite,
        without: pairs.flatMap(({ patient, measured }) => (Number.isFinite(measured) ? [] : [patient])),
      },
    ];
  });
}
