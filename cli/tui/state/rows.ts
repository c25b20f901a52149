import type { CatalogueRun } from '../../../src/runtime/index.ts';
import type { RunsState } from '../session/session.ts';
import { type RunColumn, type RunColumnName, type RunRow, runColumns } from './run-columns.ts';
import { lastValues, spreadOf } from './run-figures.ts';

let known: { readonly key: readonly unknown[]; readonly rows: readonly RunRow[] } | null = null;

/** The rows of the table: grouped, filtered and sorted. The last answer is kept, since frames ask again and again. */
export function rowsOf({ all, sort, filter, grouped }: RunsState): readonly RunRow[] {
  const key = [all, sort.column, sort.descending, filter, grouped];
  if (known?.key.every((part, index) => part === key[index])) return known.rows;
  const metrics = commonMetrics(all);
  const rows = (grouped ? groups(all) : singles(all))
    .map((row) => ({ ...row, metrics }))
    .filter((row) => matches(row, filter));
  const sorted = sortedBy(rows, runColumns[sort.column], sort.descending);
  known = { key, rows: sorted };
  return sorted;
}

/** The metrics of all runs, those that most have first, then in the order in which specs ask for them. */
function commonMetrics(runs: readonly CatalogueRun[]): readonly string[] {
  const found = new Map<string, { count: number; place: number }>();
  for (const { brief } of runs) {
    for (const [place, metric] of brief.metrics.entries()) {
      const known = found.get(metric) ?? { count: 0, place };
      found.set(metric, { count: known.count + 1, place: Math.min(known.place, place) });
    }
  }
  return [...found].sort(([, a], [, b]) => b.count - a.count || a.place - b.place).map(([metric]) => metric);
}

function singles(runs: readonly CatalogueRun[]): readonly Omit<RunRow, 'metrics'>[] {
  const counts = new Map<string, number>();
  const name = ({ brief }: CatalogueRun) => `${brief.experiment} ${brief.seed}`;
  for (const run of runs) counts.set(name(run), (counts.get(name(run)) ?? 0) + 1);
  return runs.map((run) => {
    const alike = (counts.get(name(run)) ?? 0) > 1;
    // What tells runs of one name apart comes last in the names of their folders.
    const tail = run.folder.slice(run.folder.lastIndexOf('/') + 1).match(/[\w]+$/)?.[0] ?? '';
    return { label: alike ? `${run.brief.experiment} ${tail}` : run.brief.experiment, runs: [run] };
  });
}

/** Runs of one experiment that differ by their seed alone; the newest first in each. */
function groups(runs: readonly CatalogueRun[]): readonly Omit<RunRow, 'metrics'>[] {
  const found = new Map<string, CatalogueRun[]>();
  for (const run of runs) {
    // What was changed by hand is no repetition of anything.
    const family = run.brief.byHand > 0 ? run.folder : run.brief.family;
    const group = found.get(family);
    if (group === undefined) found.set(family, [run]);
    else group.push(run);
  }
  return [...found.values()].map((members) => ({ label: members[0]!.brief.experiment, runs: members }));
}

function sortedBy(rows: readonly RunRow[], column: RunColumn, descending: boolean): readonly RunRow[] {
  const direction = descending ? -1 : 1;
  return rows
    .map((row) => ({ row, value: column.value(row) }))
    .sort((a, b) => {
      if (a.value === null || b.value === null) return Number(a.value === null) - Number(b.value === null);
      return a.value < b.value ? -direction : a.value > b.value ? direction : 0;
    })
    .map(({ row }) => row);
}

/**
 * Whether a row passes a filter: every word must hold. A word is a part of the name, state, folder, spec or tags; or a
 * comparison such as `epochs>5`, `dsc>=0.8`, `state=failed`; `!` before it turns it round, `a|b` is either.
 */
export function matches(row: RunRow, filter: string): boolean {
  return filter
    .split(/\s+/)
    .filter((word) => word !== '')
    .every((word) => word.split('|').some((part) => holds(row, part)));
}

function holds(row: RunRow, word: string): boolean {
  if (word.startsWith('!')) return word.length === 1 || !holds(row, word.slice(1));
  const comparison = /^([\w.]+)(<=|>=|!=|=|<|>)(.*)$/.exec(word);
  if (comparison !== null) return compares(row, comparison[1]!, comparison[2]!, comparison[3]!);
  const wanted = word.toLowerCase();
  const texts = [
    row.label,
    runColumns.state.value(row),
    ...row.runs.flatMap(({ folder, brief, annotations }) => [
      folder,
      brief.source,
      ...brief.overrides,
      ...annotations.tags.map((tag) => `#${tag}`),
    ]),
    ...(row.runs.some(({ brief }) => brief.byHand > 0) ? ['by hand'] : []),
  ];
  return texts.some((text) => text.toLowerCase().includes(wanted));
}

function compares(row: RunRow, name: string, operator: string, wanted: string): boolean {
  const value = name in runColumns ? runColumns[name as RunColumnName].value(row) : metricValue(row, name);
  if (value === null) return false;
  const number = Number(wanted);
  const [left, right] =
    typeof value === 'number' && wanted !== '' && Number.isFinite(number)
      ? [value, number]
      : [String(value).toLowerCase(), wanted.toLowerCase()];
  switch (operator) {
    case '<':
      return left < right;
    case '>':
      return left > right;
    case '<=':
      return left <= right;
    case '>=':
      return left >= right;
    case '!=':
      return left !== right;
    default:
      return left === right;
  }
}

/** A held-out metric by its path, or by its last part. */
function metricValue(row: RunRow, name: string): number | null {
  const path = row.runs[0]!.brief.metrics.find((metric) => metric === name || metric.endsWith(`.${name}`));
  return path === undefined
    ? null
    : (spreadOf(row.runs.flatMap((run) => lastValues(run, path)))?.mean ?? null);
}

/** The row under the cursor. */
export function chosenRow(runs: RunsState): RunRow | undefined {
  const rows = rowsOf(runs);
  return rows[Math.min(runs.cursor, rows.length - 1)];
}

/** The runs that an action is about: the marked ones, or those under the cursor. */
export function concerned(runs: RunsState): readonly CatalogueRun[] {
  const marked = runs.all.filter(({ folder }) => runs.marked.has(folder));
  return marked.length > 0 ? marked : (chosenRow(runs)?.runs ?? []);
}

/** The first line that is shown of a list, so that the cursor stays in its middle where it can. */
export function topOf(cursor: number, count: number, height: number): number {
  return Math.max(0, Math.min(cursor - Math.floor(height / 2), count - height));
}
