import {
  type HeadPlan,
  type MetricFacts,
  type MetricNameOf,
  metricFacts,
  type RunPlan,
} from '../../compiler/index.ts';
import type { MeasureAgreement } from '../heart/agreement.ts';
import { groupBy } from '../random/group.ts';
import { labelMeasures, type ReliabilityBin, reliability } from './label-metrics.ts';
import { lengthUnit, maskMeasures, pool } from './mask-metrics.ts';
import { type Measurement, outcomes } from './measure.ts';
import { noValues } from './untrained.ts';
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
  /** Per label head: the reliability curve of the positive class's probability, by bins that hold images. */
  readonly reliability: Readonly<Record<string, readonly ReliabilityBin[]>>;
  /** Of an evaluation of a run: the epoch after which each fold's weights were taken. */
  readonly weights?: readonly { readonly fold: number; readonly epoch: number }[];
  /** Of an evaluation of a run with masks: how measures of the heart agree with those of the truth's masks. */
  readonly measures?: readonly MeasureAgreement[];
  /** Patients whose hearts are not measured. */
  readonly unmeasured?: readonly { readonly patient: string; readonly reason: string }[];
  /** Of an evaluation of a run: the digest of its data, null where nothing is known of them, and accepted changes of them. */
  readonly data?: { readonly digest: string | null; readonly accepted: readonly string[] };
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
  /** Of the pooled value, at 95 %; none where they were not asked for or cannot be had. */
  readonly intervals: readonly Interval[];
  readonly images: number;
  readonly patients: number;
  /** False for numbers that are given beside those that the experiment names. */
  readonly asked: boolean;
  /** What the publication reports under this path. */
  readonly reported: number | null;
  readonly contract: Contract;
}

/** A confidence interval. `bootstrap` draws patients, not images; `delong` is for areas under the ROC curve. */
export interface Interval {
  readonly method: 'bootstrap' | 'delong';
  readonly low: number;
  readonly high: number;
}

/** What a number means: without it two numbers of one name cannot be compared. */
export interface Contract {
  readonly definition: string;
  /** `1` for shares, `mm`, `px` or `dB`. */
  readonly unit: string;
  readonly better: 'higher' | 'lower';
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
  const confusions: Record<string, Evaluation['confusions'][string]> = {};
  const curves: Record<string, readonly ReliabilityBin[]> = {};
  for (const head of plan.heads) {
    if (head.kind !== 'label') continue;
    confusions[head.name] = confusionTable(plan, head, measurements);
    curves[head.name] = reliability(judgementsOf(head, measurements), outcomes(head, plan.data).positive);
  }
  return {
    version: 1,
    experiment: plan.experiment,
    images: measurements.length,
    patients: countPatients(measurements),
    folds: foldsOf(measurements),
    metrics: measuresOf(plan, measurements).map((measure) => resultOf(plan, measure)),
    confusions,
    reliability: curves,
  };
}

/** One metric of one head, ready to be computed over any of the measured images. */
export interface HeadMeasure {
  readonly head: HeadPlan;
  readonly name: string;
  readonly facts: MetricFacts;
  readonly asked: boolean;
  /** The images that the head was measured on. */
  readonly measured: readonly Measurement[];
  /** `mm` or `px` of a distance, else `1` or `dB`. */
  readonly unit: string;
  over(members: readonly Measurement[]): Value;
  /** Of a mask: the value of each image or patient, of one structure. */
  samples(members: readonly Measurement[], structure: number): readonly Value[];
  /** Indices of structures; none for labels. */
  readonly structures: readonly number[];
}

/** The metrics that the plan asks for, each followed by what belongs beside it. */
export function measuresOf(plan: RunPlan, measurements: readonly Measurement[]): readonly HeadMeasure[] {
  return plan.heads.flatMap((head) => {
    const asked = plan.evaluate.metrics[head.name] ?? [];
    return named(head, asked).map(([name, facts]) => {
      const measure =
        head.kind === 'mask'
          ? maskMeasure(head, name as MetricNameOf<'mask'>, facts, asked.includes(name), measurements)
          : labelMeasure(
              plan,
              head,
              name as MetricNameOf<'label'>,
              facts,
              asked.includes(name),
              measurements,
            );
      return head.trained ? measure : { ...measure, ...noValues };
    });
  });
}

/** The values alone, by path: what the training events carry. */
export function metricValues(evaluation: Evaluation): Readonly<Record<string, number | null>> {
  return Object.fromEntries(evaluation.metrics.map(({ path, value }) => [path, value]));
}

function maskMeasure(
  head: HeadPlan,
  name: MetricNameOf<'mask'>,
  facts: MetricFacts,
  asked: boolean,
  measurements: readonly Measurement[],
): HeadMeasure {
  const measured = measurements.filter(({ masks }) => masks[head.name] !== undefined);
  const structures = measured[0]?.masks[head.name]?.map((_, index) => index) ?? [];
  const length = lengthUnit(measured.flatMap(({ masks }) => masks[head.name]!));
  const samples = (members: readonly Measurement[], structure: number): readonly Value[] =>
    units(facts, members).map((unit) =>
      maskMeasures[name](pool(unit.map(({ masks }) => masks[head.name]![structure]!)), length),
    );
  return {
    head,
    name,
    facts,
    asked,
    measured,
    unit: facts.unit === 'distance' ? length : facts.unit === 'ratio' ? '1' : facts.unit,
    over: (members) => mean(structures.map((structure) => mean(samples(members, structure)))),
    samples,
    structures,
  };
}

function labelMeasure(
  plan: RunPlan,
  head: HeadPlan,
  name: MetricNameOf<'label'>,
  facts: MetricFacts,
  asked: boolean,
  measurements: readonly Measurement[],
): HeadMeasure {
  const { names, positive } = outcomes(head, plan.data);
  return {
    head,
    name,
    facts,
    asked,
    measured: measurements.filter(({ labels }) => labels[head.name] !== undefined),
    unit: '1',
    over: (members) => labelMeasures[name](judgementsOf(head, members), positive, names.length),
    samples: () => [],
    structures: [],
  };
}

function judgementsOf(head: HeadPlan, members: readonly Measurement[]) {
  return members.flatMap(({ labels }) => labels[head.name] ?? []);
}

/** The metrics asked for that exist, each followed by what belongs beside it. */
function named(head: HeadPlan, asked: readonly string[]): readonly (readonly [string, MetricFacts])[] {
  const known = asked.flatMap((name) => {
    const facts = metricFacts(name);
    return facts?.head !== head.kind ? [] : facts.beside === undefined ? [name] : [name, facts.beside];
  });
  return [...new Set(known)].map((name) => [name, metricFacts(name)!]);
}

/** Single images, or all images of a patient. */
function units(
  { of }: MetricFacts,
  measurements: readonly Measurement[],
): readonly (readonly Measurement[])[] {
  if (of === 'image') return measurements.map((measurement) => [measurement]);
  return [...groupBy(measurements, ({ patient }) => patient).values()];
}

function resultOf(plan: RunPlan, measure: HeadMeasure): MetricResult {
  const { head, name, facts, asked, measured, over, samples, structures } = measure;
  const path = `${head.name}.${name}`;
  const pooled = over(measured);
  const perFold = foldsOf(measured).map((fold) => over(measured.filter((member) => member.fold === fold)));
  const value = plan.evaluate.aggregate === 'pooled' ? pooled : mean(perFold);
  const byStructure = structures.length < 2 ? [] : structures;
  return {
    path,
    title: facts.title,
    value: plain(value),
    reason: isDefined(value) ? null : value.reason,
    pooled: plain(pooled),
    perFold: { values: perFold.map(plain), mean: plain(mean(perFold)), deviation: plain(deviation(perFold)) },
    spread: structures.length === 1 ? plain(deviation(samples(measured, 0))) : null,
    structures: Object.fromEntries(
      byStructure.map((structure) => [
        plan.data.structures[structure]!.name,
        plain(mean(samples(measured, structure))),
      ]),
    ),
    intervals: [],
    images: measured.length,
    patients: countPatients(measured),
    asked,
    reported: plan.reported[path] ?? null,
    contract: contractOf(plan, measure),
  };
}

function contractOf(plan: RunPlan, { head, facts, unit, structures }: HeadMeasure): Contract {
  const { classes, positive } = plan.data;
  const { names } = outcomes(head, plan.data);
  // A single sigmoid over several classes can only tell the positive one from the others.
  const tellsPositive = head.kind === 'label' && (facts.positive || names.length < classes.length);
  const over = head.kind === 'label' ? 'over images' : `mean over ${facts.of}s`;
  const cut = head.kind === 'label' ? names.length === 2 : head.encoding !== 'categorical';
  return {
    definition: facts.definition,
    unit,
    better: facts.better,
    positive: tellsPositive ? positive : null,
    aggregation: `${over}${structures.length > 1 ? ', then over structures' : ''}; ${aggregation(plan)}`,
    threshold: facts.thresholded && cut ? plan.evaluate.threshold : null,
    empty: facts.empty,
    grid:
      head.kind === 'label'
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
