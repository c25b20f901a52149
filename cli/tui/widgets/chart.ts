import { number } from '../../text/quantities.ts';
import { line, type Span } from '../drawing/lines.ts';
import type { Role, Theme } from '../theme/theme.ts';

/** A curve: joined points, single marks, or both. */
export interface Series {
  readonly role: Role;
  readonly points: readonly Point[];
  readonly joined: boolean;
  /** A character put on every point, so that curves differ without colour. */
  readonly mark: string | null;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Chart {
  readonly series: readonly Series[];
  /** A level to compare with, drawn dashed. */
  readonly reference: { readonly y: number; readonly label: string } | null;
  /** The range of the horizontal axis. */
  readonly x: { readonly from: number; readonly to: number; readonly label: string };
  /** Whether heights are logarithms; values that are not above 0 are left out then. */
  readonly log?: boolean;
  /** The range of the vertical axis; that of what is shown where it is left out. */
  readonly y?: { readonly from: number; readonly to: number };
}

/** What is at one character cell: a braille pattern or a character, and whose it is. */
interface Cell {
  readonly dots: number;
  readonly character: string | null;
  readonly role: Role;
}

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

interface Range {
  readonly low: number;
  readonly high: number;
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

interface Tick {
  readonly row: number;
  readonly label: string;
}

/** Round numbers, one on every second row or less. */
function verticalTicks({ low, high }: Range, rows: number): readonly Tick[] {
  const step = roundStep((high - low) / Math.max(1, Math.floor(rows / 1.6)));
  const decimals = Math.max(0, Math.min(6, -Math.floor(Math.log10(step) + 1e-9)));
  const ticks: Tick[] = [];
  for (let index = Math.ceil(low / step); index * step <= high; index += 1) {
    const row = Math.floor((((high - index * step) / (high - low)) * (rows * 4 - 1)) / 4);
    if (ticks.every((tick) => tick.row !== row)) {
      ticks.push({ row, label: (index * step).toFixed(decimals).replace(/^-(?=0(\.0*)?$)/, '') });
    }
  }
  return ticks;
}

/** Powers of ten, and 2 and 5 times them where there are few; where not even those, the ends. */
function logTicks({ low, high }: Range, rows: number): readonly Tick[] {
  const factors = high - low < 2 ? [1, 2, 5] : [1];
  const ticks: Tick[] = [];
  const put = (value: number): void => {
    const row = Math.floor((((high - Math.log10(value)) / (high - low)) * (rows * 4 - 1)) / 4);
    if (row >= 0 && row < rows && ticks.every((tick) => Math.abs(tick.row - row) > 1)) {
      ticks.push({
        row,
        label: value >= 0.001 && value < 1e5 ? String(Number(value.toPrecision(3))) : value.toExponential(0),
      });
    }
  };
  for (let power = Math.floor(low); power <= Math.ceil(high); power += 1) {
    for (const factor of factors) put(factor * 10 ** power);
  }
  if (ticks.length < 2) for (const end of [high, low]) put(10 ** end);
  return ticks.length > 0 ? ticks : [{ row: 0, label: number(10 ** high) }];
}

/** The next larger of 1, 2, 5, 10, 20, 50 and so on. */
function roundStep(minimum: number): number {
  const power = 10 ** Math.floor(Math.log10(minimum));
  const factor = [1, 2, 5, 10].find((candidate) => candidate * power >= minimum * 0.999) ?? 10;
  return factor * power;
}

function horizontalAxis(
  theme: Theme,
  { from, to, label }: Chart['x'],
  labelWidth: number,
  columns: number,
  width: number,
): string[] {
  const least = to - from > 2 ? 1 : 0;
  const step = Math.max(least, roundStep(Math.max(1e-9, to - from) / Math.max(1, Math.floor(columns / 9))));
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

/** Character cells of 2×4 dots each. */
class Canvas {
  readonly #columns: number;
  readonly #cells: (Cell | undefined)[][];

  constructor(columns: number, rows: number) {
    this.#columns = columns;
    this.#cells = Array.from({ length: rows }, () => Array<Cell | undefined>(columns).fill(undefined));
  }

  /** A straight line between two points in dots. */
  segment(from: Point, to: Point, role: Role): void {
    const length = Math.max(1, Math.ceil(Math.max(Math.abs(to.x - from.x), Math.abs(to.y - from.y))));
    for (let index = 0; index <= length; index += 1) {
      const part = index / length;
      this.#dot(from.x + (to.x - from.x) * part, from.y + (to.y - from.y) * part, role);
    }
  }

  mark(x: number, y: number, character: string, role: Role): void {
    this.#put(Math.floor(Math.round(x) / 2), Math.floor(Math.round(y) / 4), { dots: 0, character, role });
  }

  /** A dashed row with its label at the right end. */
  level(row: number, label: string, role: Role): void {
    const start = this.#columns - label.length - 1;
    for (let column = 0; column < this.#columns; column += 1) {
      const inLabel = column >= start && column < start + label.length;
      const character = inLabel ? label[column - start]! : column % 2 === 0 ? '╌' : ' ';
      this.#put(column, row, { dots: 0, character, role });
    }
  }

  /** Runs of cells with one meaning, row by row. */
  rows(): readonly (readonly Span[])[] {
    return this.#cells.map((cells) => {
      const runs: [Role, string][] = [];
      for (const cell of cells) {
        const role = cell?.role ?? 'plain';
        const text = cell === undefined ? ' ' : (cell.character ?? String.fromCodePoint(0x2800 + cell.dots));
        const last = runs.at(-1);
        if (last?.[0] === role) last[1] += text;
        else runs.push([role, text]);
      }
      return runs;
    });
  }

  #dot(x: number, y: number, role: Role): void {
    const [column, row] = [Math.round(x), Math.round(y)];
    const [cellColumn, cellRow] = [column >> 1, row >> 2];
    const before = this.#cells[cellRow]?.[cellColumn];
    const bit = dotBits[row & 3]?.[column & 1] ?? 0;
    const dots = (before?.character === null ? before.dots : 0) | bit;
    this.#put(cellColumn, cellRow, { dots, character: null, role });
  }

  #put(column: number, row: number, cell: Cell): void {
    const cells = this.#cells[row];
    if (cells !== undefined && column >= 0 && column < this.#columns) cells[column] = cell;
  }
}

/** Unicode's numbering of the eight dots, by row and column. */
const dotBits = [
  [0x01, 0x08],
  [0x02, 0x10],
  [0x04, 0x20],
  [0x40, 0x80],
] as const;
