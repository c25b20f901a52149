/** A character cell of a frame. */
interface Cell {
  readonly text: string;
  readonly front: string;
  readonly back: string | null;
  readonly bold: boolean;
  readonly faint: boolean;
}

interface Style {
  front: string | null;
  back: string | null;
  bold: boolean;
  faint: boolean;
  inverse: boolean;
}

const cellWidth = 8;
const cellHeight = 17;
const margin = 10;

const grounds = {
  dark: { ground: '#14171c', text: '#d6dae0' },
  light: { ground: '#fbfbfa', text: '#22262b' },
} as const;

/**
 * A frame with its colours as an SVG picture of a terminal. Braille, blocks and box lines are drawn as shapes, since few
 * fonts have them all and fewer join them; a line of text is as wide as its cells whatever font shows it.
 */
export function svgOf(
  frame: readonly string[],
  options: { readonly ground: 'dark' | 'light'; readonly title: string },
): string {
  const colours = grounds[options.ground];
  const rows = frame.map((line) => cellsOf(line, colours));
  const columns = Math.max(1, ...rows.map((row) => row.length));
  const width = columns * cellWidth + 2 * margin;
  const height = rows.length * cellHeight + 2 * margin;
  const body = rows.flatMap((row, index) => drawRow(row, margin + index * cellHeight));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escaped(options.title)}">`,
    `<title>${escaped(options.title)}</title>`,
    `<style>text{font:13px ui-monospace,"DejaVu Sans Mono",Menlo,Consolas,monospace;white-space:pre}.b{font-weight:700}.f{opacity:.65}</style>`,
    `<rect width="${width}" height="${height}" rx="8" fill="${colours.ground}"/>`,
    ...body,
    '</svg>',
    '',
  ].join('\n');
}

function drawRow(row: readonly Cell[], top: number): readonly string[] {
  const out: string[] = [];
  for (const [start, length] of runsOf(row, (cell) => cell.back ?? '')) {
    const { back } = row[start]!;
    if (back !== null) out.push(rect(margin + start * cellWidth, top, length * cellWidth, cellHeight, back));
  }
  for (const [start, length] of runsOf(
    row,
    (cell) => `${cell.front} ${cell.bold} ${cell.faint} ${shapeOf(cell.text) !== null} ${cell.text === ' '}`,
  )) {
    const { front, bold, faint } = row[start]!;
    const cells = row.slice(start, start + length);
    const left = margin + start * cellWidth;
    if (cells.every(({ text }) => text === ' ')) continue;
    const kind = [...(bold ? ['b'] : []), ...(faint ? ['f'] : [])].join(' ');
    const style = kind === '' ? '' : ` class="${kind}"`;
    if (shapeOf(cells[0]!.text) !== null) {
      const path = cells.map(({ text }, index) => shapeOf(text)!(left + index * cellWidth, top)).join('');
      out.push(`<path d="${path}" fill="${front}"${style}/>`);
      continue;
    }
    const text = cells.map((cell) => cell.text).join('');
    out.push(
      `<text x="${left}" y="${top + 13}" textLength="${length * cellWidth}" lengthAdjust="spacingAndGlyphs" fill="${front}"${style}>${escaped(text)}</text>`,
    );
  }
  return out;
}

/** Neighbours that have a key in common, as start and length. */
function runsOf<T>(items: readonly T[], key: (item: T) => string): readonly (readonly [number, number])[] {
  const runs: [number, number][] = [];
  let before: string | null = null;
  for (const [index, item] of items.entries()) {
    const now = key(item);
    if (now === before) runs.at(-1)![1] += 1;
    else runs.push([index, 1]);
    before = now;
  }
  return runs;
}

type Shape = (left: number, top: number) => string;

const box = (x: number, y: number, width: number, height: number) =>
  `M${x} ${y}h${width}v${height}h${-width}z`;
const middleX = cellWidth / 2 - 0.6;
const middleY = cellHeight / 2 - 0.6;
const line = 1.2;

/** Which ways a box character's lines go from the middle: left, right, up, down. */
const ways: Readonly<Record<string, string>> = {
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

function shapeOf(text: string): Shape | null {
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
  const way = ways[text];
  if (way === undefined) return null;
  return (left, top) => {
    const [x, y] = [left + middleX, top + middleY];
    return [
      way.includes('l') ? box(left, y, cellWidth / 2 + 0.6, line) : '',
      way.includes('r') ? box(x, y, cellWidth / 2 + 0.6, line) : '',
      way.includes('L') ? box(left, y - 0.6, cellWidth, 2.4) : '',
      way.includes('u') ? box(x, top, line, cellHeight / 2 + 0.6) : '',
      way.includes('d') ? box(x, y, line, cellHeight / 2 + 0.6) : '',
      way.includes('m') ? box(left + 1.5, y, cellWidth - 4, line) : '',
    ].join('');
  };
}

function rect(x: number, y: number, width: number, height: number, fill: string): string {
  return `<rect x="${x}" y="${y}" width="${width}" height="${height}" fill="${fill}"/>`;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: it is what colours are made of
const sequence = /\u001b\[([\d;]*)m/;

/** The characters of a line with the colours that its escape sequences give them. */
function cellsOf(text: string, colours: { readonly ground: string; readonly text: string }): readonly Cell[] {
  const cells: Cell[] = [];
  const style: Style = { front: null, back: null, bold: false, faint: false, inverse: false };
  for (const [index, part] of text.split(sequence).entries()) {
    // Every second part is what stood between the brackets of a sequence.
    if (index % 2 === 1) {
      apply(style, part.split(';').map(Number));
      continue;
    }
    const front = style.front ?? colours.text;
    for (const character of part) {
      cells.push({
        text: character,
        front: style.inverse ? (style.back ?? colours.ground) : front,
        back: style.inverse ? front : style.back,
        bold: style.bold,
        faint: style.faint,
      });
    }
  }
  return cells;
}

function apply(style: Style, codes: readonly number[]): void {
  for (let index = 0; index < codes.length; index += 1) {
    const code = codes[index]!;
    if (code === 0)
      Object.assign(style, { front: null, back: null, bold: false, faint: false, inverse: false });
    else if (code === 1) style.bold = true;
    else if (code === 2) style.faint = true;
    else if (code === 7) style.inverse = true;
    else if ((code === 38 || code === 48) && codes[index + 1] === 2) {
      const colour = `#${codes
        .slice(index + 2, index + 5)
        .map((value) => value.toString(16).padStart(2, '0'))
        .join('')}`;
      if (code === 38) style.front = colour;
      else style.back = colour;
      index += 4;
    }
  }
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
