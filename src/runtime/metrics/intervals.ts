import type { RunPlan } from '../../compiler/index.ts';
import { groupBy } from '../random/group.ts';
import { stream } from '../random/random.ts';
import { delongInterval } from '../statistics/delong.ts';
import { type Evaluation, evaluatePredictions, type Interval } from './evaluate.ts';
import { type HeadMeasure, measuresOf } from './head-measures.ts';
import { type Measurement, outcomes } from './measure.ts';
import { quantile } from './surface.ts';
import { isDefined } from './value.ts';

/** How often patients are drawn. */
const draws = 1000;

/** The metrics with their confidence intervals, which take a second or two. */
export function evaluateWithIntervals(plan: RunPlan, measurements: readonly Measurement[]): Evaluation {
  const evaluation = evaluatePredictions(plan, measurements);
  const measures = measuresOf(plan, measurements);
  const bootstrap = bootstrapIntervals([measures], plan.train.seed);
  return {
    ...evaluation,
    metrics: evaluation.metrics.map((metric, index) => ({
      ...metric,
      intervals: [...(bootstrap[index] ?? []), ...delongOf(plan, measures[index]!)],
    })),
  };
}

/** One run of several that differ in their seed, with what it says of every image. */
export interface SeedRun {
  readonly plan: RunPlan;
  readonly measurements: readonly Measurement[];
}

/** The intervals of every metric's mean over runs, in the order of the plan's metrics. */
export function intervalsOverSeeds(runs: readonly SeedRun[]): readonly (readonly Interval[])[] {
  const measures = runs.map(({ plan, measurements }) => measuresOf(plan, measurements));
  return bootstrapIntervals(measures, runs[0]!.plan.train.seed);
}

/**
 * Percentile intervals of every measure, or of its mean over runs: patients are drawn with replacement, the same of all
 * runs and each with all of its images, for the images of a patient are not independent. A measure that is undefined in
 * more than a tenth of the draws has none.
 * @param runs `[run, measure]`
 */
function bootstrapIntervals(
  runs: readonly (readonly HeadMeasure[])[],
  seed: number,
): readonly (readonly Interval[])[] {
  return runs[0]!.map((_, place) => {
    const own = runs.map((measures) => measures[place]!);
    const images = own.map(({ measured }) => groupBy(measured, ({ patient }) => patient));
    const patients = [...images[0]!.keys()].filter((name) => images.every((groups) => groups.has(name)));
    if (patients.length < 2) return [];
    // The same draws for every measure of the same images.
    const random = stream(seed, 'bootstrap');
    const values: number[] = [];
    for (let draw = 0; draw < draws; draw += 1) {
      const drawn = patients.map(() => patients[random.integer(patients.length)]!);
      const means = own.map(({ over }, run) => over(copies(drawn, images[run]!))).filter(isDefined);
      if (means.length === own.length) values.push(means.reduce((sum, value) => sum + value, 0) / own.length);
    }
    if (values.length < 0.9 * draws) return [];
    const sorted = Float64Array.from(values).sort();
    return [{ method: 'bootstrap', low: quantile(sorted, 0.025), high: quantile(sorted, 0.975) }];
  });
}

/** All images of patients that were drawn; one drawn twice is two patients. */
function copies(
  drawn: readonly string[],
  images: ReadonlyMap<string, readonly Measurement[]>,
): readonly Measurement[] {
  return drawn.flatMap((name, copy) =>
    images.get(name)!.map((image) => ({ ...image, patient: `${image.patient}#${copy}` })),
  );
}

function delongOf(plan: RunPlan, { head, name, measured }: HeadMeasure): readonly Interval[] {
  if (name !== 'auc' || !head.trained) return [];
  const { positive } = outcomes(head, plan.data);
  const interval = delongInterval(
    measured.map(({ patient, labels }) => {
      const { truth, score } = labels[head.name]!;
      return { positive: truth === positive, score, cluster: patient };
    }),
  );
  return interval === null ? [] : [{ method: 'delong', ...interval }];
}
