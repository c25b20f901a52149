import {
  type HeadPlan,
  type MetricFacts,
  type MetricNameOf,
  metricFacts,
  metricPath,
  type RunPlan,
  structuresOf,
  valueAttribute,
} from '../../compiler/index.ts';
import { groupBy } from '../random/group.ts';
import { type Judgement, labelMeasures } from './label-metrics.ts';
import { countEmpty, type EmptyMasks, sumEmpty } from './masks/empty-masks.ts';
import { lengthUnit, maskMeasures as measureOfMask, type Overlap, pool } from './masks/mask-metrics.ts';
import type { Measurement } from './measure.ts';
import { type Question, questionsOf } from './questions.ts';
import { noValues } from './untrained.ts';
import { mean, type Value } from './value.ts';
import { type Estimate, meanEstimate, measureValues } from './value-metrics.ts';

/** One metric of one head, or of one of its structures or classes, ready to be computed over any of the measured images. */
export interface HeadMeasure {
  readonly path: string;
  readonly head: HeadPlan;
  readonly name: string;
  /** The structure, or class of several, that it is of; null for the mean over them, and where there is a single one. */
  readonly structure: string | null;
  readonly facts: MetricFacts;
  readonly asked: boolean;
  /** The images that the head was measured on. */
  readonly measured: readonly Measurement[];
  /** `mm` or `px` of a distance, of an error of values the unit of their attribute, else `1` or `dB`. */
  readonly unit: string;
  /** What the mean, or the count, runs over. */
  readonly of: 'image' | 'patient';
  /** Of labels: what was asked; null of others, and of the mean over several questions. */
  readonly question: Question | null;
  over(members: readonly Measurement[]): Value;
  /** Of a single structure: the value of each image or patient; none for labels, values and means over structures. */
  samples(members: readonly Measurement[]): readonly Value[];
  /** How many masks are empty; null for others. */
  empty(members: readonly Measurement[]): EmptyMasks | null;
  /** The structures, or classes of several, that it is the mean of; none where it is of one. */
  readonly structures: readonly string[];
}

/** The metrics that the plan asks for, each followed by its structures and by what belongs beside it. */
export function measuresOf(plan: RunPlan, measurements: readonly Measurement[]): readonly HeadMeasure[] {
  return plan.heads.flatMap((head) => {
    const asked = plan.evaluate.metrics[head.name] ?? [];
    return named(head, asked).flatMap(([name, facts]) => {
      const known = { head, facts, asked: asked.includes(name) };
      const measures = measuresOfKind(plan, { ...known, name }, measurements);
      return head.trained ? measures : measures.map((measure) => ({ ...measure, ...noValues }));
    });
  });
}

function measuresOfKind(
  plan: RunPlan,
  known: Known<string>,
  measurements: readonly Measurement[],
): readonly HeadMeasure[] {
  switch (known.head.kind) {
    case 'mask':
      return maskMeasures(plan, known as Known<MetricNameOf<'mask'>>, measurements);
    case 'label':
      return labelMeasuresOf(plan, known as Known<MetricNameOf<'label'>>, measurements);
    case 'value':
      return [valueMeasure(plan, known as Known<MetricNameOf<'value'>>, measurements)];
  }
}

type Known<Name> = Pick<HeadMeasure, 'head' | 'facts' | 'asked'> & { readonly name: Name };

/** A metric of masks; where there are several structures, the mean over them and then each. */
function maskMeasures(
  plan: RunPlan,
  known: Known<MetricNameOf<'mask'>>,
  measurements: readonly Measurement[],
): readonly HeadMeasure[] {
  const { head, name, facts } = known;
  const measured = measurements.filter(({ masks }) => masks[head.name] !== undefined);
  const length = lengthUnit(measured.flatMap(({ masks }) => masks[head.name]!));
  const common = {
    ...known,
    measured,
    unit: facts.unit === 'distance' ? length : facts.unit === 'ratio' ? '1' : facts.unit,
    of: facts.of,
    question: null,
  };
  const masksOf = (members: readonly Measurement[], structure: number): readonly Overlap[] =>
    units(facts.of, members).map((unit) => pool(unit.map(({ masks }) => masks[head.name]![structure]!)));
  const ofOne = (structure: number, named: string | null): HeadMeasure => {
    const samples = (members: readonly Measurement[]) =>
      masksOf(members, structure).map((overlap) =>
        measureOfMask[name](overlap, length, plan.evaluate.tolerance ?? null),
      );
    return {
      ...common,
      path: metricPath(head.name, name, named),
      structure: named,
      over: (members) => mean(samples(members)),
      samples,
      empty: (members) => countEmpty(facts.of, masksOf(members, structure)),
      structures: [],
    };
  };
  const structures = structuresOf(head, plan.data);
  if (structures.length === 0) return [ofOne(0, null)];
  const [first, ...others] = structures.map((structure, index) => ofOne(index, structure));
  const each = [first!, ...others] as const;
  const together: HeadMeasure = {
    ...common,
    path: metricPath(head.name, name),
    structure: null,
    over: (members) => mean(each.map(({ over }) => over(members))),
    samples: () => [],
    empty: (members) => sumEmpty([first!.empty(members)!, ...others.map(({ empty }) => empty(members)!)]),
    structures,
  };
  return [together, ...each];
}

/** A metric of labels; where several classes may be true, the mean over them and then each. */
function labelMeasuresOf(
  plan: RunPlan,
  known: Known<MetricNameOf<'label'>>,
  measurements: readonly Measurement[],
): readonly HeadMeasure[] {
  const { head, name } = known;
  const common = { ...known, unit: '1', of: 'image' as const, samples: () => [], empty: () => null };
  const each = questionsOf(head, plan.data).map((question): HeadMeasure => {
    const { part, positive, names, judgement } = question;
    return {
      ...common,
      path: metricPath(head.name, name, part),
      structure: part,
      question,
      measured: measurements.filter((one) => judgement(one) !== undefined),
      over: (members) => labelMeasures[name](judgementsOf(question, members), positive, names.length),
      structures: [],
    };
  });
  const [first] = each;
  if (first === undefined || first.structure === null) return each;
  const together: HeadMeasure = {
    ...common,
    path: metricPath(head.name, name),
    structure: null,
    question: null,
    measured: first.measured,
    over: (members) => mean(each.map(({ over }) => over(members))),
    structures: each.map(({ structure }) => structure!),
  };
  return [together, ...each];
}

/** What a label head answers of each image that has a label. */
export function judgementsOf(
  { judgement }: Pick<Question, 'judgement'>,
  members: readonly Measurement[],
): readonly Judgement[] {
  return members.flatMap((one) => judgement(one) ?? []);
}

/** A metric of values over images, or over the means of patients' images. */
function valueMeasure(
  plan: RunPlan,
  known: Known<MetricNameOf<'value'>>,
  measurements: readonly Measurement[],
): HeadMeasure {
  const { head, name, facts } = known;
  const { unit, of } = valueAttribute(head, plan.data);
  const estimate = ({ values }: Measurement): Estimate => values![head.name]!;
  return {
    ...known,
    path: metricPath(head.name, name),
    structure: null,
    measured: measurements.filter(({ values }) => values?.[head.name] !== undefined),
    unit: facts.unit === 'value' ? unit : '1',
    of,
    question: null,
    over: (members) =>
      measureValues(
        name,
        units(of, members).map((own) => meanEstimate(own.map(estimate))),
      ),
    samples: () => [],
    empty: () => null,
    structures: [],
  };
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
  of: MetricFacts['of'],
  measurements: readonly Measurement[],
): readonly (readonly Measurement[])[] {
  if (of === 'image') return measurements.map((measurement) => [measurement]);
  return [...groupBy(measurements, ({ patient }) => patient).values()];
}
