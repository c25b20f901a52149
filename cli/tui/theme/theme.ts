import { dark, light, type Paint, type Rgb, type Role, verdictOnLight, verdicts } from './colours.ts';
import { indexed } from './indexed.ts';
import type { Depth, Look } from './look.ts';

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

function colour(kind: 38 | 48, rgb: Rgb, depth: Depth): string {
  return depth === 24 ? `${kind};2;${rgb.join(';')}` : `${kind};5;${indexed(rgb)}`;
}
