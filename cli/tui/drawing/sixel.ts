import type { Pixels, Placement } from './pixels.ts';

/** Pixels that a cell is taken to have; terminals with sixels do not say it without being asked. */
const cellPixels = { width: 10, height: 20 } as const;
/** Terminals have at least so many colour registers. */
const registers = 256;

/** Sixels: bands of six rows, a colour after the other. */
export function sixel({ picture, columns, rows }: Placement): string {
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
    const registerOf = new Map<number, number>();
    const palette: number[][] = [];
    for (let pixel = 0; pixel < width * height && palette.length <= registers; pixel += 1) {
      const parts = [0, 1, 2].map((channel) => Math.round((data[3 * pixel + channel]! / 255) * (levels - 1)));
      const key = (parts[0]! * levels + parts[1]!) * levels + parts[2]!;
      const register = registerOf.get(key) ?? palette.length;
      if (!registerOf.has(key)) {
        registerOf.set(key, register);
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
