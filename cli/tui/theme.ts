import { stripVTControlCharacters } from 'node:util';

/** What a piece of text means; the only place that knows its colour is this file. */
export type Role = keyof typeof palette;

type Rgb = readonly [red: number, green: number, blue: number];

/** Truecolour, the nearest of 256, and an SGR code of the 16 every terminal has. */
interface Paint {
  readonly rgb: Rgb | null;
  readonly sgr: string;
}

const palette = {
  plain: { rgb: null, sgr: '' },
  title: { rgb: null, sgr: '1' },
  quiet: { rgb: null, sgr: '2' },
  frame: { rgb: [96, 104, 118], sgr: '90' },
  key: { rgb: [120, 190, 255], sgr: '96' },
  train: { rgb: [120, 190, 255], sgr: '96' },
  heldOut: { rgb: [255, 190, 90], sgr: '93' },
  reported: { rgb: [170, 150, 230], sgr: '95' },
  good: { rgb: [120, 210, 130], sgr: '92' },
  warning: { rgb: [245, 190, 80], sgr: '93' },
  bad: { rgb: [255, 110, 100], sgr: '91' },
  // The overlay's colours are those of the paper's figure 4.
  correct: { rgb: [70, 130, 255], sgr: '94' },
  missed: { rgb: [255, 70, 60], sgr: '91' },
  false: { rgb: [60, 200, 90], sgr: '92' },
} as const satisfies Record<string, Paint>;

/** How many colours the terminal has, as bits: 1 means none, 4 the sixteen that users choose themselves. */
export type Depth = 1 | 4 | 8 | 24;

/** Text with a meaning. */
export type Span = string | readonly [Role, string];

/** Turns meanings into escape sequences. */
export interface Theme {
  readonly depth: Depth;
  paint(role: Role, text: string): string;
  /** One character cell with its own colours, for pictures. */
  cell(text: string, front: Rgb, back: Rgb | null): string;
  /** The colour of a role as light, for mixing into pictures. */
  light(role: 'correct' | 'missed' | 'false'): Rgb;
}

export function themeOf(depth: Depth): Theme {
  return {
    depth,
    paint: (role, text) => {
      if (depth === 1 || text === '') return text;
      const { rgb, sgr } = palette[role] as Paint;
      const code = depth >= 8 && rgb !== null ? colour(38, rgb, depth) : sgr;
      return code === '' ? text : `\u001b[${code}m${text}\u001b[0m`;
    },
    cell: (text, front, back) => {
      if (depth < 8) return text;
      const ground = back === null ? '' : `;${colour(48, back, depth)}`;
      return `\u001b[${colour(38, front, depth)}${ground}m${text}\u001b[0m`;
    },
    light: (role) => palette[role].rgb,
  };
}

/** The depth of a terminal; `NO_COLOR` and `TERM=dumb` are respected by Node's own count. */
export function depthOf(stream: { getColorDepth?: () => number }): Depth {
  const depth = stream.getColorDepth?.() ?? 1;
  return depth >= 24 ? 24 : depth >= 8 ? 8 : depth >= 4 ? 4 : 1;
}

/** A line of exactly `width` characters: cut with `…`, or filled with spaces. */
export function line(theme: Theme, spans: readonly Span[], width: number): string {
  let left = width;
  let out = '';
  const total = spans.reduce((sum, span) => sum + widthOf(textOf(span)), 0);
  for (const span of spans) {
    if (left === 0) break;
    const characters = [...textOf(span)];
    const cut = characters.length > left || (characters.length === left && total > width);
    const text = cut ? `${characters.slice(0, left - 1).join('')}…` : characters.join('');
    out += theme.paint(roleOf(span), text);
    left -= widthOf(text);
    if (cut) break;
  }
  return out + ' '.repeat(left);
}

/** A line with something at its right end; the left part gives way. */
export function justified(
  theme: Theme,
  left: readonly Span[],
  right: readonly Span[],
  width: number,
): string {
  const end = right.reduce((sum, span) => sum + widthOf(textOf(span)), 0);
  if (end >= width) return line(theme, right, width);
  return line(theme, left, width - end) + line(theme, right, end);
}

/** Without control characters, which names from files might carry. */
export function clean(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
  return stripVTControlCharacters(text).replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ');
}

function textOf(span: Span): string {
  return clean(typeof span === 'string' ? span : span[1]);
}

function roleOf(span: Span): Role {
  return typeof span === 'string' ? 'plain' : span[0];
}

function widthOf(text: string): number {
  return [...text].length;
}

function colour(kind: 38 | 48, [red, green, blue]: Rgb, depth: Depth): string {
  if (depth === 24) return `${kind};2;${red};${green};${blue}`;
  const level = (value: number) => Math.round((value / 255) * 5);
  return `${kind};5;${16 + 36 * level(red) + 6 * level(green) + level(blue)}`;
}
