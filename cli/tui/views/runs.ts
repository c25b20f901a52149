import { partsOfMetric } from '../../../src/compiler/index.ts';
import { withStructurePaths } from '../../text/metric-names.ts';
import { topOf } from '../drawing/cursor.ts';
import type { Area } from '../drawing/layout.ts';
import { chosenLine, filled, fitted, line, type Span } from '../drawing/lines.ts';
import type { Session } from '../session/session.ts';
import { type RunRow, structuresAt } from '../state/row-figures.ts';
import { rowsOf } from '../state/rows.ts';
import { type RunColumn, type RunColumnName, runColumnNames, runColumns } from '../state/run-columns.ts';
import { lastValues, spreadOf } from '../state/run-figures.ts';
import type { RunsState } from '../state/runs.ts';
import type { Theme } from '../theme/theme.ts';
import { structureSpans } from './structures.ts';

/** Lines above the rows of the table. */
export const runsHeading = 1;

/** So many damaged runs are named; the line below counts all. */
const mostDamaged = 3;

/** The table of runs. */
export function runsView(
  { runs, parent }: Session,
  theme: Theme,
  { width, height }: Area,
): readonly string[] {
  const rows = rowsOf(runs);
  const columns = shownColumns(width);
  const damaged = runs.damaged.slice(0, mostDamaged).map(({ folder, reason }) => {
    const span: Span = ['warning', ` ! ${folder} is damaged: ${reason}`];
    return line(theme, [span], width);
  });
  const room = height - runsHeading - 1 - damaged.length;
  const top = topOf(runs.cursor, rows.length, room);
  const body = rows.slice(top, top + room).map((row, index) => {
    const spans = rowSpans(row, columns, runs, top + index === runs.cursor);
    return top + index === runs.cursor ? chosenLine(theme, spans, width) : line(theme, spans, width);
  });
  const empty = runs.loading
    ? 'reading the runs'
    : runs.all.length > 0
      ? 'no run passes the filter; esc takes it away'
      : `no runs in ${parent}; start one: 5 shows the specs, t trains`;
  return [
    heading(theme, columns, runs, rows[0]?.metrics ?? [], width),
    ...filled(body.length > 0 ? body : ['', line(theme, [['quiet', `   ${empty}`]], width)], width, room),
    ...damaged,
    statusLine(theme, runs, rows, width),
  ];
}

/** The columns that a screen has room for, with the width of each; the name takes what is left. */
export function shownColumns(
  width: number,
): readonly { readonly name: RunColumnName; readonly width: number }[] {
  const names = runColumnNames.filter((name) => runColumns[name].from <= width);
  const taken = names.reduce((sum, name) => sum + (name === 'name' ? 0 : runColumns[name].width + 1), 4);
  return names.map((name) => ({
    name,
    width: name === 'name' ? Math.max(8, Math.min(40, width - taken)) : runColumns[name].width,
  }));
}

function heading(
  theme: Theme,
  columns: ReturnType<typeof shownColumns>,
  { sort }: RunsState,
  metrics: readonly string[],
  width: number,
): string {
  const spans = columns.flatMap(({ name, width: room }): Span[] => {
    const column: RunColumn = runColumns[name];
    const path = metricOf(name, metrics);
    const title = path === undefined ? column.title : partsOfMetric(path).metric;
    const arrow = name === sort.column ? (sort.descending ? '▼' : '▲') : '';
    const text = fitted(name === 'state' ? arrow : `${title}${arrow}`, room, column.align);
    return [[name === sort.column ? 'key' : 'quiet', text], ' '];
  });
  return line(theme, ['   ', ...spans], width);
}

/** The metric that a column shows. */
function metricOf(column: RunColumnName, metrics: readonly string[]): string | undefined {
  const place = /^metric(\d)$/.exec(column)?.[1];
  return place === undefined ? undefined : metrics[Number(place) - 1];
}

function rowSpans(
  row: RunRow,
  columns: ReturnType<typeof shownColumns>,
  { marked }: RunsState,
  chosen: boolean,
): readonly Span[] {
  const isMarked = row.runs.every(({ folder }) => marked.has(folder));
  const cells = columns.flatMap(({ name, width }): Span[] => {
    const column: RunColumn = runColumns[name];
    const text = fitted(column.text(row), width, column.align);
    return [[column.role?.(row) ?? 'plain', text], ' '];
  });
  return [chosen ? '›' : ' ', isMarked ? ['key', '◆'] : ' ', ' ', ...cells];
}

function statusLine(
  theme: Theme,
  { all, cursor, damaged, filter, grouped, marked, loading }: RunsState,
  rows: readonly RunRow[],
  width: number,
): string {
  const training = all.filter((run) => run.training).length;
  const chosen = rows[Math.min(cursor, rows.length - 1)];
  const structured = chosen?.metrics.find((metric) => structuresAt(chosen, metric).length > 0);
  return line(
    theme,
    [
      ['quiet', ` ${rows.length} ${grouped ? 'groups of ' : 'of '}${all.length} runs`],
      ...(training > 0 ? ([' · ', ['good', `${training} training`]] as const) : []),
      ...(marked.size > 0 ? ([' · ', ['key', `${marked.size} marked`]] as const) : []),
      ...(filter !== '' ? ([' · ', ['key', `filter ${filter}`]] as const) : []),
      ...(damaged.length > 0 ? ([' · ', ['warning', `${damaged.length} damaged`]] as const) : []),
      ...(chosen === undefined || structured === undefined ? [] : structureStatus(chosen, structured)),
      ...(loading ? ([' · ', ['quiet', 'reading …']] as const) : []),
    ],
    width,
  );
}

function structureStatus(row: RunRow, path: string): readonly Span[] {
  const { metric } = partsOfMetric(path);
  return [' · ', ['plain', metric], ...structureSpans(structuresAt(row, path), metric)];
}

/** The column at a place of the heading. */
export function columnAt(place: number, width: number): RunColumnName | null {
  let left = 3;
  for (const { name, width: room } of shownColumns(width)) {
    if (place >= left && place < left + room) return name;
    left += room + 1;
  }
  return null;
}

/** The structures of the metrics that the table shows. */
function structurePathsOf(row: RunRow): readonly string[] {
  return row.metrics.flatMap((metric) => withStructurePaths(row.runs[0]!.brief, metric).slice(1));
}

function heldOutOf(row: RunRow, path: string): number | undefined {
  return spreadOf(row.runs.flatMap((run) => lastValues(run, path)))?.mean;
}

/** The rows as a table for other programs. */
export function runsTable({ runs }: Session): readonly (readonly string[])[] {
  const names = runColumnNames.filter((name) => name !== 'curve');
  const rows = rowsOf(runs);
  const below = [...new Set(rows.flatMap(structurePathsOf))];
  return [
    ['folder', ...names.map((name) => metricOf(name, rows[0]?.metrics ?? []) ?? name), ...below],
    ...rows.map((row) => [
      row.runs.map(({ folder }) => folder).join(' '),
      ...names.map((name) => {
        const value = runColumns[name].value(row);
        return value === null ? '' : name === 'started' ? new Date(value).toISOString() : String(value);
      }),
      ...below.map((path) => String(heldOutOf(row, path) ?? '')),
    ]),
  ];
}
