import type { HeadPlan, RunPlan } from '../../compiler/index.ts';
import { groupBy } from '../data/group.ts';
import { type LabelMetric, labelMetrics } from './label-metrics.ts';
import { type MaskMetric, maskMetrics, pool } from './mask-metrics.ts';
import { type Measurement, outcomes } from './measure.ts';
import { deviation, isDefined, mean, type Value } from './value.ts';

/** The metrics of a run on held-out images, as plain data: what `cmrc evaluate --format json` prints. */
export interface Evaluation {
  readonly version: 1;
  readonly experiment: string;
  readonly images: number;
  readonly patients: number;
  /** The folds whose held-out images are in it. */
  readonly folds: readonly number[];
  readonly metrics: readonly MetricResult[];
  /** Per label head: images by true class (rows) and answer (columns). */
  readonly confusions: Readonly<
    Record<string, { readonly outcomes: readonly string[]; readonly counts: readonly (readonly number[])[] }>
  >;
}

export interface MetricResult {
  /** `segmentation.dsc`. */
  readonly path: string;
  readonly title: string;
  /** By the aggregation that the experiment asks for; null where undefined. */
  readonly value: number | null;
  /** Why there is no value. */
  readonly reason: string | null;
  /** Over all held-out images of all folds together. */
  readonly pooled: number | null;
  /** Of each fold by itself, in the order of `folds`, with their mean and sample deviation. */
  readonly perFold: {
    readonly values: readonly (number | null)[];
    readonly mean: number | null;
    readonly deviation: number | null;
  };
  /** Spread over the images or patients that the mean runs over; null for metrics that are no mean. */
  readonly spread: number | null;
  /** Pooled, by structure, where a head knows several. */
  readonly structures: Readonly<Record<string, number | null>>;
  readonly images: number;
  readonly patients: number;
  /** False for numbers that are given beside those that the experiment names. */
  readonly asked: boolean;
  /** What the publication reports under this path. */
  readonly reported: number | null;
  readonly contract: Contract;
}

/** What a number means: without it two numbers of one name cannot be compared. */
export interface Contract {
  readonly definition: string;
  /** The class that counts as positive, where that matters. */
  readonly positive: string | null;
  readonly aggregation: string;
  /** Null where no threshold is applied. */
  readonly threshold: number | null;
  readonly empty: string;
  /** The pixels that were compared; null for labels. */
  readonly grid: string | null;
  readonly caveat: string | null;
}

/** Computes the metrics that the plan asks for, and those that belong beside them. */
export function evaluatePredictions(plan: RunPlan, measurements: readonly Measurement[]): Evaluation {
  const metrics = plan.heads.flatMap((head) => {
    const asked = plan.evaluate.metrics[head.name] ?? [];
    return head.kind === 'mask'
      ? maskResults(plan, head, asked, measurements)
      : labelResults(plan, head, asked, measurements);
  });
  const confusions: Record<string, Evaluation['confusions'][string]> = {};
  for (const head of plan.heads) {
    if (head.kind === 'label') confusions[head.name] = confusionTable(plan, head, measurements);
  }
  return {
    version: 1,
    experiment: plan.experiment,
    images: measurements.length,
    patients: countPatients(measurements),
    folds: foldsOf(measurements),
    metrics,
    confusions,
  };
}

/** The values alone, by path: what the training events carry. */
export function metricValues(evaluation: Evaluation): Readonly<Record<string, number | null>> {
  return Object.fromEntries(evaluation.metrics.map(({ path, value }) => [path, value]));
}

function maskResults(
  plan: RunPlan,
  head: HeadPlan,
  asked: readonly string[],
  measurements: readonly Measurement[],
): readonly MetricResult[] {
  const table: Readonly<Record<string, MaskMetric>> = maskMetrics;
  const measured = measurements.filter(({ masks }) => masks[head.name] !== undefined);
  const structures = measured[0]?.masks[head.name]?.map((_, index) => index) ?? [];
  return named(table, asked).map((name) => {
    const metric = table[name]!;
    const samples = (members: readonly Measurement[], structure: number): readonly Value[] =>
      units(metric, members).map((unit) =>
        metric.measure(pool(unit.map(({ masks }) => masks[head.name]![structure]!))),
      );
    const measure = (members: readonly Measurement[]): Value =>
      mean(structures.map((structure) => mean(samples(members, structure))));
    const byStructure = structures.length < 2 ? [] : structures;
    return {
      ...result(plan, head, name, metric.title, asked.includes(name), measured, measure),
      spread: structures.length === 1 ? plain(deviation(samples(measured, 0))) : null,
      structures: Object.fromEntries(
        byStructure.map((structure) => [
          plan.data.structures[structure]!.name,
          plain(mean(samples(measured, structure))),
        ]),
      ),
      contract: {
        definition: metric.definition,
        positive: null,
        aggregation: `mean over ${metric.of}s${structures.length > 1 ? ', then over structures' : ''}; ${aggregation(plan)}`,
        threshold: metric.thresholded && head.encoding !== 'categorical' ? plan.evaluate.threshold : null,
        empty: metric.empty,
        grid: 'the original pixels of each image: the prediction is brought back before it is compared',
        caveat: metric.caveat ?? null,
      },
    };
  });
}

function labelResults(
  plan: RunPlan,
  head: HeadPlan,
  asked: readonly string[],
  measurements: readonly Measurement[],
): readonly MetricResult[] {
  const table: Readonly<Record<string, LabelMetric>> = labelMetrics;
  const measured = measurements.filter(({ labels }) => labels[head.name] !== undefined);
  const { names, positive } = outcomes(head, plan.data);
  return named(table, asked).map((name) => {
    const metric = table[name]!;
    const measure = (members: readonly Measurement[]): Value =>
      metric.measure(
        members.map(({ labels }) => labels[head.name]!),
        positive,
        names.length,
      );
    return {
      ...result(plan, head, name, metric.title, asked.includes(name), measured, measure),
      spread: null,
      structures: {},
      contract: {
        definition: metric.definition,
        // A single sigmoid over several classes can only tell the positive one from the others.
        positive: metric.positive || names.length < plan.data.classes.length ? plan.data.positive : null,
        aggregation: `over images; ${aggregation(plan)}`,
        threshold: metric.thresholded && names.length === 2 ? plan.evaluate.threshold : null,
        empty: metric.empty,
        grid: null,
        caveat: null,
      },
    };
  });
}

/** The names asked for that the table knows, each followed by what belongs beside it. */
function named(
  table: Readonly<Record<string, LabelMetric | MaskMetric>>,
  asked: readonly string[],
): readonly string[] {
  const wanted = asked.flatMap((name) => {
    const metric = table[name];
    if (metric === undefined) return [];
    return 'beside' in metric && metric.beside !== undefined ? [name, metric.beside] : [name];
  });
  return [...new Set(wanted)];
}

/** Single images, or all images of a patient. */
function units(
  metric: MaskMetric,
  measurements: readonly Measurement[],
): readonly (readonly Measurement[])[] {
  if (metric.of === 'image') return measurements.map((measurement) => [measurement]);
  return [...groupBy(measurements, ({ patient }) => patient).values()];
}

function result(
  plan: RunPlan,
  head: HeadPlan,
  name: string,
  title: string,
  asked: boolean,
  measured: readonly Measurement[],
  measure: (members: readonly Measurement[]) => Value,
): Omit<MetricResult, 'spread' | 'structures' | 'contract'> {
  const path = `${head.name}.${name}`;
  const pooled = measure(measured);
  const perFold = foldsOf(measured).map((fold) => measure(measured.filter((member) => member.fold === fold)));
  const value = plan.evaluate.aggregate === 'pooled' ? pooled : mean(perFold);
  return {
    path,
    title,
    value: plain(value),
    reason: isDefined(value) ? null : value.reason,
    pooled: plain(pooled),
    perFold: { values: perFold.map(plain), mean: plain(mean(perFold)), deviation: plain(deviation(perFold)) },
    images: measured.length,
    patients: countPatients(measured),
    asked,
    reported: plan.reported[path] ?? null,
  };
}

function aggregation(plan: RunPlan): string {
  return plan.evaluate.aggregate === 'pooled'
    ? 'the held-out images of all folds together'
    : 'mean of the folds';
}

function confusionTable(
  plan: RunPlan,
  head: HeadPlan,
  measurements: readonly Measurement[],
): Evaluation['confusions'][string] {
  const { names } = outcomes(head, plan.data);
  const counts = names.map(() => names.map(() => 0));
  for (const { labels } of measurements) {
    const judgement = labels[head.name];
    if (judgement !== undefined) counts[judgement.truth]![judgement.predicted]! += 1;
  }
  return { outcomes: names, counts };
}

function plain(value: Value): number | null {
  return isDefined(value) ? value : null;
}

function foldsOf(measurements: readonly Measurement[]): readonly number[] {
  return [...new Set(measurements.map(({ fold }) => fold))].sort((left, right) => left - right);
}

function countPatients(measurements: readonly Measurement[]): number {
  return new Set(measurements.map(({ patient }) => patient)).size;
}
