import type { RunPlan } from '../../compiler/index.ts';
import { groupBy } from '../random/group.ts';
import { stream } from '../random/random.ts';
import { delong } from '../statistics/delong.ts';
import { normalQuantile } from '../statistics/normal.ts';
import { edgeInterval, isAtEdge } from './edge.ts';
import { type Evaluation, evaluatePredictions, type Interval } from './evaluate.ts';
import { type HeadMeasure, measuresOf } from './head-measures.ts';
import { quantile } from './masks/surface.ts';
import type { Measurement } from './measure.ts';
import { isDefined } from './value.ts';

/** How often patients are drawn. */
const draws = 1000;

/** The metrics with their confidence intervals, which take a second or two. */
export function evaluateWithIntervals(plan: RunPlan, measurements: readonly Measurement[]): Evaluation {
  const evaluation = evaluatePredictions(plan, measurements);
  const found = intervalsOverSeeds([{ plan, measurements }]);
  return {
    ...evaluation,
    metrics: evaluation.metrics.map((metric, index) => {
      const { intervals, reason } = found[index]!;
      return { ...metric, intervals, ...(reason !== null && { withoutInterval: reason }) };
    }),
  };
}

/** One run of several that differ in their seed, with what it says of every image. */
export interface SeedRun {
  readonly plan: RunPlan;
  readonly measurements: readonly Measurement[];
}

/** The intervals of a number, or why there is none. */
interface Intervals {
  readonly intervals: readonly Interval[];
  readonly reason: string | null;
}

/** The intervals of every metric's mean over runs, in the order of the plan's metrics. */
export function intervalsOverSeeds(runs: readonly SeedRun[]): readonly Intervals[] {
  const [{ plan }] = runs as [SeedRun];
  const measures = runs.map((run) => measuresOf(run.plan, run.measurements));
  return measures[0]!.map((_, place) =>
    intervalsOf(
      plan,
      measures.map((own) => own[place]!),
    ),
  );
}

/**
 * By drawing patients, of the area of one run also by DeLong. At the edge of what a share or an area can be these have no
 * width, or too little: there patients are counted ({@link edgeInterval}).
 */
function intervalsOf(plan: RunPlan, runs: readonly HeadMeasure[]): Intervals {
  const value = meanOver(runs, ({ measured }) => measured);
  if (value === null) return { intervals: [], reason: null };
  const drawn = bootstrapInterval(runs, plan.train.seed);
  if (drawn === onePatient) return { intervals: [], reason: drawn };
  const isWanting = typeof drawn === 'string' || isAtEdge(drawn);
  const byError = runs.length === 1 ? delongOf(runs[0]!) : null;
  const needsCount = isWanting || (runs.length === 1 && runs[0]!.name === 'auc');
  const counted = byError !== null || !needsCount ? null : edgeInterval(runs, value);
  const isReplaced = typeof drawn === 'string' || (isWanting && (byError ?? counted) !== null);
  const intervals: readonly Interval[] = [
    ...(isReplaced ? [] : [{ method: 'bootstrap' as const, ...drawn }]),
    ...(byError === null ? [] : [byError]),
    ...(counted === null ? [] : [counted]),
  ];
  return { intervals, reason: intervals.length > 0 || typeof drawn !== 'string' ? null : drawn };
}

const onePatient = 'a single patient';

/**
 * The percentile interval of a measure, or of its mean over runs: patients are drawn with replacement, the same of all
 * runs and each with all of its images, for the images of a patient are not independent. The reason where there is none.
 */
function bootstrapInterval(
  runs: readonly HeadMeasure[],
  seed: number,
): { readonly low: number; readonly high: number } | string {
  const images = runs.map(({ measured }) => groupBy(measured, ({ patient }) => patient));
  const patients = [...images[0]!.keys()].filter((name) => images.every((groups) => groups.has(name)));
  if (patients.length < 2) return onePatient;
  // The same draws for every measure of the same images.
  const random = stream(seed, 'bootstrap');
  const values: number[] = [];
  for (let draw = 0; draw < draws; draw += 1) {
    const drawn = patients.map(() => patients[random.integer(patients.length)]!);
    const value = meanOver(runs, (_, run) => copies(drawn, images[run]!));
    if (value !== null) values.push(value);
  }
  if (values.length < 0.9 * draws) return 'undefined in more than a tenth of the draws of patients';
  const sorted = Float64Array.from(values).sort();
  const [low, high] = [quantile(sorted, 0.025), quantile(sorted, 0.975)];
  // Sums in another order differ in their last digits.
  return high - low <= 1e-12 * Math.abs(high) ? 'all draws of patients give one value' : { low, high };
}

/** Of some images of each run; null where one has no value. */
function meanOver(
  runs: readonly HeadMeasure[],
  members: (measure: HeadMeasure, run: number) => readonly Measurement[],
): number | null {
  const values = runs.map((measure, run) => measure.over(members(measure, run))).filter(isDefined);
  return values.length < runs.length ? null : values.reduce((sum, value) => sum + value, 0) / runs.length;
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

/** The area ± 1.96 errors; null where there is no error or the interval leaves 0 to 1, where no area can be normal. */
function delongOf({ head, name, question, measured }: HeadMeasure): Interval | null {
  if (name !== 'auc' || !head.trained || question === null) return null;
  const found = delong(
    measured.map((one) => {
      const { truth, score } = question.judgement(one)!;
      return { positive: truth === question.positive, score, cluster: one.patient };
    }),
  );
  if (found === null || found.error < 1e-12) return null;
  const reach = normalQuantile(0.975) * found.error;
  const ends = { low: found.auc - reach, high: found.auc + reach };
  return isAtEdge(ends) ? null : { method: 'delong', ...ends };
}
