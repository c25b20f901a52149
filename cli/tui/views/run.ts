import {
  epochsDone,
  type FoldProgress,
  fractionDone,
  type LogEvent,
  stepsDone,
  timeLeft,
} from '../../../src/runtime/index.ts';
import { eventText } from '../../text/event.ts';
import { shortNames, shownMetrics } from '../../text/metric-names.ts';
import { clock, duration, number } from '../../text/quantities.ts';
import { type Area, arrangeRun, type RunLayout } from '../drawing/layout.ts';
import { beside, filled, line, type Span, wrapped } from '../drawing/lines.ts';
import type { RunState, Session } from '../session/session.ts';
import { type Curve, curvesOf, epochPoints, shownFold, smoothed, stepPoints } from '../state/curves.ts';
import { type Role, seriesMarks, seriesRole, type Theme } from '../theme/theme.ts';
import { type Chart, chart, type Series } from '../widgets/chart.ts';
import { frame } from '../widgets/frame.ts';
import { picture, pixelCounts, verdictLetters } from '../widgets/picture.ts';
import { progressBar } from '../widgets/progress.ts';
import { thinned } from '../widgets/thinned.ts';

/** The screen of one run: curves, picture, progress, metrics, the end of the log; or the whole log. */
export function runView({ run, runs }: Session, theme: Theme, area: Area): readonly string[] {
  if (run === null) {
    const text = runs.all.length > 0 ? ' choose a run in the table (1) and press enter' : ' no run is open';
    return filled(['', line(theme, [['quiet', text]], area.width)], area.width, area.height);
  }
  if (run.panel === 'log') return logPanel(theme, run, area);
  const layout = arrangeRun(area, shownMetrics(run.brief).length);
  const left = chartPanel(theme, run, layout);
  return [
    ...(layout.picture === null ? left : beside(left, picturePanel(theme, run, layout.picture))),
    progressLine(theme, run, area.width),
    ...metricLines(theme, run, layout),
    ...logLines(theme, run, layout),
  ];
}

/** The curves on the chart: the chosen one and those pinned beside it. */
export function shownCurves({ brief, curve, pinned }: RunState): readonly Curve[] {
  const all = curvesOf(brief);
  const chosen = all[curve] ?? all[0]!;
  return [chosen, ...all.filter(({ name }) => name !== chosen.name && pinned.has(name))];
}

function chartPanel(theme: Theme, run: RunState, { chart: size }: RunLayout): readonly string[] {
  const fold = shownFold(run);
  const shown = shownCurves(run);
  const modes = [
    ...(run.log ? ['log'] : []),
    ...(run.smoothing > 0 ? [`smooth ${run.smoothing}`] : []),
    ...(run.allFolds && run.brief.folds.length > 1 ? ['all folds'] : []),
    ...(run.window === null ? [] : ['zoomed']),
  ];
  const title: Span[] = [
    ['title', shown[0]!.name],
    ...(shown.length > 1 ? names(shown) : legend(shown[0]!, fold)),
    ...(modes.length === 0 ? [] : ([['quiet', `  ${modes.join(', ')}`]] as const)),
  ];
  const words = run.loading ? ' reading the run' : ' waiting for the first step';
  const content =
    fold === undefined
      ? [line(theme, [['quiet', words]], size.width - 2)]
      : chart(theme, plot(run, shown, fold), size.width - 2, size.height - 2);
  return frame(theme, title, content, size.width, size.height);
}

function names(shown: readonly Curve[]): readonly Span[] {
  return shown.map(({ name }, index) => [seriesRole(index), `  ${seriesMarks[index % 8]} ${name}`]);
}

function legend(curve: Curve, fold: FoldProgress | undefined): readonly Span[] {
  const train: Span[] = curve.step === null ? [] : ['  ', ['train', '⠒⠒ training']];
  const byEpoch: Span[] =
    curve.epoch === null ? [] : ['  ', ['heldOut', `${heldOutMark} ${curve.epochName}`]];
  const diverged = fold?.diverged;
  const warning: Span[] = diverged
    ? ['  ', ['bad', `diverged at step ${diverged.step} of epoch ${diverged.epoch}`]]
    : [];
  return [...train, ...byEpoch, ...warning];
}

const heldOutMark = 'o';

/** Training by step, held-out values at the ends of epochs, over epochs. */
export function plot(run: RunState, shown: readonly Curve[], fold: FoldProgress): Chart {
  const folds = run.allFolds ? [...run.progress.folds.values()] : [fold];
  const several = shown.length * folds.length > 1;
  const all = { from: 0, to: Math.max(...folds.map(({ started }) => started.epochs)) };
  const x = { ...(run.window ?? all), label: 'epoch' };
  const series: Series[] = [];
  let index = 0;
  for (const curve of shown) {
    for (const one of folds) {
      const role = (own: Role): Role => (several ? seriesRole(index) : own);
      const steps = thinned(smoothed(stepPoints(one, curve), run.smoothing), x);
      if (steps.length > 0) series.push({ role: role('train'), points: steps, joined: true, mark: null });
      const points = smoothed(epochPoints(one, curve), curve.step === null ? run.smoothing : 0);
      const mark = several ? seriesMarks[index % 8]! : heldOutMark;
      if (points.length > 0)
        series.push({ role: role('heldOut'), points, joined: curve.step === null, mark });
      index += 1;
    }
  }
  const { heldOut } = shown[0]!;
  const published = heldOut === null ? undefined : run.brief.reported[heldOut];
  return {
    series,
    reference: published === undefined ? null : { y: published, label: `paper ${number(published)}` },
    x,
    log: run.log,
  };
}

function picturePanel(theme: Theme, run: RunState, size: Area): readonly string[] {
  const fold = shownFold(run);
  const preview = fold === undefined ? undefined : run.previews.get(fold.fold);
  if (preview === undefined) {
    const words = [' comes after', ' each epoch'].map((text) =>
      line(theme, [['quiet', text]], size.width - 2),
    );
    return frame(theme, [['title', 'held-out image']], words, size.width, size.height);
  }
  const wide = size.width >= 40;
  const epoch = wide && fold?.image ? ` epoch ${fold.image.epoch}` : '';
  const dsc = preview.dsc === null ? '' : ` ${wide ? 'dsc ' : ''}${preview.dsc.toFixed(2)}`;
  const title: Span[] = [
    ['title', preview.image],
    ['quiet', epoch + dsc],
  ];
  const options = { width: size.width - 2, height: size.height - 3, zoom: run.zoom, overlay: run.overlay };
  const rows = filled(picture(theme, preview, options), options.width, options.height);
  return frame(theme, title, [...rows, pictureLegend(theme, run, options.width)], size.width, size.height);
}

/** Words, letters and counts beside the colours. */
function pictureLegend(theme: Theme, run: RunState, width: number): string {
  const preview = run.previews.get(shownFold(run)?.fold ?? 0);
  if (preview === undefined) return line(theme, [], width);
  const counts = pixelCounts(preview);
  const letters = theme.depth < 8 || theme.ascii || run.overlay === 'letters';
  const entry = (role: 'correct' | 'missed' | 'false'): Span[] => {
    const mark = letters ? verdictLetters[role] : '█';
    const name = width >= 40 ? `${role} ` : '';
    return [' ', [role, mark], ` ${name}${counts[role]}`];
  };
  return line(theme, [...entry('correct'), ...entry('missed'), ...entry('false')], width);
}

function progressLine(theme: Theme, run: RunState, columns: number): string {
  const fold = shownFold(run);
  if (fold === undefined) return line(theme, [['quiet', ' no step yet']], columns);
  const { epochs, stepsPerEpoch } = fold.started;
  const done = epochsDone(fold);
  const words =
    done < epochs
      ? ` epoch ${done + 1} of ${epochs} · step ${stepsDone(fold)} of ${stepsPerEpoch} `
      : ` ${epochs} epochs `;
  const left = run.alive === false || fold.paused ? null : timeLeft(fold);
  const last = fold.epochs.at(-1);
  const stepMs = fold.steps.at(-1)?.stepMs;
  const speed =
    last !== undefined
      ? `${duration(last.epochMs)}/epoch`
      : stepMs === undefined
        ? ''
        : `${duration(stepMs)}/step`;
  const right = ` ${speed}${left === null ? '' : ` · ${duration(left)} left`} `;
  const width = columns - words.length - right.length;
  return width < 12
    ? line(theme, [words, ['quiet', right]], columns)
    : words + progressBar(theme, fractionDone(fold), width) + theme.paint('quiet', right);
}

/** Held-out values: now, best so far, and the paper's. The chosen curve's line is marked. */
function metricLines(theme: Theme, run: RunState, layout: RunLayout): readonly string[] {
  const { metricRows, metricColumns, width: columns } = layout;
  const { metrics, reported } = run.brief;
  const fold = shownFold(run);
  const shown = shownCurves(run).map(({ heldOut }) => heldOut);
  const latest = fold?.epochs.at(-1)?.heldOut;
  const short = shortNames(metrics);
  const width = Math.floor(columns / metricColumns);
  const nameWidth = Math.min(Math.max(...short.map((name) => name.length), 4), width - 24);
  const cells = metrics.map((metric, index) => {
    const paper = reported[metric];
    const spans: Span[] = [
      shown[0] === metric ? ['key', ' › '] : shown.includes(metric) ? ['key', ' ◆ '] : '   ',
      short[index]!.slice(0, nameWidth).padEnd(nameWidth + 1),
      ['heldOut', number(latest?.[metric]).padStart(6)],
      ['reported', paper === undefined ? '' : `  paper ${number(paper)}`],
    ];
    return line(theme, spans, width);
  });
  return Array.from({ length: metricRows }, (_, row) =>
    line(theme, [], 0).concat(
      ...Array.from(
        { length: metricColumns },
        (__, column) => cells[column * metricRows + row] ?? ' '.repeat(width),
      ),
      ' '.repeat(columns - width * metricColumns),
    ),
  );
}

function logLines(theme: Theme, run: RunState, { logRows, width }: RunLayout): readonly string[] {
  const rule = line(theme, [' ', ['frame', '─'.repeat(Math.max(0, width - 2))]], width);
  const entries = run.progress.log.filter((event) => event.type !== 'checkpoint').slice(-logRows);
  return [
    rule,
    ...Array.from({ length: logRows }, (_, index) => {
      const event = entries[index];
      if (event === undefined) return ' '.repeat(width);
      const text: Span = [eventRole(event), eventText(event, shownMetrics(run.brief))];
      return line(theme, [' ', ['quiet', clock(event.time)], ' ', text], width);
    }),
  ];
}

/** Failures, notices and what people did stand out of the log. */
function eventRole(event: LogEvent): Role {
  if (event.type === 'failed') return 'bad';
  return event.type === 'notice' || event.type === 'changed' || event.type === 'paused' ? 'warning' : 'plain';
}

/** The whole log, newest entry last, scrolled back by `run.scroll` entries. Long entries take several lines. */
function logPanel(theme: Theme, run: RunState, { width: columns, height }: Area): readonly string[] {
  const { log } = run.progress;
  const shown = height - 2;
  const width = columns - 2;
  const end = Math.max(1, log.length - run.scroll);
  const lines = log
    .slice(Math.max(0, end - shown), end)
    .flatMap((event) => logEntry(theme, event, shownMetrics(run.brief), width))
    .slice(-shown);
  const content = lines.length > 0 ? lines : [line(theme, [['quiet', ' nothing yet']], width)];
  const title = `log, ${Math.min(end, log.length)} of ${log.length}`;
  return frame(theme, [['title', title]], content, columns, height);
}

const indent = ' '.repeat(10);

function logEntry(
  theme: Theme,
  event: LogEvent,
  metrics: readonly string[],
  width: number,
): readonly string[] {
  return wrapped(eventText(event, metrics), width - indent.length - 1).map((text, index) =>
    line(
      theme,
      [
        ['quiet', index === 0 ? ` ${clock(event.time)} ` : indent],
        [eventRole(event), text],
      ],
      width,
    ),
  );
}

/** The curves on the chart as a table: a row for each point. */
export function runTable({ run }: Session): readonly (readonly string[])[] {
  if (run === null) return [['curve', 'fold', 'epoch', 'value']];
  const rows: (readonly string[])[] = [['curve', 'fold', 'of', 'epoch', 'value']];
  for (const curve of shownCurves(run)) {
    for (const fold of run.progress.folds.values()) {
      for (const { x, y } of stepPoints(fold, curve))
        rows.push([curve.name, String(fold.fold), 'step', String(x), String(y)]);
      for (const { x, y } of epochPoints(fold, curve))
        rows.push([curve.name, String(fold.fold), 'epoch', String(x), String(y)]);
    }
  }
  return rows;
}
