import { line, type Span } from '../../drawing/lines.ts';
import type { Theme } from '../../theme/theme.ts';
import { Canvas } from './canvas.ts';
import type { Chart, Point, Series } from './series.ts';
import { logTicks, type Range, roundStep, verticalTicks } from './ticks.ts';

/**
 * A chart in braille as lines of exactly `width` characters: the plot, the axis, its labels.
 * Points that are NaN or infinite are left out and break a joined curve.
 */
export function chart(
  theme: Theme,
  { series, reference, x, log = false, y }: Chart,
  width: number,
  height: number,
): string[] {
  const rows = height - 2;
  const scale = log ? (value: number) => (value > 0 ? Math.log10(value) : Number.NaN) : identity;
  const level = reference === null ? null : scale(reference.y);
  const range =
    y === undefined ? verticalRange(series, x, log, level) : { low: scale(y.from), high: scale(y.to) };
  if (range === null || rows < 2 || width < 16) return emptyChart(theme, width, height);
  const ticks = log ? logTicks(range, rows) : verticalTicks(range, rows);
  const labelWidth = Math.max(...ticks.map((tick) => tick.label.length)) + 1;
  const columns = width - labelWidth - 1;
  const canvas = new Canvas(columns, rows);
  const column = (value: number) => ((value - x.from) / Math.max(1e-9, x.to - x.from)) * (columns * 2 - 1);
  const row = (value: number) => ((range.high - scale(value)) / (range.high - range.low)) * (rows * 4 - 1);
  if (reference !== null && level !== null && Number.isFinite(level)) {
    canvas.level(Math.floor(row(reference.y) / 4), reference.label, 'reported');
  }
  for (const one of series) draw(canvas, one, { x, columns: columns * 2, column, row });
  const plot = canvas.rows().map((cells, index) => {
    const label = ticks.find((tick) => tick.row === index)?.label;
    const edge: Span = ['frame', `${(label ?? '').padStart(labelWidth)}${label === undefined ? '│' : '┤'}`];
    return line(theme, [edge, ...cells], width);
  });
  return [...plot, ...horizontalAxis(theme, x, labelWidth, columns, width)];
}

/** Where values are, in dots. */
interface Places {
  readonly x: Chart['x'];
  readonly columns: number;
  readonly column: (x: number) => number;
  readonly row: (y: number) => number;
}

function draw(canvas: Canvas, series: Series, places: Places): void {
  const { x, column, row } = places;
  if (series.joined) {
    let before: Point | null = null;
    for (const [at, height] of heights(series.points, places).entries()) {
      if (height === null) continue;
      const here = Number.isFinite(height) ? { x: at, y: height } : null;
      if (here !== null) canvas.segment(before ?? here, here, series.role);
      before = here;
    }
  }
  if (series.mark === null) return;
  for (const point of series.points) {
    const height = row(point.y);
    if (isInside(point, x) && Number.isFinite(height)) {
      canvas.mark(column(point.x), height, series.mark, series.role);
    }
  }
}

const identity = (value: number): number => value;

function isInside({ x }: Point, { from, to }: Chart['x']): boolean {
  return x >= from && x <= to;
}

/**
 * The mean height of the points on each column of dots, so that many steps stay readable: null where there is no point,
 * NaN where no point has a height. A pass without objects, since there may be a hundred thousand points in every frame.
 */
function heights(points: readonly Point[], { x, columns, column, row }: Places): readonly (number | null)[] {
  const [sums, finite] = [new Float64Array(columns), new Int32Array(columns)];
  const taken = new Uint8Array(columns);
  for (const point of points) {
    if (!isInside(point, x)) continue;
    const at = Math.round(column(point.x));
    const height = row(point.y);
    taken[at] = 1;
    if (!Number.isFinite(height)) continue;
    sums[at]! += height;
    finite[at]! += 1;
  }
  return Array.from(taken, (any, at) => (any === 0 ? null : sums[at]! / finite[at]!));
}

/** Covers the finite values, as logarithms where those are asked for; a constant gets room around it. Null without any. */
function verticalRange(
  series: readonly Series[],
  x: Chart['x'],
  log: boolean,
  reference: number | null,
): Range | null {
  let low = Infinity;
  let high = -Infinity;
  for (const { points } of series) {
    for (const point of points) {
      const { y } = point;
      if (!isInside(point, x) || !Number.isFinite(y) || (log && y <= 0)) continue;
      if (y < low) low = y;
      if (y > high) high = y;
    }
  }
  if (low > high) return null;
  if (log) [low, high] = [Math.log10(low), Math.log10(high)];
  if (reference !== null && Number.isFinite(reference)) {
    low = Math.min(low, reference);
    high = Math.max(high, reference);
  }
  const room = high > low ? (high - low) * 0.04 : Math.max(Math.abs(high) * 0.05, 0.005);
  return { low: low - room, high: high + room };
}

function horizontalAxis(
  theme: Theme,
  { label, unit = 1, ...range }: Chart['x'],
  labelWidth: number,
  columns: number,
  width: number,
): string[] {
  const [from, to] = [range.from / unit, range.to / unit];
  const minStep = to - from > 2 ? 1 : 0;
  const step = Math.max(minStep, roundStep(Math.max(1e-9, to - from) / Math.max(1, Math.floor(columns / 9))));
  const edge = [...`${' '.repeat(labelWidth)}└${'─'.repeat(columns)}`];
  const names = [...' '.repeat(width)];
  const write = (text: string, at: number) => {
    for (const [index, character] of [...text].entries()) names[at + index] = character;
  };
  const room = width - label.length - 1;
  for (let value = Math.ceil(from / step) * step; value <= to; value += step) {
    const at = Math.round(((value - from) / Math.max(1e-9, to - from)) * (columns - 1)) + labelWidth + 1;
    const text = String(Number(value.toFixed(6)));
    const start = at - Math.floor((text.length - 1) / 2);
    if (start + text.length > room) continue;
    edge[at] = '┴';
    write(text, start);
  }
  write(label, width - label.length);
  return [line(theme, [['frame', edge.join('')]], width), line(theme, [['frame', names.join('')]], width)];
}

function emptyChart(theme: Theme, width: number, height: number): string[] {
  const words = 'no values yet';
  return Array.from({ length: height }, (_, index) => {
    const text =
      index === Math.floor(height / 2) ? words.padStart(Math.floor((width + words.length) / 2)) : '';
    return line(theme, [['quiet', text]], width);
  });
}
