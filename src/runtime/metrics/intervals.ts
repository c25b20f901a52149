import type { RunPlan } from '../../compiler/index.ts';
import { groupBy } from '../data/group.ts';
import { stream } from '../data/random.ts';
import { delongInterval } from '../statistics/delong.ts';
import {
  type Evaluation,
  evaluatePredictions,
  type HeadMeasure,
  type Interval,
  measuresOf,
} from './evaluate.ts';
import { type Measurement, outcomes } from './measure.ts';
import { quantile } from './surface.ts';
import { isDefined } from './value.ts';

/** How often patients are drawn. */
const draws = 1000;

/** The metrics with their confidence intervals, which take a second or two. */
export function evaluateWithIntervals(plan: RunPlan, measurements: readonly Measurement[]): Evaluation {
  const evaluation = evaluatePredictions(plan, measurements);
  const measures = measuresOf(plan, measurements);
  const bootstrap = bootstrapIntervals(measures, plan.train.seed);
  return {
    ...evaluation,
    metrics: evaluation.metrics.map((metric, index) => ({
      ...metric,
      intervals: [...(bootstrap[index] ?? []), ...delongOf(plan, measures[index]!)],
    })),
  };
}

/**
 * Percentile intervals of every measure: patients are drawn with replacement, each with all of its images, for the
 * images of a patient are not independent. A measure that is undefined in more than a tenth of the draws has none.
 */
function bootstrapIntervals(
  measures: readonly HeadMeasure[],
  seed: number,
): readonly (readonly Interval[])[] {
  return measures.map(({ measured, over }) => {
    const patients = [...groupBy(measured, ({ patient }) => patient).values()];
    if (patients.length < 2) return [];
    // The same draws for every measure of the same images.
    const random = stream(seed, 'bootstrap');
    const values: number[] = [];
    for (let draw = 0; draw < draws; draw += 1) {
      const members: Measurement[] = [];
      for (let copy = 0; copy < patients.length; copy += 1) {
        // A patient drawn twice is two patients.
        for (const image of patients[random.integer(patients.length)]!) {
          members.push({ ...image, patient: `${image.patient}#${copy}` });
        }
      }
      const value = over(members);
      if (isDefined(value)) values.push(value);
    }
    if (values.length < 0.9 * draws) return [];
    const sorted = Float64Array.from(values).sort();
    return [{ method: 'bootstrap', low: quantile(sorted, 0.025), high: quantile(sorted, 0.975) }];
  });
}

function delongOf(plan: RunPlan, { head, name, measured }: HeadMeasure): readonly Interval[] {
  if (name !== 'auc') return [];
  const { positive } = outcomes(head, plan.data);
  const interval = delongInterval(
    measured.map(({ patient, labels }) => {
      const { truth, score } = labels[head.name]!;
      return { positive: truth === positive, score, cluster: patient };
    }),
  );
  return interval === null ? [] : [{ method: 'delong', ...interval }];
}
