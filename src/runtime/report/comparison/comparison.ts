import {
  type Bag,
  type Margins,
  metricFacts,
  partsOfMetric,
  type RunPlan,
  usualMargins,
  valueAttribute,
} from '../../../compiler/index.ts';
import { holm } from '../../statistics/paired.ts';
import { KnownRuns } from '../../studies/known-runs.ts';
import { type RowAgreement, rowAgreements } from './agreement.ts';
import { type Column, columnOf, isOfStructure } from './columns.ts';
import { maskNotes } from './mask-notes.ts';
import { type ComparedMember, type ComparedValue, findMember, valuesOf } from './members.ts';
import { counterpartOf, notesOf } from './notes.ts';
import { type ComparisonTest, comparePair } from './pairs.ts';

/** A table of rows and metrics with what can be said about their differences. */
export interface Comparison {
  readonly version: 1;
  /** The sweep or comparison, or `runs`. */
  readonly study: string;
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
  readonly tests: readonly ComparisonTest[];
  /** How measures of the heart agree with those of the truth, of rows that have such; absent where none has. */
  readonly agreements?: readonly RowAgreement[];
  /** What a reader has to know. */
  readonly notes: readonly string[];
}

export interface Row {
  readonly label: string;
  readonly runs: readonly string[];
  /** Why the row is empty. */
  readonly missing: string | null;
  readonly values: Readonly<Record<string, ComparedValue>>;
  /** Metrics in which this row is better than every other: significantly, and in every fold. */
  readonly best: readonly string[];
}

/** A row that is asked for. */
export interface RowRequest {
  readonly label: string;
  readonly plan: RunPlan;
  /** What is published of this very row. */
  readonly reported: Readonly<Record<string, number>>;
  /** Why nothing is published of it, by metric path. */
  readonly unpublished?: Readonly<Record<string, string>>;
}

const level = 0.05;

/** Compares what was trained of the rows in a folder, in the metrics given, or in all that the first row measures. */
export function compareRows(
  study: string,
  requests: readonly RowRequest[],
  metrics: readonly string[],
  parent: string,
  bag: Bag,
  acceptData = false,
): { readonly comparison: Comparison; readonly members: readonly ComparedMember[] } {
  const known = new KnownRuns(parent, { acceptData, bag });
  const rows = new Set(requests.map(({ plan }) => plan.hash));
  const members = requests.map(({ label, plan }) => findMember(label, plan, rows, known, bag));
  const reported = requests.map((request) => request.reported);
  const comparison = compareMembers(study, members, reported, metrics);
  const notes = [...comparison.notes, ...unpublishedNotes(requests)];
  return { comparison: { ...comparison, notes }, members };
}

/** `` published of `serial_rates = [6, 12, 18]`: invalid `` */
function unpublishedNotes(requests: readonly RowRequest[]): readonly string[] {
  return requests.flatMap(({ label, unpublished = {} }) => {
    const reasons = [...new Set(Object.values(unpublished))];
    return reasons.length === 0 ? [] : [`published of \`${label}\`: ${reasons.join('; ')}`];
  });
}

export function compareMembers(
  study: string,
  members: readonly ComparedMember[],
  reported: readonly Readonly<Record<string, number>>[],
  metrics: readonly string[],
): Comparison {
  const values = members.map((member, index) => valuesOf(member, reported[index] ?? {}));
  const measured = new Set(values.flatMap((row) => Object.keys(row)));
  const paths = metrics.length > 0 ? metrics : [...measured].filter((path) => !isOfStructure(path));
  const columns = paths.flatMap((path) => columnOf(path, members));
  const tests = columns.flatMap((column) => testsOf(column, members));
  const agreements = rowAgreements(members);
  return {
    version: 1,
    study,
    columns,
    rows: members.map(({ label, runs, missing }, index) => ({
      label,
      runs: runs.map(({ folder }) => folder),
      missing,
      values: values[index]!,
      best: columns.filter((column) => isBest(column, index, members, values, tests)).map(({ path }) => path),
    })),
    tests,
    ...(agreements.length > 0 && { agreements }),
    notes: [...notesOf(members, values, columns, tests), ...maskNotes(members, columns, values)],
  };
}

/** What makes no practical difference in a unit; half a decibel, for nobody sets that; of values what their attribute says. */
function marginOf({ path, unit }: Column, plan: RunPlan | undefined): number {
  const margins: Margins = plan?.evaluate.margins ?? usualMargins;
  const { head: name, metric } = partsOfMetric(path);
  const head = plan?.heads.find((known) => known.name === name);
  if (metricFacts(metric)?.unit === 'value' && head !== undefined) {
    return valueAttribute(head, plan!.data).margin;
  }
  return unit === '1' ? margins.share : unit === 'dB' ? 0.5 : margins.distance;
}

function testsOf(column: Column, members: readonly ComparedMember[]): readonly ComparisonTest[] {
  const { path } = column;
  const margin = marginOf(column, members[0]?.plan);
  const found: Omit<ComparisonTest, 'corrected' | 'correction'>[] = [];
  for (let one = 0; one < members.length; one += 1) {
    for (let other = one + 1; other < members.length; other += 1) {
      if (members[one]!.missing !== null || members[other]!.missing !== null) continue;
      const paired = comparePair(members[one]!, members[other]!, { ...column, margin });
      if (paired !== null) found.push({ path, rows: [one, other], ...paired });
    }
  }
  const corrected = holm(found.map(({ p }) => p));
  const correction = { method: 'Holm', tests: found.length } as const;
  return found.map((test, index) => ({ ...test, corrected: corrected[index]!, correction }));
}

/**
 * Whether a row beats all others significantly and in every fold, so that no accident of one training makes a winner; and,
 * where it is the share of one class that is found, whether the other class does not pay for it.
 */
function isBest(
  { path, better }: Column,
  row: number,
  members: readonly ComparedMember[],
  values: readonly Readonly<Record<string, ComparedValue>>[],
  tests: readonly ComparisonTest[],
): boolean {
  const own = values[row]?.[path];
  const others = members.flatMap(({ missing }, index) => (missing === null && index !== row ? [index] : []));
  if (own?.value == null || others.length === 0) return false;
  const ahead = (one: number, other: number) => (better === 'higher' ? one > other : one < other);
  const testOf = (metric: string, other: number) =>
    tests.find(({ path: tested, rows }) => tested === metric && rows.includes(row) && rows.includes(other));
  return others.every((other) => {
    const value = values[other]?.[path];
    const test = testOf(path, other);
    if (value?.value == null || test === undefined || test.corrected >= level) return false;
    const folds = own.folds.values.map((fold, index) => [fold, value.folds.values[index]] as const);
    const inEach = folds.every(([one, two]) => one === null || two == null || ahead(one, two));
    const counterpart = testOf(counterpartOf(path), other);
    const behind =
      counterpart !== undefined &&
      counterpart.corrected < level &&
      (counterpart.rows[0] === row ? counterpart.difference < 0 : counterpart.difference > 0);
    return ahead(own.value!, value.value) && inEach && !behind;
  });
}
