import type { SourceFile } from '../source/source-file.ts';
import { characterWidth, displayWidth } from '../source/width.ts';
import type { Diagnostic, Label, Severity } from './diagnostic.ts';

/** The texts that spans point into, by path; a `Map` will do. */
export interface Sources {
  get(path: string): SourceFile | undefined;
}

/** What a piece of the output is, for colouring. */
type Style = Severity | 'help' | 'frame' | 'strong';

/** Colours a piece of text. */
export type Paint = (style: Style, text: string) => string;

export interface RenderOptions {
  /** Plain by default; {@link ansi} for terminals. */
  readonly paint?: Paint;
  /** The columns that source lines are cut to; 100 by default. */
  readonly width?: number;
}

/** Leaves text as it is. */
export const plain: Paint = (_, text) => text;

/** Colours with ANSI escapes. */
export const ansi: Paint = (style, text) => (text === '' ? '' : `\u001b[${escapes[style]}m${text}\u001b[0m`);

const escapes: Readonly<Record<Style, string>> = {
  error: '1;31',
  warning: '1;33',
  note: '1;36',
  help: '1;32',
  frame: '34',
  strong: '1',
};

/** All diagnostics as people read them, with a blank line between two. */
export function renderDiagnostics(
  diagnostics: readonly Diagnostic[],
  sources: Sources,
  options: RenderOptions = {},
): string {
  return diagnostics.map((item) => renderDiagnostic(item, sources, options)).join('\n');
}

/** `2 errors, 1 warning`; notes are not counted. */
export function renderSummary(diagnostics: readonly Diagnostic[]): string {
  const counted = (['error', 'warning'] as const).flatMap((severity) => {
    const count = diagnostics.filter((item) => item.severity === severity).length;
    return count === 0 ? [] : [`${count} ${severity}${count === 1 ? '' : 's'}`];
  });
  return counted.join(', ') || 'no errors';
}

/** One diagnostic: its message, the lines that it points to with their marks, its notes and help. Ends with a line break. */
export function renderDiagnostic(item: Diagnostic, sources: Sources, options: RenderOptions = {}): string {
  const paint = options.paint ?? plain;
  const frames = framesOf(item, sources);
  const last = Math.max(0, ...frames.flatMap((frame) => frame.rows.map((row) => row.line + 1)));
  const gutter = String(last).length;
  const bar = paint('frame', `${' '.repeat(gutter)} |`);
  const lines = [
    `${paint(item.severity, `${item.severity}[${item.code}]`)}${paint('strong', `: ${item.message}`)}`,
  ];
  for (const [index, frame] of frames.entries()) {
    const arrow = index === 0 ? '-->' : ':::';
    lines.push(`${paint('frame', `${' '.repeat(gutter)}${arrow}`)} ${frame.title}`);
    if (frame.rows.length === 0) continue;
    lines.push(bar, ...frameLines(frame, gutter, bar, item.severity, paint, options.width ?? 100));
  }
  const remarks = [
    ...item.notes.map((text) => ({ style: 'note', text }) as const),
    ...item.help.map(({ message }) => ({ style: 'help', text: message }) as const),
  ];
  if (remarks.length > 0 && last > 0) lines.push(bar);
  for (const { style, text } of remarks) {
    const indent = ' '.repeat(gutter + 1);
    const lead = `${indent}${paint('frame', '=')} ${paint(style, style)}: `;
    const further = `\n${' '.repeat(gutter + style.length + 5)}`;
    lines.push(lead + text.split('\n').join(further));
  }
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`;
}

/** The part of a rendering that lies in one file. */
interface Frame {
  /** `path:line:column` of the first label, counted from 1. */
  readonly title: string;
  readonly rows: readonly Row[];
}

/** A source line and what is marked on it. */
interface Row {
  readonly line: number;
  readonly text: string;
  readonly marks: readonly Mark[];
}

interface Mark {
  readonly primary: boolean;
  readonly text: string;
  /** Character indices in the line. */
  readonly from: number;
  readonly to: number;
}

function framesOf(item: Diagnostic, sources: Sources): readonly Frame[] {
  const labels = [item.primary, ...item.secondary];
  const paths = [...new Set(labels.map((label) => label.span.file))];
  return paths.map((path) => {
    const own = labels.filter((label) => label.span.file === path);
    const source = sources.get(path);
    if (source === undefined) return { title: path, rows: [] };
    const { line, character } = source.position(own[0]!.span.start);
    return { title: `${path}:${line + 1}:${character + 1}`, rows: rowsOf(own, item.primary, source) };
  });
}

function rowsOf(labels: readonly Label[], primary: Label, source: SourceFile): readonly Row[] {
  const marks = labels.map((label) => ({ line: source.position(label.span.start).line, label }));
  const lines = [...new Set(marks.map(({ line }) => line))].sort((a, b) => a - b);
  return lines.map((line) => {
    const text = source.line(line);
    const start = source.lineStart(line);
    const own = marks
      .filter((mark) => mark.line === line)
      .map(({ label }) => ({
        primary: label === primary,
        text: label.text,
        from: Math.min(label.span.start - start, text.length),
        // Of a span over several lines, the first line is marked.
        to: Math.min(label.span.end - start, text.length),
      }));
    return { line, text, marks: own };
  });
}

function frameLines(
  frame: Frame,
  gutter: number,
  bar: string,
  severity: Severity,
  paint: Paint,
  width: number,
): readonly string[] {
  const out: string[] = [];
  for (const [index, row] of frame.rows.entries()) {
    const above = frame.rows[index - 1];
    if (above !== undefined && row.line > above.line + 1) out.push(paint('frame', '...'));
    const { text, marks } = fitted(row, width);
    out.push(`${paint('frame', `${String(row.line + 1).padStart(gutter)} |`)} ${text}`);
    for (const mark of marks) {
      const style = mark.primary ? severity : 'frame';
      const sign = (mark.primary ? '^' : '-').repeat(Math.max(1, mark.to - mark.from));
      out.push(`${bar} ${' '.repeat(mark.from)}${paint(style, `${sign} ${mark.text}`.trimEnd())}`);
    }
  }
  return out;
}

/** How many columns around a mark stay in view where a long line is cut. */
const context = 24;

/** A row in columns: tabs as blanks, and of a line that is too long the part around its marks. */
function fitted(row: Row, width: number): { readonly text: string; readonly marks: readonly Mark[] } {
  const cells = cellsOf(row.text);
  const columns = cells.columns;
  const marks = row.marks.map((mark) => ({ ...mark, from: columns[mark.from]!, to: columns[mark.to]! }));
  const whole = columns.at(-1)!;
  if (whole <= width) return { text: cells.text, marks };
  const first = Math.min(...marks.map((mark) => mark.from));
  const last = Math.max(...marks.map((mark) => mark.to));
  const focus = last - first + context <= width ? first : (marks.find((mark) => mark.primary)?.from ?? first);
  const start = Math.min(Math.max(0, focus - context), whole - width);
  const end = start + width;
  const view = cut(cells.text, start, end);
  const inside = (column: number) => Math.max(0, Math.min(column, end) - start);
  return {
    text: view,
    marks: marks.map((mark) => ({ ...mark, from: inside(mark.from), to: inside(mark.to) })),
  };
}

const tabWidth = 4;

/** A line with tabs as blanks, and the column at which each of its characters starts; the end is the last column. */
function cellsOf(line: string): { readonly text: string; readonly columns: readonly number[] } {
  const columns: number[] = [];
  let text = '';
  let column = 0;
  for (const character of line) {
    const width = character === '\t' ? tabWidth - (column % tabWidth) : characterWidth(character);
    for (let unit = 0; unit < character.length; unit++) columns.push(column);
    text += character === '\t' ? ' '.repeat(width) : character;
    column += width;
  }
  return { text, columns: [...columns, column] };
}

/** The columns of a text from one up to another, with `…` where something was cut off. */
function cut(text: string, start: number, end: number): string {
  let out = '';
  let column = 0;
  const whole = displayWidth(text);
  for (const character of text) {
    const width = characterWidth(character);
    const hidden = column < start || column + width > end;
    const edge = (start > 0 && column <= start) || (end < whole && column + width >= end);
    if (!hidden) out += edge ? '…'.padEnd(width) : character;
    else if (column < start && column + width > start) out += '…';
    column += width;
  }
  return out;
}
