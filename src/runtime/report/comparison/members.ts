import type { Bag, RunPlan } from '../../../compiler/index.ts';
import { evaluatePredictions, type Interval, type MetricResult } from '../../metrics/evaluate.ts';
import { measuresOf } from '../../metrics/head-measures.ts';
import { intervalsOverSeeds } from '../../metrics/intervals.ts';
import { type EmptyMasks, sumEmpty } from '../../metrics/masks/empty-masks.ts';
import type { StoredCase } from '../../metrics/stored.ts';
import { isDefined } from '../../metrics/value.ts';
import { groupBy } from '../../random/group.ts';
import { progressOf } from '../../runs/journal/progress-of.ts';
import type { Run } from '../../runs/record/store.ts';
import { type FoldPredictions, readPredictions } from '../../runs/results/predictions.ts';
import type { KnownRuns } from '../../studies/known-runs.ts';
import { reseeded } from '../../studies/trials.ts';

/** One row of a comparison: an experiment with what its runs, one per seed, say about held-out images. */
export interface ComparedMember {
  readonly label: string;
  readonly plan: RunPlan;
  readonly runs: readonly ComparedRun[];
  /** Why there is nothing to compare; null when there is. */
  readonly missing: string | null;
}

/** A run whose folds are complete. */
export interface ComparedRun {
  readonly folder: string;
  readonly plan: RunPlan;
  readonly folds: readonly FoldPredictions[];
  /** Changes of its data that were accepted. */
  readonly accepted: readonly string[];
  readonly cases: readonly StoredCase[];
}

/**
 * Looks the runs of an experiment up among those that are there: of its own seed, and of those that follow, up to one that
 * is another row's own, as in a sweep over seeds.
 * @param rows the hashes of the plans of all rows
 */
export function findMember(
  label: string,
  plan: RunPlan,
  rows: ReadonlySet<string>,
  known: KnownRuns,
  bag: Bag,
): ComparedMember {
  const runs: ComparedRun[] = [];
  let missing: string | null = null;
  for (let offset = 0; ; offset += 1) {
    const seeded = reseeded(plan, offset);
    if (offset > 0 && rows.has(seeded.hash)) break;
    const { plan: own, run: found } = known.find(seeded, label);
    if (found === null) break;
    const run = completeRun(found, own, bag);
    if (typeof run === 'string') missing ??= run;
    else runs.push(run);
  }
  return { label, plan, runs, missing: runs.length > 0 ? null : (missing ?? 'not trained') };
}

/** The run with the predictions of all its folds, or why they are not all there. */
export function completeRun({ folder, record }: Run, plan: RunPlan, bag: Bag): ComparedRun | string {
  const progress = progressOf(folder, bag);
  const failure = progress.log.findLast((event) => event.type === 'failed');
  const folds: FoldPredictions[] = [];
  for (let fold = 1; fold <= plan.evaluate.folds.count; fold += 1) {
    const known = progress.folds.get(fold);
    const predictions = readPredictions(folder, fold, bag);
    const again = `\`cmrc evaluate ${folder}\``;
    // A journal that lost its lines does not speak against predictions that are whole.
    const whole = known === undefined && progress.damages.length > 0;
    if (known?.state !== 'finished' && !(predictions !== null && whole)) {
      if (failure?.type !== 'failed') return `fold ${fold} is not trained to its end`;
      return failure.code === 'CMR904' ? 'no valid result: training diverged' : `failed: ${failure.message}`;
    }
    if (predictions === null) return `fold ${fold} has no predictions: ${again}`;
    const end = known?.end ?? predictions.epoch;
    if (plan.train.keep === 'best' ? predictions.epoch > end : predictions.epoch !== end)
      return `fold ${fold} was trained to epoch ${end}, and its predictions are of epoch ${predictions.epoch}: ${again}`;
    folds.push(predictions);
  }
  if (new Set(folds.map(({ data }) => data)).size > 1)
    return `its folds are judged on different data: \`cmrc evaluate ${folder}\``;
  const accepted = (record.accepted ?? []).map(({ change }) => change);
  return { folder, plan, folds, accepted, cases: folds.flatMap(({ cases }) => cases) };
}

/** A number of a row. */
export interface ComparedValue {
  /** Mean over the seeds of what the contract asks for; null where undefined. */
  readonly value: number | null;
  readonly reason: string | null;
  /** Of masks: how many of those of all seeds were empty; null for labels. */
  readonly empty: EmptyMasks | null;
  /** Mean and sample deviation over the folds of all seeds. */
  readonly folds: {
    readonly values: readonly (number | null)[];
    readonly mean: number | null;
    readonly deviation: number | null;
  };
  /** 95 %, of the pooled value, by the method that suits it. */
  readonly interval: Interval | null;
  /** Why there is none. */
  readonly withoutInterval: string | null;
  readonly reported: number | null;
}

/** The values of a row, by metric path: of means, and of each structure. */
export function valuesOf(
  member: ComparedMember,
  reported: Readonly<Record<string, number>>,
): Readonly<Record<string, ComparedValue>> {
  const evaluations = member.runs.map(({ plan, cases }) => evaluatePredictions(plan, cases));
  const [first] = evaluations;
  if (first === undefined) return {};
  const intervals = intervalsOverSeeds(member.runs.map(({ plan, cases }) => ({ plan, measurements: cases })));
  return Object.fromEntries(
    first.metrics.map((metric, place) => {
      const own = evaluations.map(({ metrics }) => metrics.find(({ path }) => path === metric.path)!);
      const folds = own.flatMap(({ perFold }) => perFold.values);
      const { intervals: found, reason: withoutInterval } = intervals[place]!;
      return [
        metric.path,
        {
          value: meanOf(own.map(({ value }) => value)),
          reason: metric.reason,
          empty: emptyOf(own),
          folds: { values: folds, mean: meanOf(folds), deviation: deviationOf(folds) },
          interval: found.at(-1) ?? null,
          withoutInterval,
          reported: reported[metric.path] ?? null,
        },
      ];
    }),
  );
}

function emptyOf(own: readonly MetricResult[]): EmptyMasks | null {
  const [first, ...others] = own.flatMap(({ empty }) => empty ?? []);
  return first === undefined ? null : sumEmpty([first, ...others]);
}

/**
 * The value of a metric for every image by its name, or of values that are of patients for every patient; the mean over
 * seeds, and over structures where it is not of one.
 */
export function caseValues(
  member: ComparedMember,
  path: string,
): ReadonlyMap<string, { readonly value: number; readonly patient: string }> {
  const sums = new Map<string, { sum: number; count: number; patient: string }>();
  for (const { plan, cases } of member.runs) {
    const measure = measuresOf(plan, cases).find((known) => known.path === path);
    if (measure === undefined) continue;
    const isOfPatients = measure.head.kind === 'value' && measure.of === 'patient';
    const units = groupBy(measure.measured, ({ id, patient }) => (isOfPatients ? patient : id));
    for (const [name, own] of units) {
      const value = measure.over(own);
      if (!isDefined(value)) continue;
      const { patient } = own[0]!;
      const before = sums.get(name) ?? { sum: 0, count: 0, patient };
      sums.set(name, { sum: before.sum + value, count: before.count + 1, patient });
    }
  }
  return new Map([...sums].map(([id, { sum, count, patient }]) => [id, { value: sum / count, patient }]));
}

function meanOf(values: readonly (number | null)[]): number | null {
  if (values.length === 0 || values.includes(null)) return null;
  return (values as readonly number[]).reduce((sum, value) => sum + value, 0) / values.length;
}

function deviationOf(values: readonly (number | null)[]): number | null {
  const centre = meanOf(values);
  if (centre === null || values.length < 2) return null;
  const squares = (values as readonly number[]).reduce((sum, value) => sum + (value - centre) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1));
}
