import { Box, Text } from 'ink';
import type { ReactNode } from 'react';
import {
  epochsDone,
  type FoldProgress,
  fractionDone,
  type LogEvent,
  stepsDone,
  timeLeft,
} from '../../../src/runtime/index.ts';
import { eventText } from '../../event-text.ts';
import { shortNames } from '../../metric-names.ts';
import { clock, duration, number } from '../../quantities.ts';
import type { Layout } from '../layout.ts';
import { type Curve, curves, type State, shownFold } from '../state.ts';
import { line, type Role, type Span, type Theme } from '../theme.ts';
import { type Chart, chart, type Series } from '../widgets/chart.ts';
import { frame } from '../widgets/frame.ts';
import { picture, pixelCounts, verdictLetters } from '../widgets/picture.ts';
import { progressBar } from '../widgets/progress.ts';

/** The screen of one run: curves, picture, progress, metrics, the end of the log. */
export function RunView({ state, layout, theme }: ViewProps): ReactNode {
  return (
    <Box flexDirection="column">
      <Box>
        <Lines lines={chartPanel(theme, state, layout)} />
        {layout.picture !== null && <Lines lines={picturePanel(theme, state, layout.picture)} />}
      </Box>
      <Lines lines={[progressLine(theme, state)]} />
      <Lines lines={metricLines(theme, state, layout)} />
      <Lines lines={logLines(theme, state, layout)} />
    </Box>
  );
}

export interface ViewProps {
  readonly state: State;
  readonly layout: Layout;
  readonly theme: Theme;
}

/** Lines that are already as wide as they should be. */
export function Lines({ lines }: { readonly lines: readonly string[] }): ReactNode {
  return <Text wrap="truncate">{lines.join('\n')}</Text>;
}

function chartPanel(theme: Theme, state: State, { chart: size }: Layout): readonly string[] {
  const fold = shownFold(state);
  const curve = curves(state.run)[state.curve]!;
  const title: Span[] = [['title', curve.name], ...legend(curve, fold)];
  const content =
    fold === undefined
      ? [line(theme, [['quiet', ' waiting for the first step']], size.width - 2)]
      : chart(theme, plot(state, curve, fold), size.width - 2, size.height - 2);
  return frame(theme, title, content, size.width, size.height);
}

function legend(curve: Curve, fold: FoldProgress | undefined): readonly Span[] {
  const train: Span[] = curve.train === null ? [] : ['  ', ['train', '⠒⠒ training']];
  const heldOut: Span[] = ['  ', ['heldOut', `${heldOutMark} held out`]];
  const diverged = fold?.diverged;
  const warning: Span[] = diverged
    ? ['  ', ['bad', `diverged at step ${diverged.step} of epoch ${diverged.epoch}`]]
    : [];
  return [...train, ...heldOut, ...warning];
}

const heldOutMark = 'o';

/** Training by step, held-out values at the ends of epochs, over epochs. */
function plot(state: State, curve: Curve, fold: FoldProgress): Chart {
  const { stepsPerEpoch, epochs } = fold.started;
  const { train } = curve;
  const series: Series[] = [];
  if (train !== null) {
    const points = fold.steps.map((step) => ({
      x: step.epoch - 1 + step.step / Math.max(1, stepsPerEpoch),
      y: train === 'loss' ? step.loss : (step.heads[train.head] ?? NaN),
    }));
    series.push({ role: 'train', points, joined: true, mark: null });
  }
  const points = fold.epochs.map((epoch) => ({ x: epoch.epoch, y: epoch.heldOut[curve.heldOut] ?? NaN }));
  series.push({ role: 'heldOut', points, joined: train === null, mark: heldOutMark });
  const published = state.run.reported[curve.heldOut];
  return {
    series,
    reference: published === undefined ? null : { y: published, label: `paper ${number(published)}` },
    x: { from: 0, to: epochs, label: 'epoch' },
  };
}

function picturePanel(
  theme: Theme,
  state: State,
  size: { readonly width: number; readonly height: number },
): readonly string[] {
  const fold = shownFold(state);
  const preview = fold === undefined ? undefined : state.previews.get(fold.fold);
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
  const options = {
    width: size.width - 2,
    height: size.height - 3,
    zoom: state.zoom,
    overlay: state.overlay,
  };
  const rows = picture(theme, preview, options);
  const gap = Array<string>(Math.max(0, options.height - rows.length)).fill(' '.repeat(options.width));
  const content = [...rows, ...gap, pictureLegend(theme, state, options.width)];
  return frame(theme, title, content, size.width, size.height);
}

/** Words, letters and counts beside the colours. */
function pictureLegend(theme: Theme, state: State, width: number): string {
  const preview = state.previews.get(shownFold(state)?.fold ?? 0);
  if (preview === undefined) return line(theme, [], width);
  const counts = pixelCounts(preview);
  const letters = theme.depth < 8 || state.overlay === 'letters';
  const entry = (role: 'correct' | 'missed' | 'false', colour: string): Span[] => {
    const mark = letters ? verdictLetters[role] : '█';
    const name = width >= 56 ? `${letters ? '' : `${colour} `}${role} ` : width >= 40 ? `${role} ` : '';
    return [' ', [role, mark], ` ${name}${counts[role]}`];
  };
  return line(
    theme,
    [...entry('correct', 'blue'), ...entry('missed', 'red'), ...entry('false', 'green')],
    width,
  );
}

function progressLine(theme: Theme, state: State): string {
  const fold = shownFold(state);
  if (fold === undefined) return line(theme, [['quiet', ' no step yet']], state.columns);
  const { epochs, stepsPerEpoch } = fold.started;
  const done = epochsDone(fold);
  const words =
    done < epochs
      ? ` epoch ${done + 1} of ${epochs} · step ${stepsDone(fold)} of ${stepsPerEpoch} `
      : ` ${epochs} epochs `;
  const left = state.alive === false ? null : timeLeft(fold);
  const last = fold.epochs.at(-1);
  const stepMs = fold.steps.at(-1)?.stepMs;
  const speed =
    last !== undefined
      ? `${duration(last.epochMs)}/epoch`
      : stepMs === undefined
        ? ''
        : `${duration(stepMs)}/step`;
  const right = ` ${speed}${left === null ? '' : ` · ${duration(left)} left`} `;
  const width = state.columns - words.length - right.length;
  return width < 12
    ? line(theme, [words, ['quiet', right]], state.columns)
    : words + progressBar(theme, fractionDone(fold), width) + theme.paint('quiet', right);
}

/** Held-out values: now, best so far, and the paper's. The chosen curve's line is marked. */
function metricLines(theme: Theme, state: State, layout: Layout): readonly string[] {
  const { metricRows, metricColumns, columns } = layout;
  const fold = shownFold(state);
  const chosen = curves(state.run)[state.curve]?.heldOut;
  const latest = fold?.epochs.at(-1)?.heldOut;
  const names = shortNames(state.run.metrics);
  const width = Math.floor(columns / metricColumns);
  const nameWidth = Math.min(Math.max(...names.map((name) => name.length), 4), width - 26);
  const cells = state.run.metrics.map((metric, index) => {
    const paper = state.run.reported[metric];
    const spans: Span[] = [
      metric === chosen ? ['key', ' › '] : '   ',
      names[index]!.slice(0, nameWidth).padEnd(nameWidth + 1),
      ['heldOut', number(latest?.[metric]).padStart(6)],
      ['reported', paper === undefined ? '' : `  paper ${number(paper)}`],
    ];
    return line(theme, spans, width);
  });
  return Array.from({ length: metricRows }, (_, row) =>
    Array.from(
      { length: metricColumns },
      (_, column) => cells[column * metricRows + row] ?? ' '.repeat(width),
    ).join(''),
  );
}

function logLines(theme: Theme, state: State, { logRows, columns }: Layout): readonly string[] {
  const rule = line(theme, [' ', ['frame', '─'.repeat(columns - 2)]], columns);
  const entries = state.progress.log.filter((event) => event.type !== 'checkpoint').slice(-logRows);
  return [
    rule,
    ...Array.from({ length: logRows }, (_, index) =>
      logLine(theme, entries[index], state.run.metrics, columns),
    ),
  ];
}

function logLine(
  theme: Theme,
  event: LogEvent | undefined,
  metrics: readonly string[],
  width: number,
): string {
  if (event === undefined) return ' '.repeat(width);
  const text: Span = [eventRole(event), eventText(event, metrics)];
  return line(theme, [' ', ['quiet', clock(event.time)], ' ', text], width);
}

/** Failures and notices stand out of the log. */
export function eventRole(event: LogEvent): Role {
  return event.type === 'failed' ? 'bad' : event.type === 'notice' ? 'warning' : 'plain';
}
