import {
  type HeadPlan,
  type MetricFacts,
  type MetricNameOf,
  metricFacts,
  metricPath,
  type RunPlan,
  structuresOf,
} from '../../compiler/index.ts';
import { groupBy } from '../random/group.ts';
import { type Judgement, labelMeasures } from './label-metrics.ts';
import { countEmpty, type EmptyMasks, sumEmpty } from './masks/empty-masks.ts';
import { lengthUnit, maskMeasures as measureOfMask, type Overlap, pool } from './masks/mask-metrics.ts';
import { type Measurement, outcomes } from './measure.ts';
import { noValues } from './untrained.ts';
import { mean, type Value } from './value.ts';

/** One metric of one head, or of one of its structures, ready to be computed over any of the measured images. */
export interface HeadMeasure {
  readonly path: string;
  readonly head: HeadPlan;
  readonly name: string;
  /** The structure that it is of; null for the mean over several, for a single one, and for labels. */
  readonly structure: string | null;
  readonly facts: MetricFacts;
  readonly asked: boolean;
  /** The images that the head was measured on. */
  readonly measured: readonly Measurement[];
  /** `mm` or `px` of a distance, else `1` or `dB`. */
  readonly unit: string;
  over(members: readonly Measurement[]): Value;
  /** Of a single structure: the value of each image or patient; none for labels and means over structures. */
  samples(members: readonly Measurement[]): readonly Value[];
  /** How many masks are empty; null for labels. */
  empty(members: readonly Measurement[]): EmptyMasks | null;
  /** The structures that it is the mean of; none where it is of one, and for labels. */
  readonly structures: readonly string[];
}

/** The metrics that the plan asks for, each followed by its structures and by what belongs beside it. */
export function measuresOf(plan: RunPlan, measurements: readonly Measurement[]): readonly HeadMeasure[] {
  return plan.heads.flatMap((head) => {
    const asked = plan.evaluate.metrics[head.name] ?? [];
    return named(head, asked).flatMap(([name, facts]) => {
      const known = { head, facts, asked: asked.includes(name) };
      const measures =
        head.kind === 'mask'
          ? maskMeasures(plan, { ...known, name: name as MetricNameOf<'mask'> }, measurements)
          : [labelMeasure(plan, { ...known, name: name as MetricNameOf<'label'> }, measurements)];
      return head.trained ? measures : measures.map((measure) => ({ ...measure, ...noValues }));
    });
  });
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
  };
  const masksOf = (members: readonly Measurement[], structure: number): readonly Overlap[] =>
    units(facts, members).map((unit) => pool(unit.map(({ masks }) => masks[head.name]![structure]!)));
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

function labelMeasure(
  plan: RunPlan,
  known: Known<MetricNameOf<'label'>>,
  measurements: readonly Measurement[],
): HeadMeasure {
  const { head, name } = known;
  const { names, positive } = outcomes(head, plan.data);
  return {
    ...known,
    path: metricPath(head.name, name),
    structure: null,
    measured: measurements.filter(({ labels }) => labels[head.name] !== undefined),
    unit: '1',
    over: (members) => labelMeasures[name](judgementsOf(head, members), positive, names.length),
    samples: () => [],
    empty: () => null,
    structures: [],
  };
}

/** What a label head answers of each image that has a label. */
export function judgementsOf(head: HeadPlan, members: readonly Measurement[]): readonly Judgement[] {
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
