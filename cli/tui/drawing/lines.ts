import { cleanLine } from '../../../src/compiler/index.ts';
import type { Role } from '../theme/colours.ts';
import type { Theme } from '../theme/theme.ts';

/** Text with a meaning. */
export type Span = string | readonly [Role, string];

/** A line of exactly `width` characters: cut with `…`, or filled with spaces. */
export function line(theme: Theme, spans: readonly Span[], width: number): string {
  let left = width;
  let out = '';
  const total = lengthOf(spans);
  for (const span of spans) {
    if (left <= 0) break;
    const text = textOf(span);
    const size = widthOf(text);
    const cut = size > left || (size === left && total > width);
    out += theme.paint(roleOf(span), cut ? `${[...text].slice(0, left - 1).join('')}…` : text);
    left -= cut ? left : size;
  }
  return out + ' '.repeat(Math.max(0, left));
}

/** A line with something at its right end; the left part gives way. */
export function justified(
  theme: Theme,
  left: readonly Span[],
  right: readonly Span[],
  width: number,
): string {
  const end = lengthOf(right);
  if (end >= width) return line(theme, right, width);
  const cut = lengthOf(left) > width - end;
  // What is cut does not run into what stands at the right.
  const gap = cut && end > 0 && !startsWithSpace(right) ? 1 : 0;
  const room = Math.max(0, width - end - gap);
  return line(theme, left, room) + ' '.repeat(width - end - room) + line(theme, right, end);
}

function startsWithSpace(spans: readonly Span[]): boolean {
  return spans.map(textOf).join('').startsWith(' ');
}

/** A text of at most `width` characters, cut where something ends that it lists, so that no word is half. */
export function listed(text: string, width: number): string {
  if ([...text].length <= width) return text;
  const room = [...text].slice(0, Math.max(0, width - 2)).join('');
  const end = Math.max(room.lastIndexOf(', '), room.lastIndexOf(' · '));
  return end > width / 3 ? `${room.slice(0, end)} …` : text;
}

/** The line under the cursor, in one colour. */
export function chosenLine(theme: Theme, spans: readonly Span[], width: number): string {
  const bare = spans.map(textOf).join('');
  return line(theme, [['here', fitted(bare, width)]], width);
}

/** A text of exactly `width` characters. */
export function fitted(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const characters = [...text];
  if (characters.length > width) {
    return width <= 1 ? '…'.slice(0, width) : `${characters.slice(0, width - 1).join('')}…`;
  }
  const room = ' '.repeat(width - characters.length);
  return align === 'left' ? text + room : room + text;
}

/** As many lines as asked for: cut, or filled with empty ones. */
export function filled(lines: readonly string[], width: number, height: number): string[] {
  const empty = ' '.repeat(Math.max(0, width));
  return Array.from({ length: Math.max(0, height) }, (_, index) => lines[index] || empty);
}

/** Columns of lines side by side; each holds lines of its own width. */
export function beside(...parts: readonly (readonly string[])[]): string[] {
  const height = Math.max(...parts.map((part) => part.length));
  return Array.from({ length: height }, (_, row) => parts.map((part) => part[row] ?? '').join(''));
}

/** Text in lines of at most `width` characters, broken at spaces where there are any. */
export function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let rest = text;
  while (rest.length > width) {
    const space = rest.lastIndexOf(' ', width);
    const end = space > width / 2 ? space : width;
    lines.push(rest.slice(0, end));
    rest = rest.slice(end).trimStart();
  }
  return [...lines, rest];
}

export function lengthOf(spans: readonly Span[]): number {
  return spans.reduce((sum, span) => sum + widthOf(textOf(span)), 0);
}

function textOf(span: Span): string {
  return cleanLine(typeof span === 'string' ? span : span[1]);
}

function roleOf(span: Span): Role {
  return typeof span === 'string' ? 'plain' : span[0];
}

function widthOf(text: string): number {
  return surrogate.test(text) ? [...text].length : text.length;
}

const surrogate = /[\ud800-\udfff]/;
