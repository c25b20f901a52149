import { encode } from 'fast-png';
import type { Planes } from '../../../src/runtime/index.ts';
import type { Rgb } from '../theme/theme.ts';

/** The ways in which terminals show pictures that are more than characters. */
export type Graphics = 'kitty' | 'iterm' | 'sixel';

/** A picture on the screen: where, over how many cells, and its pixels. */
export interface Placement {
  /** From 0 on. */
  readonly row: number;
  readonly column: number;
  readonly columns: number;
  readonly rows: number;
  readonly picture: Pixels;
}

/** Red, green and blue bytes, row by row. */
export interface Pixels {
  readonly height: number;
  readonly width: number;
  readonly data: Uint8Array;
}

/**
 * What a terminal says that it can show. Inside of tmux and screen it is half-blocks, since those keep the terminal's own
 * sequences to themselves.
 */
export function graphicsOf(environment: Readonly<Record<string, string | undefined>>): Graphics | null {
  const { TERM: term = '', TERM_PROGRAM: program = '', CMRC_TUI: wishes = '' } = environment;
  const wish = (['kitty', 'iterm', 'sixel'] as const).find((name) => wishes.includes(name));
  if (wish !== undefined) return wish;
  if (wishes.includes('blocks') || environment['TMUX'] !== undefined || environment['STY'] !== undefined)
    return null;
  if (environment['KITTY_WINDOW_ID'] !== undefined || term === 'xterm-kitty' || /ghostty/i.test(program))
    return 'kitty';
  if (program === 'iTerm.app' || program === 'WezTerm') return 'iterm';
  return /sixel|^foot|^mlterm|^yaft/.test(term) ? 'sixel' : null;
}

/** The sequences that draw pictures over a frame; those of kitty stay until they are taken away, so that comes first. */
export function drawGraphics(graphics: Graphics, placements: readonly Placement[]): string {
  const clear = graphics === 'kitty' ? '\u001b_Ga=d,d=A,q=2\u001b\\' : '';
  const drawn = placements.map((placement) => {
    const place = `\u001b[${placement.row + 1};${placement.column + 1}H`;
    return place + encoders[graphics](placement);
  });
  return clear + drawn.join('');
}

const encoders: Readonly<Record<Graphics, (placement: Placement) => string>> = { kitty, iterm, sixel };

const chunkSize = 4096;

/** Graphics protocol of kitty: a PNG in chunks, scaled to cells, the cursor left where it is. */
function kitty({ picture, columns, rows }: Placement): string {
  const text = png(picture);
  const chunks = text.match(new RegExp(`.{1,${chunkSize}}`, 'g')) ?? [];
  return chunks
    .map((chunk, index) => {
      const first = index === 0 ? `a=T,f=100,q=2,C=1,c=${columns},r=${rows},` : '';
      return `\u001b_G${first}m=${index < chunks.length - 1 ? 1 : 0};${chunk}\u001b\\`;
    })
    .join('');
}

/** Inline images of iTerm2. */
function iterm({ picture, columns, rows }: Placement): string {
  const text = png(picture);
  return `\u001b]1337;File=inline=1;width=${columns};height=${rows};preserveAspectRatio=1:${text}\u0007`;
}

/** Pixels that a cell is taken to have; terminals with sixels do not say it without being asked. */
const cellPixels = { width: 10, height: 20 } as const;
/** Terminals have at least so many colour registers. */
const registers = 256;

/** Sixels: bands of six rows, a colour after the other. */
function sixel({ picture, columns, rows }: Placement): string {
  const scale = Math.min(
    (columns * cellPixels.width) / picture.width,
    (rows * cellPixels.height) / picture.height,
  );
  const width = Math.max(1, Math.floor(picture.width * scale));
  const height = Math.max(1, Math.floor(picture.height * scale));
  const { colours, palette } = paletteOf(picture);
  const colourAt = (x: number, y: number): number => {
    const row = Math.min(picture.height - 1, Math.floor(y / scale));
    return colours[row * picture.width + Math.min(picture.width - 1, Math.floor(x / scale))]!;
  };
  const bands: string[] = [];
  for (let top = 0; top < height; top += 6) {
    const bits = new Map<number, Uint8Array>();
    for (let y = top; y < Math.min(height, top + 6); y += 1) {
      for (let x = 0; x < width; x += 1) {
        const colour = colourAt(x, y);
        let row = bits.get(colour);
        if (row === undefined) {
          row = new Uint8Array(width);
          bits.set(colour, row);
        }
        row[x]! |= 1 << (y - top);
      }
    }
    bands.push([...bits].map(([colour, row]) => `#${colour}${runLengths(row)}`).join('$'));
  }
  const named = palette.map((colour, register) => `#${register};2;${colour.join(';')}`);
  return `\u001bP0;1q"1;1;${width};${height}${named.join('')}${bands.join('-')}\u001b\\`;
}

/** The colours of a picture as registers, in percent: fine enough for hues to stay what they are, coarse enough for a slow line. */
function paletteOf({ data, width, height }: Pixels): {
  readonly colours: Uint8Array;
  readonly palette: readonly (readonly number[])[];
} {
  const colours = new Uint8Array(width * height);
  for (let levels = 21; ; levels = Math.floor(levels / 2)) {
    const known = new Map<number, number>();
    const palette: number[][] = [];
    for (let pixel = 0; pixel < width * height && palette.length <= registers; pixel += 1) {
      const parts = [0, 1, 2].map((channel) => Math.round((data[3 * pixel + channel]! / 255) * (levels - 1)));
      const key = (parts[0]! * levels + parts[1]!) * levels + parts[2]!;
      const register = known.get(key) ?? palette.length;
      if (!known.has(key)) {
        known.set(key, register);
        palette.push(parts.map((part) => Math.round((part / (levels - 1)) * 100)));
      }
      colours[pixel] = register;
    }
    if (palette.length <= registers) return { colours, palette };
  }
}

/** Six pixels as a character, and `!n` before one that comes n times. */
function runLengths(row: Uint8Array): string {
  let out = '';
  for (let start = 0; start < row.length; ) {
    let end = start + 1;
    while (end < row.length && row[end] === row[start]) end += 1;
    const character = String.fromCharCode(63 + row[start]!);
    out += end - start > 3 ? `!${end - start}${character}` : character.repeat(end - start);
    start = end;
  }
  return out;
}

function png({ width, height, data }: Pixels): string {
  return Buffer.from(encode({ width, height, data, channels: 3, depth: 8 })).toString('base64');
}

/** The pixels of planes with what their masks say mixed in; `light` null leaves the image as it is. */
export function pixelsOf(
  { height, width, grey, truth, prediction }: Planes,
  light: ((verdict: 'correct' | 'missed' | 'false') => Rgb) | null,
): Pixels {
  const data = new Uint8Array(3 * height * width);
  for (let pixel = 0; pixel < height * width; pixel += 1) {
    const [real, guess] = [truth[pixel] !== 0, prediction[pixel] !== 0];
    const verdict = real && guess ? 'correct' : real ? 'missed' : guess ? 'false' : null;
    const colour = verdict === null || light === null ? null : light(verdict);
    for (let channel = 0; channel < 3; channel += 1) {
      const base = grey[pixel]!;
      data[3 * pixel + channel] = colour === null ? base : Math.round(0.3 * base + 0.7 * colour[channel]!);
    }
  }
  return { height, width, data };
}
