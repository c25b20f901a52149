import { type Cell, cellsOf } from './cells.ts';
import { cellHeight, cellWidth, shapeOf } from './shapes.ts';

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

function rect(x: number, y: number, width: number, height: number, fill: string): string {
  return `<rect x="${x}" y="${y}" width="${width}" height="${height}" fill="${fill}"/>`;
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
