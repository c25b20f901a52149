import type { verdicts } from './colours.ts';
import { type Graphics, graphicsOf } from './graphics.ts';

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

/**
 * The depth of a terminal. `NO_COLOR` and `TERM=dumb` are respected by Node's own count, which is cautious inside of tmux and
 * screen: there `COLORTERM` says whether colours pass as they are, and the name of the terminal whether there are 256.
 */
export function depthOf(
  stream: { getColorDepth?: (environment?: object) => number },
  environment: Readonly<Record<string, string | undefined>> = {},
): Depth {
  const depth = stream.getColorDepth?.(environment) ?? 1;
  if (depth < 4) return 1;
  const { COLORTERM: colours = '', TERM: term = '' } = environment;
  if (depth >= 24 || /^(truecolor|24bit)$/i.test(colours)) return 24;
  return depth >= 8 || /256/.test(term) ? 8 : 4;
}

/**
 * The look that suits a terminal: its colours, its background where it says so (`COLORFGBG`), its characters (`LC_ALL`,
 * `LC_CTYPE`, `LANG`), and what `CMRC_TUI` asks for, such as `light,ascii`.
 */
export function lookFor(
  stream: { getColorDepth?: (environment?: object) => number },
  environment: Readonly<Record<string, string | undefined>>,
): Look {
  const wishes = new Set((environment['CMRC_TUI'] ?? '').split(/[\s,]+/));
  const locale = environment['LC_ALL'] || environment['LC_CTYPE'] || environment['LANG'] || '';
  const back = Number(environment['COLORFGBG']?.split(';').at(-1) ?? Number.NaN);
  const isLight = back === 7 || back >= 9;
  return {
    depth: depthOf(stream, environment),
    ground: wishes.has('light') ? 'light' : wishes.has('dark') ? 'dark' : isLight ? 'light' : 'dark',
    masks: wishes.has('safe') ? 'safe' : 'paper',
    ascii: wishes.has('ascii') || (!wishes.has('unicode') && !/utf-?8/i.test(locale)),
    graphics: graphicsOf(environment),
  };
}
