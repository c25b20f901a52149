import {
  type Ablation,
  ablationText,
  type Bag,
  type Compilation,
  type CompiledCompare,
  type CompiledSweep,
  type ReportPlan,
  type SourceFile,
  type Span,
} from '../../src/compiler/index.ts';
import type { StudyRequest } from '../../src/runtime/index.ts';
import { choose, compileForReading, type Experiment, soundExperiments } from './selection.ts';

/** A sweep or a comparison of a spec: experiments that are looked at side by side. */
export interface Study {
  readonly name: string;
  readonly kind: 'sweep' | 'comparison';
  /** In the order written; a table has a row for each. */
  readonly members: readonly Experiment[];
  /** What tells the members apart: `serial_rates = [2, 2, 2]`, or their names. */
  readonly labels: readonly string[];
  readonly reports: readonly ReportPlan[];
  /** In what the members differ, proven by comparing what they are resolved to. */
  readonly ablation: Ablation;
  /** What is published of each member itself, not of what it is derived from. */
  readonly reported: readonly Readonly<Record<string, number>>[];
  /** What the spec says the study is, such as `Tabs. 2 and 3` of a paper; null where it says nothing. */
  readonly source: string | null;
  /** The values of the last axis by member, for plots; null for a comparison. */
  readonly sweep: CompiledSweep | null;
}

export interface StudyOptions {
  readonly sweep?: string;
  readonly compare?: string;
  /** Overrides of the spec. */
  readonly set?: readonly string[];
}

/** The study named, or all of a spec that is read for what was trained of it. Null, with the reason in the bag, without. */
export function studiesForReading(
  file: string,
  options: StudyOptions,
  bag: Bag,
  sources: Map<string, SourceFile>,
): readonly Study[] | null {
  const compilation = compileForReading(file, options.set ?? [], bag, sources);
  return compilation === null ? null : chooseStudies(compilation, file, options, bag);
}

/** The study named, or all of a spec. Null, with the reason in the bag, when there is none. */
export function chooseStudies(
  compilation: Compilation,
  path: string,
  { sweep, compare }: StudyOptions,
  bag: Bag,
): readonly Study[] | null {
  const experiments = soundExperiments(compilation);
  const source = ({ name }: { readonly name: string }) =>
    compilation.provenance.find((one) => one.kind === 'paper' && one.path === name)?.source ?? null;
  const sweeps = compilation.sweeps.map((one) => sweepStudy(one, experiments, source(one)));
  const compares = compilation.compares.map((one) => compareStudy(one, experiments, source(one)));
  if (sweep !== undefined || compare !== undefined) {
    const chosen = [
      ...(sweep === undefined ? [] : [choose(sweeps, 'sweep', path, sweep, bag)]),
      ...(compare === undefined ? [] : [choose(compares, 'comparison', path, compare, bag)]),
    ];
    return chosen.some((one) => one === null) ? null : (chosen as Study[]);
  }
  const all = [...sweeps, ...compares];
  if (all.length > 0) return all;
  choose(all, 'sweep', path, undefined, bag);
  return null;
}

function sweepStudy(sweep: CompiledSweep, experiments: readonly Experiment[], source: string | null): Study {
  const members = sweep.cells.map((cell) => experiments.find(({ name }) => name === cell)!);
  const paths = sweep.axes.flatMap(({ paths }) => paths).filter((path) => !path.startsWith('reported.'));
  return {
    name: sweep.name,
    kind: 'sweep',
    members,
    labels: members.map(({ overrides, name }) => {
      const varied = paths.flatMap((path) =>
        overrides.filter((one) => one.startsWith(`${path} = `)).slice(-1),
      );
      return varied.length === 0 ? name : varied.map((one) => one.replace(/^(model|train)\./, '')).join(', ');
    }),
    reports: sweep.reports,
    ablation: sweep.ablation!,
    reported: members.map((member) => ownReports(member, experiments)),
    source,
    sweep,
  };
}

function compareStudy(
  { name, members, reports, ablation }: CompiledCompare,
  experiments: readonly Experiment[],
  source: string | null,
): Study {
  const experimentsOfStudy = members.flatMap(
    (member) => experiments.find((one) => one.name === member) ?? [],
  );
  return {
    name,
    kind: 'comparison',
    members: experimentsOfStudy,
    labels: experimentsOfStudy.map((member) => member.name),
    reports,
    ablation: ablation!,
    reported: experimentsOfStudy.map((member) => ownReports(member, experiments)),
    source,
    sweep: null,
  };
}

/**
 * Published values belong to what states them. A cell or variant that merely inherits them is another network, unless it
 * is the same run as the experiment that states them.
 */
function ownReports(
  { plan, kind, overrides }: Experiment,
  experiments: readonly Experiment[],
): Readonly<Record<string, number>> {
  const origin = experiments.find((one) => one.kind === 'experiment' && one.plan.hash === plan.hash);
  if (kind === 'experiment' || origin !== undefined) return plan.reported;
  const stated = ([metric]: [string, number]) =>
    overrides.some((change) => change.startsWith(`reported.${metric} = `));
  return Object.fromEntries(Object.entries(plan.reported).filter(stated));
}

/** A study as a comparison or report takes it. */
export function requestOf(study: Study): StudyRequest {
  const { name, members, labels, reported, reports, ablation, source, sweep } = study;
  const by = reports.find((report) => report.by !== undefined)?.by;
  const axis = sweep?.axes.find(({ paths }) => by !== undefined && paths.includes(by));
  const variedTo = ({ overrides }: Experiment) =>
    overrides.findLast((one) => one.startsWith(`${by} = `))?.slice(`${by} = `.length) ?? '';
  return {
    name,
    about: [
      ...(source === null ? [] : [`of the paper: ${source}`]),
      `the rows differ in ${ablationText(ablation)}`,
    ],
    rows: members.map(({ plan, unpublished }, index) => ({
      label: labels[index]!,
      plan,
      reported: reported[index]!,
      unpublished,
    })),
    metrics: [...new Set(reports.flatMap(({ metrics }) => metrics))],
    reports,
    varied: by === undefined || axis === undefined ? null : { path: by, values: members.map(variedTo) },
  };
}

/** The tightest budget of a study's members, in milliseconds and bytes; null where there is none. */
export function budgetOf({ members }: Study): { readonly ms: Limit | null; readonly bytes: Limit | null } {
  const tightest = (kind: 'hours' | 'memory', unit: number): Limit | null => {
    const limits = members.flatMap(({ budget }) => {
      const value = budget[kind];
      return value === null ? [] : [{ amount: value * unit, at: budget.at[kind] }];
    });
    return limits.sort((left, right) => left.amount - right.amount)[0] ?? null;
  };
  return { ms: tightest('hours', 3_600_000), bytes: tightest('memory', 1e6) };
}

interface Limit {
  readonly amount: number;
  readonly at: Span;
}
