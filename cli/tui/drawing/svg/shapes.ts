/** A character cell in units of the SVG. */
export const cellWidth = 8;
export const cellHeight = 17;

type Shape = (left: number, top: number) => string;

const box = (x: number, y: number, width: number, height: number) =>
  `M${x} ${y}h${width}v${height}h${-width}z`;
const middleX = cellWidth / 2 - 0.6;
const middleY = cellHeight / 2 - 0.6;
const line = 1.2;

/** Which ways a box character's lines go from the middle: left, right, up, down. */
const strokesOf: Readonly<Record<string, string>> = {
  '─': 'lr',
  '━': 'LR',
  '│': 'ud',
  '╭': 'rd',
  '╮': 'ld',
  '╰': 'ru',
  '╯': 'lu',
  '┤': 'lud',
  '├': 'rud',
  '└': 'ru',
  '┴': 'lru',
  '┬': 'lrd',
  '╌': 'm',
  '┄': 'm',
};

/** Where the eight dots of a braille character are, by bit. */
const dotPlaces = [
  [0, 0],
  [0, 1],
  [0, 2],
  [1, 0],
  [1, 1],
  [1, 2],
  [0, 3],
  [1, 3],
] as const;

export function shapeOf(text: string): Shape | null {
  const code = text.codePointAt(0) ?? 0;
  if (code > 0x2800 && code <= 0x28ff) {
    return (left, top) =>
      dotPlaces
        .flatMap(([x, y], bit) =>
          (code - 0x2800) & (1 << bit) ? [box(left + 1.2 + x * 3.8, top + 1.3 + y * 4.2, 2, 2)] : [],
        )
        .join('');
  }
  if (code >= 0x2581 && code <= 0x2588) {
    const height = ((code - 0x2580) / 8) * cellHeight;
    return (left, top) => box(left, round(top + cellHeight - height), cellWidth, round(height));
  }
  if (text === '▀') return (left, top) => box(left, top, cellWidth, cellHeight / 2);
  const strokes = strokesOf[text];
  if (strokes === undefined) return null;
  return (left, top) => {
    const [x, y] = [left + middleX, top + middleY];
    return [
      strokes.includes('l') ? box(left, y, cellWidth / 2 + 0.6, line) : '',
      strokes.includes('r') ? box(x, y, cellWidth / 2 + 0.6, line) : '',
      strokes.includes('L') ? box(left, y - 0.6, cellWidth, 2.4) : '',
      strokes.includes('u') ? box(x, top, line, cellHeight / 2 + 0.6) : '',
      strokes.includes('d') ? box(x, y, line, cellHeight / 2 + 0.6) : '',
      strokes.includes('m') ? box(left + 1.5, y, cellWidth - 4, line) : '',
    ].join('');
  };
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
