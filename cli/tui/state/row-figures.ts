import { partsOfMetric } from '../../../src/compiler/index.ts';
import type { CatalogueRun } from '../../../src/runtime/index.ts';
import { type RunStateName, stateOfRun } from '../../runs/state.ts';
import { isTrained, withStructurePaths } from '../../text/metric-names.ts';
import { duration, number } from '../../text/quantities.ts';
import type { Role } from '../theme/colours.ts';
import { foldsOf, lastValues, spreadOf } from './run-figures.ts';

/** A row of the table of runs: one run, or runs that differ by their seed alone. */
export interface RunRow {
  readonly label: string;
  readonly runs: readonly CatalogueRun[];
  /** The metrics that the list shows, for all of its rows the same: numbers below each other are of one kind. */
  readonly metrics: readonly string[];
}

/** A symbol and a colour for every state; symbols differ as well as colours. */
export const stateMarks: Readonly<Record<RunStateName, readonly [symbol: string, role: Role]>> = {
  training: ['●', 'good'],
  paused: ['=', 'warning'],
  finished: ['✓', 'good'],
  failed: ['✗', 'bad'],
  diverged: ['▲', 'bad'],
  stopped: ['■', 'warning'],
  interrupted: ['✗', 'warning'],
  waiting: ['○', 'quiet'],
};

/** The state of a row is that of its run, or the most urgent one of its runs. */
export function stateOfRow({ runs }: RunRow): RunStateName {
  const states = runs.map(stateOfRun);
  return (
    (Object.keys(stateMarks) as RunStateName[])
      .filter((name) => name !== 'finished')
      .find((name) => states.includes(name)) ?? 'finished'
  );
}

export const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
export const maximum = (values: readonly number[]) => (values.length === 0 ? null : Math.max(...values));
export const firstOf = <T>(row: RunRow, value: (run: CatalogueRun) => T): T => value(row.runs[0]!);

/** A mean with its deviation in as few characters as are honest: `0.812 ± 0.031`. */
export function spreadText(values: readonly (number | null | undefined)[], room: number): string {
  const spread = spreadOf(values);
  if (spread === null) return '–';
  const { mean, deviation } = spread;
  if (deviation === null) return number(mean);
  const digits = Math.abs(mean) < 10 ? 3 : 1;
  const both = `${mean.toFixed(digits)} ± ${deviation.toFixed(digits)}`;
  return both.length <= room ? both : number(mean);
}

export const lossOf = (row: RunRow) =>
  spreadOf(row.runs.flatMap((run) => foldsOf(run).map(({ epochs }) => epochs.at(-1)?.loss)));
export const valuesAt = (row: RunRow, index: number) => {
  const metric = row.metrics[index];
  return metric === undefined || isUntrained(row, metric)
    ? []
    : row.runs.flatMap((run) => lastValues(run, metric));
};
/** What the structures of a metric are in a row, means over folds and seeds; none where it knows a single one. */
export function structuresAt(row: RunRow, metric: string): readonly (readonly [string, number | null])[] {
  const { brief } = firstOf(row, (run) => run);
  return withStructurePaths(brief, metric)
    .slice(1)
    .flatMap((path) => {
      const spread = spreadOf(row.runs.flatMap((run) => lastValues(run, path)));
      return spread === null ? [] : [[partsOfMetric(path).structure!, spread.mean] as const];
    });
}

export const isUntrained = (row: RunRow, metric: string) =>
  row.runs.every(({ brief }) => brief.metrics.includes(metric) && !isTrained(brief, metric));

/** Why a run's numbers are not those of its plan: shown wherever the numbers are. */
export function runMarks({
  byHand,
  accepted,
  limit,
}: Pick<CatalogueRun['brief'], 'byHand' | 'accepted' | 'limit'>): readonly string[] {
  return [
    ...(byHand > 0 ? ['by hand'] : []),
    ...(accepted.length > 0 ? ['other data'] : []),
    ...(limit === null ? [] : [`trial on ${limit} patients`]),
  ];
}

export function tagText({ brief, progress, annotations }: CatalogueRun): string {
  return [
    ...runMarks(brief),
    ...(progress.damages.length > 0 ? ['journal damaged'] : []),
    ...annotations.tags.map((tag) => `#${tag}`),
    ...(annotations.notes.length > 0
      ? [`${annotations.notes.length} note${annotations.notes.length === 1 ? '' : 's'}`]
      : []),
  ].join(' ');
}

export function memoryOf(row: RunRow): number | null {
  return maximum(
    row.runs.flatMap((run) => foldsOf(run).flatMap(({ epochs }) => epochs.map((epoch) => epoch.memoryBytes))),
  );
}

/** A span in at most five characters: `12s`, `4m`, `3.2h`. */
export function short(ms: number): string {
  if (ms < 1000) return ms === 0 ? '–' : '<1s';
  if (ms < 60_000) return `${Math.round(ms / 1000)}s`;
  if (ms < 3_600_000) return `${Math.round(ms / 60_000)}m`;
  return ms < 360_000_000 ? `${(ms / 3_600_000).toFixed(1)}h` : duration(ms).split(' ').slice(0, 2).join('');
}
