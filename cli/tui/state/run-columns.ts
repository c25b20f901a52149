import { metricFacts, metricPath, partsOfMetric } from '../../../src/compiler/index.ts';
import { untrained } from '../../../src/runtime/index.ts';
import { number } from '../../text/quantities.ts';
import { isLost } from '../../text/structures.ts';
import type { Role } from '../theme/colours.ts';
import { sparkline } from '../widgets/sparkline.ts';
import {
  firstOf,
  isUntrained,
  lossOf,
  maximum,
  memoryOf,
  type RunRow,
  short,
  spreadText,
  stateMarks,
  stateOfRow,
  structuresAt,
  sum,
  tagText,
  valuesAt,
} from './row-figures.ts';
import { epochCount, foldsOf, meanByEpoch, runTimeLeft, spreadOf, timeSpent } from './run-figures.ts';

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

/** Whether a mean over structures holds one of which nothing is found. */
function hidesStructure(row: RunRow, index: number): boolean {
  const path = row.metrics[index];
  if (path === undefined) return false;
  const { head, metric } = partsOfMetric(path);
  // An image without the structure counts as found; of all images of a patient together that hides less.
  const beside = metricFacts(metric)?.beside;
  const looked = beside === undefined ? [path] : [path, metricPath(head, beside)];
  return looked.some((one) =>
    structuresAt(row, one).some(([, value]) => isLost(value, partsOfMetric(one).metric)),
  );
}

function metricColumn(index: number, from: number): RunColumn {
  return {
    title: `metric ${index + 1}`,
    width: 15,
    align: 'right',
    from,
    value: (row) => spreadOf(valuesAt(row, index))?.mean ?? null,
    text: (row) =>
      isUntrained(row, row.metrics[index] ?? '')
        ? untrained
        : `${spreadText(valuesAt(row, index), 15)}${hidesStructure(row, index) ? '!' : ''}`,
    role: (row) => (hidesStructure(row, index) ? 'bad' : 'heldOut'),
    description: `of the metrics that most runs here have the ${['first', 'second', 'third'][index]}: mean ± deviation over folds, and seeds of a group; ! where a structure in the mean is never found`,
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
