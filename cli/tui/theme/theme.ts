import { type Graphics, graphicsOf } from '../drawing/graphics.ts';

/** What a piece of text means; the only place that knows its colour is this file. */
export type Role = keyof typeof dark;

export type Rgb = readonly [red: number, green: number, blue: number];

/** Truecolour, the nearest of 256, and an SGR code of the 16 every terminal has. */
interface Paint {
  readonly rgb: Rgb | null;
  readonly sgr: string;
  /** Drawn behind the text. */
  readonly ground?: Rgb;
}

/** Series are told apart by the colours of Okabe and Ito, which most colour-blind people can. */
const dark = {
  plain: { rgb: null, sgr: '' },
  title: { rgb: null, sgr: '1' },
  quiet: { rgb: [138, 146, 158], sgr: '2' },
  frame: { rgb: [104, 112, 126], sgr: '90' },
  key: { rgb: [120, 190, 255], sgr: '96' },
  here: { rgb: [255, 255, 255], sgr: '7', ground: [45, 74, 110] },
  train: { rgb: [86, 180, 233], sgr: '96' },
  heldOut: { rgb: [230, 159, 0], sgr: '93' },
  reported: { rgb: [204, 150, 190], sgr: '95' },
  good: { rgb: [60, 190, 140], sgr: '92' },
  warning: { rgb: [240, 190, 60], sgr: '93' },
  bad: { rgb: [255, 115, 85], sgr: '91' },
  series1: { rgb: [86, 180, 233], sgr: '96' },
  series2: { rgb: [230, 159, 0], sgr: '93' },
  series3: { rgb: [0, 190, 140], sgr: '92' },
  series4: { rgb: [225, 145, 190], sgr: '95' },
  series5: { rgb: [240, 228, 66], sgr: '33' },
  series6: { rgb: [235, 110, 40], sgr: '91' },
  series7: { rgb: [90, 130, 235], sgr: '94' },
  series8: { rgb: [170, 170, 170], sgr: '37' },
  correct: { rgb: [70, 130, 255], sgr: '94' },
  missed: { rgb: [255, 70, 60], sgr: '91' },
  false: { rgb: [60, 200, 90], sgr: '92' },
} as const satisfies Record<string, Paint>;

const light: Record<Role, Paint> = {
  ...dark,
  quiet: { rgb: [100, 105, 115], sgr: '2' },
  frame: { rgb: [125, 130, 140], sgr: '37' },
  key: { rgb: [0, 92, 175], sgr: '34' },
  here: { rgb: [0, 0, 0], sgr: '7', ground: [200, 220, 245] },
  train: { rgb: [0, 108, 170], sgr: '34' },
  heldOut: { rgb: [172, 77, 0], sgr: '33' },
  reported: { rgb: [150, 70, 125], sgr: '35' },
  good: { rgb: [0, 120, 82], sgr: '32' },
  warning: { rgb: [145, 95, 0], sgr: '33' },
  bad: { rgb: [190, 40, 20], sgr: '31' },
  series1: { rgb: [0, 108, 170], sgr: '34' },
  series2: { rgb: [172, 77, 0], sgr: '33' },
  series3: { rgb: [0, 120, 86], sgr: '32' },
  series4: { rgb: [160, 75, 125], sgr: '35' },
  series5: { rgb: [122, 100, 0], sgr: '33' },
  series6: { rgb: [200, 60, 0], sgr: '31' },
  series7: { rgb: [60, 90, 200], sgr: '34' },
  series8: { rgb: [90, 90, 90], sgr: '30' },
};

/** The colours of right, missed and invented pixels: those of the paper's figure 4, or ones that colour-blind people tell apart. */
const verdicts = {
  paper: { correct: [70, 130, 255], missed: [255, 70, 60], false: [60, 200, 90] },
  safe: { correct: [86, 180, 233], missed: [235, 95, 0], false: [240, 228, 66] },
} as const satisfies Record<string, Record<'correct' | 'missed' | 'false', Rgb>>;

/** Of these colours so much is left where they are text on a light ground, which they are too bright for. */
const verdictOnLight = 0.5;

/** How many colours the terminal has, as bits: 1 means none, 4 the sixteen that users choose themselves. */
export type Depth = 1 | 4 | 8 | 24;

/** What people may choose about looks. */
export interface Look {
  readonly depth: Depth;
  readonly ground: 'dark' | 'light';
  readonly masks: keyof typeof verdicts;
  /** Only characters that every terminal has. */
  readonly ascii: boolean;
  /** How pictures are shown that are more than characters; null shows half-blocks or letters. */
  readonly graphics: Graphics | null;
}

/** Turns meanings into escape sequences. */
export interface Theme extends Look {
  paint(role: Role, text: string): string;
  /** One character cell with its own colours, for pictures. */
  cell(text: string, front: Rgb, back: Rgb | null): string;
  /** The colour of a verdict as light, for mixing into pictures. */
  light(role: 'correct' | 'missed' | 'false'): Rgb;
}

export function themeOf(look: Depth | Partial<Look>): Theme {
  const chosen: Look = {
    depth: 24,
    ground: 'dark',
    masks: 'paper',
    ascii: false,
    graphics: null,
    ...(typeof look === 'number' ? { depth: look } : look),
  };
  const { depth } = chosen;
  const paints: Record<Role, Paint> = chosen.ground === 'dark' ? dark : light;
  const paintOf = (role: Role): Paint =>
    role === 'correct' || role === 'missed' || role === 'false'
      ? { ...paints[role], rgb: inkOf(verdicts[chosen.masks][role], chosen.ground) }
      : paints[role];
  return {
    ...chosen,
    paint: (role, text) => {
      if (depth === 1 || text === '') return text;
      const { rgb, sgr, ground } = paintOf(role);
      const front = depth >= 8 && rgb !== null ? colour(38, rgb, depth) : sgr;
      const back = depth >= 8 && ground !== undefined ? `;${colour(48, ground, depth)}` : '';
      return front === '' ? text : `\u001b[${front}${back}m${text}\u001b[0m`;
    },
    cell: (text, front, back) => {
      if (depth < 8) return text;
      const ground = back === null ? '' : `;${colour(48, back, depth)}`;
      return `\u001b[${colour(38, front, depth)}${ground}m${text}\u001b[0m`;
    },
    light: (role) => verdicts[chosen.masks][role],
  };
}

function inkOf([red, green, blue]: Rgb, ground: Look['ground']): Rgb {
  const part = ground === 'dark' ? 1 : verdictOnLight;
  return [Math.round(part * red), Math.round(part * green), Math.round(part * blue)];
}

/** Everything that has a colour, for whoever looks at all of them. */
export const roles = Object.keys(dark) as readonly Role[];

/** The role of the n-th of several series, from 0 on, and a mark that tells it apart without colour. */
export function seriesRole(index: number): Role {
  return `series${(index % 8) + 1}` as Role;
}

export const seriesMarks = ['o', 'x', '+', '*', '#', '@', '%', '&'] as const;

/** The depth of a terminal; `NO_COLOR` and `TERM=dumb` are respected by Node's own count. */
export function depthOf(stream: { getColorDepth?: () => number }): Depth {
  const depth = stream.getColorDepth?.() ?? 1;
  return depth >= 24 ? 24 : depth >= 8 ? 8 : depth >= 4 ? 4 : 1;
}

/**
 * The look that suits a terminal: its colours, its background where it says so (`COLORFGBG`), its characters (`LC_ALL`,
 * `LC_CTYPE`, `LANG`), and what `CMRC_TUI` asks for, such as `light,ascii`.
 */
export function lookFor(
  stream: { getColorDepth?: () => number },
  environment: Readonly<Record<string, string | undefined>>,
): Look {
  const wishes = new Set((environment['CMRC_TUI'] ?? '').split(/[\s,]+/));
  const locale = environment['LC_ALL'] || environment['LC_CTYPE'] || environment['LANG'] || '';
  const back = Number(environment['COLORFGBG']?.split(';').at(-1) ?? Number.NaN);
  const isLight = back === 7 || back >= 9;
  return {
    depth: depthOf(stream),
    ground: wishes.has('light') ? 'light' : wishes.has('dark') ? 'dark' : isLight ? 'light' : 'dark',
    masks: wishes.has('safe') ? 'safe' : 'paper',
    ascii: wishes.has('ascii') || (!wishes.has('unicode') && !/utf-?8/i.test(locale)),
    graphics: graphicsOf(environment),
  };
}

function colour(kind: 38 | 48, [red, green, blue]: Rgb, depth: Depth): string {
  if (depth === 24) return `${kind};2;${red};${green};${blue}`;
  const level = (value: number) => Math.round((value / 255) * 5);
  return `${kind};5;${16 + 36 * level(red) + 6 * level(green) + level(blue)}`;
}
