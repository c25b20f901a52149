import { labelSpace, metricPath, outcomes, type RunPlan } from '../../compiler/index.ts';
import type { MeasureAgreement } from '../heart/agreement.ts';
import { type HeadMeasure, judgementsOf, measuresOf } from './head-measures.ts';
import { type ReliabilityBin, reliability } from './label-metrics.ts';
import type { EmptyMasks } from './masks/empty-masks.ts';
import type { Measurement } from './measure.ts';
import { type Question, questionsOf } from './questions.ts';
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
  /**
   * Per label head: images by true class (rows) and answer (columns). Of several classes that may be true each by itself,
   * under `head.class`.
   */
  readonly confusions: Readonly<
    Record<string, { readonly outcomes: readonly string[]; readonly counts: readonly (readonly number[])[] }>
  >;
  /** The same way, where a class is positive: the reliability curve of its probability, by bins that hold images. */
  readonly reliability: Readonly<Record<string, readonly ReliabilityBin[]>>;
  /** Of an evaluation of a run: the epoch after which each fold's weights were taken. */
  readonly weights?: readonly {
    readonly fold: number;
    readonly epoch: number;
    /** The run and the SHA-256 of its file of weights; absent in files of older versions. */
    readonly of?: { readonly run: string; readonly weights: string };
  }[];
  /** Of an evaluation of a run: how measures of the heart, and the numbers of value heads, agree with those of the truth. */
  readonly measures?: readonly MeasureAgreement[];
  /** Patients whose hearts are not measured. */
  readonly unmeasured?: readonly { readonly patient: string; readonly reason: string }[];
  /** Of an evaluation of a run: the digest of its data, null where nothing is known of them, and accepted changes of them. */
  readonly data?: {
    readonly digest: string | null;
    readonly accepted: readonly string[];
    /** Patients of a quick trial. */
    readonly limit?: number;
  };
}

export interface MetricResult {
  /** `segmentation.dsc`; of one structure `segmentation.dsc.right_ventricle`. */
  readonly path: string;
  /** The structure, or class of several, that it is of; null for the mean over them, and where there is a single one. */
  readonly structure: string | null;
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
  /** Of the mean over several structures: their values, which have results of their own besides. */
  readonly structures: Readonly<Record<string, number | null>>;
  /** Of masks: how many of those compared were empty; null for labels. */
  readonly empty: EmptyMasks | null;
  /** Of the pooled value, at 95 %, the last being the one to show; none where they were not asked for or cannot be had. */
  readonly intervals: readonly Interval[];
  /** Why there is no interval, where they were asked for. */
  readonly withoutInterval?: string;
  readonly images: number;
  readonly patients: number;
  /** False for numbers that are given beside those that the experiment names. */
  readonly asked: boolean;
  /** What the publication reports under this path. */
  readonly reported: number | null;
  readonly contract: Contract;
}

/**
 * A confidence interval. `bootstrap` draws patients, not images; `delong` is for areas under the ROC curve. At the edge of
 * what a share or an area can be patients are counted: `wilson` of shares, `newcombe` of areas.
 */
export interface Interval {
  readonly method: 'bootstrap' | 'delong' | 'wilson' | 'newcombe';
  readonly low: number;
  readonly high: number;
}

/** What a number means: without it two numbers of one name cannot be compared. */
export interface Contract {
  readonly definition: string;
  /** `1` for shares, `mm`, `px` or `dB`; of values the unit of their attribute. */
  readonly unit: string;
  readonly better: 'higher' | 'lower';
  /** The class that counts as positive, where that matters. */
  readonly positive: string | null;
  readonly aggregation: string;
  /** Millimetres up to which borders count as equal; null where that does not matter. */
  readonly tolerance: number | null;
  /** Null where no threshold is applied. */
  readonly threshold: number | null;
  readonly empty: string;
  /** The pixels that were compared; null for labels. */
  readonly grid: string | null;
  readonly caveat: string | null;
}

/** Computes the metrics that the plan asks for, and those that belong beside them. */
export function evaluatePredictions(plan: RunPlan, measurements: readonly Measurement[]): Evaluation {
  const confusions: Record<string, Evaluation['confusions'][string]> = {};
  const curves: Record<string, readonly ReliabilityBin[]> = {};
  const measures = measuresOf(plan, measurements);
  for (const head of plan.heads) {
    if (head.kind !== 'label') continue;
    for (const question of questionsOf(head, plan.data)) {
      confusions[question.path] = confusionTable(question, measurements);
      if (question.positive < 0) continue;
      curves[question.path] = reliability(judgementsOf(question, measurements), question.positive);
    }
  }
  return {
    version: 1,
    experiment: plan.experiment,
    images: measurements.length,
    patients: countPatients(measurements),
    folds: foldsOf(measurements),
    metrics: measures.map((measure) => resultOf(plan, measure, measures)),
    confusions,
    reliability: curves,
  };
}

/** The values alone, by path: what the training events carry. */
export function metricValues(evaluation: Evaluation): Readonly<Record<string, number | null>> {
  return Object.fromEntries(evaluation.metrics.map(({ path, value }) => [path, value]));
}

function resultOf(plan: RunPlan, measure: HeadMeasure, all: readonly HeadMeasure[]): MetricResult {
  const { path, structure, facts, asked, measured, samples, empty, structures } = measure;
  const { value, pooled, perFold } = valuesOf(plan, measure);
  const valueBelow = (name: string) => {
    const own = all.find((other) => other.path === metricPath(measure.head.name, measure.name, name))!;
    return plain(valuesOf(plan, own).value);
  };
  const values = samples(measured);
  return {
    path,
    structure,
    title: facts.title,
    value: plain(value),
    reason: isDefined(value) ? null : value.reason,
    pooled: plain(pooled),
    perFold: { values: perFold.map(plain), mean: plain(mean(perFold)), deviation: plain(deviation(perFold)) },
    spread: values.length === 0 ? null : plain(deviation(values)),
    structures: Object.fromEntries(structures.map((name) => [name, valueBelow(name)])),
    empty: empty(measured),
    intervals: [],
    images: measured.length,
    patients: countPatients(measured),
    asked,
    reported: plan.reported[path] ?? null,
    contract: contractOf(plan, measure),
  };
}

/** A measure over all images, by fold, and by the aggregation that the plan asks for. */
function valuesOf(plan: RunPlan, { over, measured }: HeadMeasure) {
  const pooled = over(measured);
  const perFold = foldsOf(measured).map((fold) => over(measured.filter((member) => member.fold === fold)));
  return { pooled, perFold, value: plan.evaluate.aggregate === 'pooled' ? pooled : mean(perFold) };
}

function contractOf(plan: RunPlan, { head, facts, of, unit, structures, structure }: HeadMeasure): Contract {
  const { classes, positive, several } = labelSpace(head, plan.data);
  const { names } = outcomes(head, plan.data);
  // A single sigmoid over several classes can only tell the positive one from the others.
  const tellsPositive =
    head.kind === 'label' && !several && (facts.positive || names.length < classes.length);
  const over = head.kind === 'mask' ? `mean over ${of}s` : `over ${of}s`;
  const cut = head.kind === 'label' ? several || names.length === 2 : head.encoding !== 'categorical';
  return {
    definition: facts.definition,
    unit,
    better: facts.better,
    positive: several ? structure : tellsPositive ? positive : null,
    aggregation: `${over}${structures.length > 1 ? `, then over ${several ? 'classes' : 'structures'}` : ''}; ${aggregation(plan)}`,
    tolerance: facts.within === undefined ? null : (plan.evaluate.tolerance ?? null),
    threshold: facts.thresholded && cut ? plan.evaluate.threshold : null,
    empty: facts.empty,
    grid:
      head.kind !== 'mask'
        ? null
        : 'the original pixels of each image: the prediction is brought back before it is compared',
    caveat: facts.caveat ?? null,
  };
}

function aggregation(plan: RunPlan): string {
  return plan.evaluate.aggregate === 'pooled'
    ? 'the held-out images of all folds together'
    : 'mean of the folds';
}

/** Images by true class and answer. */
export function confusionTable(
  question: Question,
  measurements: readonly Measurement[],
): Evaluation['confusions'][string] {
  const { names } = question;
  const counts = names.map(() => names.map(() => 0));
  for (const { truth, predicted } of judgementsOf(question, measurements)) counts[truth]![predicted]! += 1;
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
