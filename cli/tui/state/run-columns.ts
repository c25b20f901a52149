import { type CatalogueRun, untrained } from '../../../src/runtime/index.ts';
import { type RunStateName, stateOfRun } from '../../runs/state.ts';
import { isTrained } from '../../text/metric-names.ts';
import { duration, number } from '../../text/quantities.ts';
import type { Role } from '../theme/theme.ts';
import { sparkline } from '../widgets/sparkline.ts';
import {
  epochCount,
  foldsOf,
  lastValues,
  meanByEpoch,
  runTimeLeft,
  spreadOf,
  timeSpent,
} from './run-figures.ts';

/** A row of the table of runs: one run, or runs that differ by their seed alone. */
export interface RunRow {
  readonly label: string;
  readonly runs: readonly CatalogueRun[];
  /** The metrics that the list shows, for all of its rows the same: numbers below each other are of one kind. */
  readonly metrics: readonly string[];
}

/** A column of the table of runs; drives what is drawn, sorted, filtered and exported. */
export interface RunColumn {
  readonly title: string;
  readonly width: number;
  readonly align: 'left' | 'right';
  /** Screens that are narrower leave it out; 0 shows it always. */
  readonly from: number;
  /** For sorting and filtering; null comes last. */
  readonly value: (row: RunRow) => number | string | null;
  readonly text: (row: RunRow) => string;
  readonly role?: (row: RunRow) => Role;
  readonly description: string;
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

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const maximum = (values: readonly number[]) => (values.length === 0 ? null : Math.max(...values));
const firstOf = <T>(row: RunRow, value: (run: CatalogueRun) => T): T => value(row.runs[0]!);

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

const lossOf = (row: RunRow) =>
  spreadOf(row.runs.flatMap((run) => foldsOf(run).map(({ epochs }) => epochs.at(-1)?.loss)));
const valuesAt = (row: RunRow, index: number) => {
  const metric = row.metrics[index];
  return metric === undefined || isUntrained(row, metric)
    ? []
    : row.runs.flatMap((run) => lastValues(run, metric));
};
const isUntrained = (row: RunRow, metric: string) =>
  row.runs.every(({ brief }) => brief.metrics.includes(metric) && !isTrained(brief, metric));

function metricColumn(index: number, from: number): RunColumn {
  return {
    title: `metric ${index + 1}`,
    width: 15,
    align: 'right',
    from,
    value: (row) => spreadOf(valuesAt(row, index))?.mean ?? null,
    text: (row) =>
      isUntrained(row, row.metrics[index] ?? '') ? untrained : spreadText(valuesAt(row, index), 15),
    role: () => 'heldOut',
    description: `of the metrics that most runs here have the ${['first', 'second', 'third'][index]}: mean ± deviation over folds, and seeds of a group`,
  };
}

export const runColumns = {
  state: {
    title: '',
    width: 1,
    align: 'left',
    from: 0,
    value: stateOfRow,
    text: (row) => stateMarks[stateOfRow(row)][0],
    role: (row) => stateMarks[stateOfRow(row)][1],
    description: 'training, paused, finished, failed, diverged, stopped, interrupted or waiting',
  },
  name: {
    title: 'run',
    width: 20,
    align: 'left',
    from: 0,
    value: (row) => row.label,
    text: (row) => row.label,
    description: 'the experiment; its folder where several are alike',
  },
  seed: {
    title: 'seed',
    width: 4,
    align: 'right',
    from: 70,
    value: (row) => firstOf(row, ({ brief }) => brief.seed),
    text: (row) => (row.runs.length > 1 ? `×${row.runs.length}` : String(row.runs[0]!.brief.seed)),
    role: () => 'quiet',
    description: 'the seed, or how many runs a group has',
  },
  epochs: {
    title: 'epochs',
    width: 7,
    align: 'right',
    from: 0,
    value: (row) => sum(row.runs.map((run) => epochCount(run).done)),
    text: (row) =>
      `${sum(row.runs.map((run) => epochCount(run).done))}/${sum(row.runs.map((run) => epochCount(run).all))}`,
    description: 'epochs done of all, over the folds',
  },
  curve: {
    title: 'loss',
    width: 12,
    align: 'left',
    from: 0,
    value: (row) => lossOf(row)?.mean ?? null,
    text: (row) =>
      sparkline(
        meanByEpoch(row.runs.flatMap(foldsOf), ({ loss }) => loss).map(({ y }) => y),
        12,
      ),
    role: () => 'train',
    description: 'the training loss by epoch, mean over folds',
  },
  loss: {
    title: 'now',
    width: 7,
    align: 'right',
    from: 0,
    value: (row) => lossOf(row)?.mean ?? null,
    text: (row) => number(lossOf(row)?.mean ?? null),
    role: () => 'train',
    description: 'the training loss of the last epoch',
  },
  metric1: metricColumn(0, 0),
  metric2: metricColumn(1, 104),
  metric3: metricColumn(2, 122),
  time: {
    title: 'time',
    width: 9,
    align: 'right',
    from: 78,
    value: (row) => sum(row.runs.map(timeSpent)),
    text: (row) => {
      const left = maximum(row.runs.flatMap((run) => runTimeLeft(run) ?? []));
      return left === null ? short(sum(row.runs.map(timeSpent))) : `${short(left)} left`;
    },
    role: () => 'quiet',
    description: 'what is left of training, or what it took',
  },
  memory: {
    title: 'memory',
    width: 7,
    align: 'right',
    from: 132,
    value: (row) => memoryOf(row),
    text: (row) => {
      const bytes = memoryOf(row);
      return bytes === null ? '–' : `${Math.round(bytes / 1e6)} MB`;
    },
    role: () => 'quiet',
    description: 'the most memory that a training process held',
  },
  tags: {
    title: 'tags',
    width: 12,
    align: 'left',
    from: 94,
    value: (row) => firstOf(row, tagText),
    text: (row) => firstOf(row, tagText),
    role: () => 'reported',
    description: 'tags, and a mark where someone changed the run by hand',
  },
  started: {
    title: 'started',
    width: 11,
    align: 'left',
    from: 146,
    value: (row) => firstOf(row, ({ brief }) => brief.created),
    text: (row) => new Date(row.runs[0]!.brief.created).toLocaleString('sv').slice(5, 16),
    role: () => 'quiet',
    description: 'when the run was made',
  },
} as const satisfies Record<string, RunColumn>;

export type RunColumnName = keyof typeof runColumns;

export const runColumnNames = Object.keys(runColumns) as readonly RunColumnName[];

function tagText({ brief, annotations }: CatalogueRun): string {
  return [
    ...(brief.byHand > 0 ? ['by hand'] : []),
    ...annotations.tags.map((tag) => `#${tag}`),
    ...(annotations.notes.length > 0
      ? [`${annotations.notes.length} note${annotations.notes.length === 1 ? '' : 's'}`]
      : []),
  ].join(' ');
}

function memoryOf(row: RunRow): number | null {
  return maximum(
    row.runs.flatMap((run) => foldsOf(run).flatMap(({ epochs }) => epochs.map((epoch) => epoch.memoryBytes))),
  );
}

/** A span in at most five characters: `12s`, `4m`, `3.2h`. */
function short(ms: number): string {
  if (ms < 1000) return ms === 0 ? '–' : '<1s';
  if (ms < 60_000) return `${Math.round(ms / 1000)}s`;
  if (ms < 3_600_000) return `${Math.round(ms / 60_000)}m`;
  return ms < 360_000_000 ? `${(ms / 3_600_000).toFixed(1)}h` : duration(ms).split(' ').slice(0, 2).join('');
}
