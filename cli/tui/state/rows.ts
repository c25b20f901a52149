import type { CatalogueRun } from '../../../src/runtime/index.ts';
import { matches } from './filter.ts';
import type { RunRow } from './row-figures.ts';
import { type RunColumn, runColumns } from './run-columns.ts';
import type { RunsState } from './runs.ts';

let cache: { readonly key: readonly unknown[]; readonly rows: readonly RunRow[] } | null = null;

/** The rows of the table: grouped, filtered and sorted. The last answer is kept, since frames ask again and again. */
export function rowsOf({ all, sort, filter, grouped: isGrouped }: RunsState): readonly RunRow[] {
  const key = [all, sort.column, sort.descending, filter, isGrouped];
  if (cache?.key.every((part, index) => part === key[index])) return cache.rows;
  const metrics = commonMetrics(all);
  const rows = (isGrouped ? grouped(all) : singles(all))
    .map((row) => ({ ...row, metrics }))
    .filter((row) => matches(row, filter));
  const sorted = sortedBy(rows, runColumns[sort.column], sort.descending);
  cache = { key, rows: sorted };
  return sorted;
}

/** The metrics of all runs, those that most have first, then in the order in which specs ask for them. */
function commonMetrics(runs: readonly CatalogueRun[]): readonly string[] {
  const found = new Map<string, { count: number; place: number }>();
  for (const { brief } of runs) {
    for (const [place, metric] of brief.metrics.entries()) {
      const before = found.get(metric) ?? { count: 0, place };
      found.set(metric, { count: before.count + 1, place: Math.min(before.place, place) });
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

/** Runs of one experiment that differ by their seed alone, in the order in which the first of each comes. */
export function groupsOf(runs: readonly CatalogueRun[]): readonly (readonly CatalogueRun[])[] {
  const groups = new Map<string, CatalogueRun[]>();
  for (const run of runs) {
    // What was changed by hand is no repetition of anything.
    const { byHand, accepted } = run.brief;
    const family = byHand > 0 || accepted.length > 0 ? run.folder : run.brief.family;
    const group = groups.get(family);
    if (group === undefined) groups.set(family, [run]);
    else group.push(run);
  }
  return [...groups.values()];
}

function grouped(runs: readonly CatalogueRun[]): readonly Omit<RunRow, 'metrics'>[] {
  return groupsOf(runs).map((members) => ({ label: members[0]!.brief.experiment, runs: members }));
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

/** The row under the cursor. */
export function chosenRow(runs: RunsState): RunRow | undefined {
  const rows = rowsOf(runs);
  return rows[Math.min(runs.cursor, rows.length - 1)];
}

/** The runs that an action is about: the marked ones, or those under the cursor. */
export function chosenRuns(runs: RunsState): readonly CatalogueRun[] {
  const marked = runs.all.filter(({ folder }) => runs.marked.has(folder));
  return marked.length > 0 ? marked : (chosenRow(runs)?.runs ?? []);
}
