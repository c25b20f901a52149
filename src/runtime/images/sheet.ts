import { encode } from 'fast-png';
import { quantile } from './intensity.ts';

/** An image to draw: its values, and a mask over them where there is one. */
export interface Picture {
  readonly height: number;
  readonly width: number;
  readonly values: ArrayLike<number>;
  readonly mask: ArrayLike<number> | null;
}

/** Red, green and blue of pixels, row by row. */
export interface Sheet {
  readonly height: number;
  readonly width: number;
  readonly colours: Uint8Array;
}

/** Tells structures apart, also for eyes that do not tell red from green (Okabe and Ito 2008). */
const palette: readonly (readonly [number, number, number])[] = [
  [230, 159, 0],
  [86, 180, 233],
  [0, 158, 115],
  [240, 228, 66],
  [213, 94, 0],
  [204, 121, 167],
];

const gap = 2;

/** Pictures side by side, each from its darkest to its brightest percent, the borders of masks in the colour of their value. */
export function drawSheet(pictures: readonly Picture[], columns: number): Sheet {
  const cellHeight = Math.max(...pictures.map(({ height }) => height));
  const cellWidth = Math.max(...pictures.map(({ width }) => width));
  const rows = Math.ceil(pictures.length / columns);
  const width = columns * (cellWidth + gap) - gap;
  const height = rows * (cellHeight + gap) - gap;
  const colours = new Uint8Array(height * width * 3);
  for (const [index, picture] of pictures.entries()) {
    const top = Math.floor(index / columns) * (cellHeight + gap);
    const left = (index % columns) * (cellWidth + gap);
    drawPicture(picture, (row, column, colour) =>
      colours.set(colour, ((top + row) * width + left + column) * 3),
    );
  }
  return { height, width, colours };
}

export function sheetPng({ height, width, colours }: Sheet): Uint8Array {
  return encode({ height, width, data: colours, channels: 3, depth: 8 });
}

type Paint = (row: number, column: number, colour: readonly number[]) => void;

function drawPicture({ height, width, values, mask }: Picture, paint: Paint): void {
  const sorted = Float32Array.from(values).sort();
  const low = quantile(sorted, 0.01);
  const high = quantile(sorted, 0.99);
  for (let row = 0; row < height; row += 1) {
    for (let column = 0; column < width; column += 1) {
      const at = row * width + column;
      const share = high > low ? (values[at]! - low) / (high - low) : 0;
      const grey = Math.round(255 * Math.min(1, Math.max(0, share)));
      const value = mask?.[at] ?? 0;
      const colour = palette[(Math.max(1, Math.round(value)) - 1) % palette.length]!;
      paint(
        row,
        column,
        value !== 0 && isBorder(mask!, row, column, height, width) ? colour : [grey, grey, grey],
      );
    }
  }
}

function isBorder(
  mask: ArrayLike<number>,
  row: number,
  column: number,
  height: number,
  width: number,
): boolean {
  const value = mask[row * width + column];
  return [
    [-1, 0],
    [1, 0],
    [0, -1],
    [0, 1],
  ].some(([down, across]) => {
    const [y, x] = [row + down!, column + across!];
    return y < 0 || x < 0 || y >= height || x >= width || mask[y * width + x] !== value;
  });
}

/** A sheet as lines of half blocks, two pixels high, for a terminal with 24-bit colours. */
export function sheetLines(sheet: Sheet, columns: number): readonly string[] {
  const width = Math.min(columns, sheet.width);
  const scale = sheet.width / width;
  const rows = Math.max(1, Math.round(sheet.height / scale / 2));
  const at = (row: number, column: number) => {
    const y = Math.min(sheet.height - 1, Math.floor((row + 0.5) * scale));
    const x = Math.min(sheet.width - 1, Math.floor((column + 0.5) * scale));
    return [...sheet.colours.subarray((y * sheet.width + x) * 3, (y * sheet.width + x) * 3 + 3)].join(';');
  };
  return Array.from({ length: rows }, (_, row) => {
    const cells = Array.from(
      { length: width },
      (_, column) => `\x1b[38;2;${at(2 * row, column)};48;2;${at(2 * row + 1, column)}m▀`,
    );
    return `${cells.join('')}\x1b[0m`;
  });
}
