import { formatShape } from '../../ir/shape.ts';
import type { Box, Outline } from '../diagram/outline.ts';
import type { Place } from './place.ts';
import type { Point } from './route.ts';

/** A line of a box's text: its name in bold, what it is made of, its shape. */
export interface TextLine {
  readonly text: string;
  readonly of: 'title' | 'made' | 'shape';
}

const longest = 30;
const lineHeight = 14;

/** The lines of a box: the block, the binding with the operations around the block, rates, shape. */
export function linesOf(box: Box): readonly TextLine[] {
  const { block, calls, operations, rates, shape, kind, stage } = box;
  const name = stage === null ? box.title : `${stage}.${box.title}`;
  const named = kind !== 'part' || block === null;
  const title = named ? (kind === 'part' ? operationsText(operations) : box.title) : block;
  const made =
    kind === 'part'
      ? [name, ...(named ? [] : operations)]
      : [...(block === null ? [] : [block]), ...operations];
  return [
    {
      text: cut(kind === 'part' && !named && calls > 1 ? `${title} ×${calls}` : title),
      of: 'title' as const,
    },
    { text: cut(made.slice(0, 4).join(', ')), of: 'made' as const },
    { text: rates.length === 0 ? '' : cut(`rates ${rates.join(', ')}`), of: 'made' as const },
    { text: formatShape(shape), of: 'shape' as const },
  ].filter(({ text }) => text !== '');
}

function operationsText(operations: readonly string[]): string {
  return operations.length > 3 ? `${operations.slice(0, 3).join(', ')}, …` : operations.join(', ');
}

function cut(text: string): string {
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
}

/** Room for a box's text. No font can be measured here, so the widths of glyphs are averages of sans-serif faces, a little wide. */
export function sizeOf(box: Box): { readonly width: number; readonly height: number } {
  const lines = linesOf(box);
  const widths = lines.map(({ text, of }) => text.length * (of === 'title' ? 7.6 : 6.3));
  return { width: Math.ceil(Math.max(84, ...widths) + 20), height: lines.length * lineHeight + 14 };
}

/** Fill and border of the blocks in order of first appearance: light enough for black text, apart for the colour-blind. */
const colours = [
  ['#d6e6f5', '#2c6ca8'],
  ['#d9efdf', '#2a8050'],
  ['#f7dede', '#b04545'],
  ['#e6dff2', '#6b4fa0'],
  ['#fbf1c7', '#a07d00'],
  ['#d5f0f0', '#1f8080'],
  ['#f3e0ee', '#a04585'],
  ['#e8e4dc', '#77664a'],
] as const;
const plain = ['#ffffff', '#5b6b7a'] as const;

/** The colours of each block that is drawn. */
export function coloursOf({ boxes }: Outline): ReadonlyMap<string, readonly [string, string]> {
  const blocks = new Set(
    boxes.flatMap(({ kind, block }) => (kind === 'part' && block !== null ? [block] : [])),
  );
  return new Map([...blocks].map((block, index) => [block, colours[index % colours.length]!]));
}

/** A box with its text. Everything is an attribute: what turns the drawing into PDF reads no style sheets. */
export function drawBox(
  box: Box,
  place: Place,
  blocks: ReadonlyMap<string, readonly [string, string]>,
): string {
  const [fill, stroke] =
    box.kind === 'head'
      ? ['#fde8d0', '#c25700']
      : box.kind === 'image'
        ? ['#eceff2', '#1c2733']
        : ((box.block === null ? undefined : blocks.get(box.block)) ?? plain);
  const { x, y, width, height } = place;
  const top = y - height / 2;
  return [
    `<g class="${box.kind}"><title>${escapeText(`${box.title}: ${box.made} ${formatShape(box.shape)}`)}</title>`,
    `<rect x="${round(x - width / 2)}" y="${round(top)}" width="${round(width)}" height="${round(height)}" rx="${box.kind === 'part' ? 4 : 13}" fill="${fill}" stroke="${stroke}" stroke-width="${box.kind === 'head' ? 2 : 1.2}"/>`,
    ...linesOf(box).map(({ text, of }, index) =>
      drawText(
        text,
        { x, y: top + 18 + index * lineHeight },
        {
          size: of === 'title' ? 12.5 : 11,
          bold: of === 'title',
          colour: of === 'title' ? '#1c2733' : '#3a4753',
        },
      ),
    ),
    '</g>',
  ].join('');
}

/** A line of text around or from a point. */
export function drawText(
  text: string,
  { x, y }: Point,
  {
    size = 11,
    bold = false,
    anchor = 'middle',
    colour = '#1c2733',
  }: {
    readonly size?: number;
    readonly bold?: boolean;
    readonly anchor?: 'start' | 'middle' | 'end';
    readonly colour?: string;
  } = {},
): string {
  return `<text x="${round(x)}" y="${round(y)}" font-size="${size}"${bold ? ' font-weight="bold"' : ''} text-anchor="${anchor}" fill="${colour}">${escapeText(text)}</text>`;
}

const skipColour = '#2f8f6b';
const flowColour = '#1c2733';

/** An arrow along its corners, with a head at its end; skips are green and dashed. */
export function drawArrow(skip: boolean, points: readonly Point[]): string {
  const colour = skip ? skipColour : flowColour;
  const last = points.at(-1)!;
  const before = points.at(-2)!;
  const angle = Math.atan2(last.y - before.y, last.x - before.x);
  const corner = (turn: number) =>
    pair({ x: last.x - 8 * Math.cos(angle + turn), y: last.y - 8 * Math.sin(angle + turn) });
  return `<g class="${skip ? 'skip' : 'flow'}"><path d="${rounded(points)}" fill="none" stroke="${colour}" stroke-width="1.4"${skip ? ' stroke-dasharray="5 3"' : ''}/><polygon points="${pair(last)} ${corner(0.42)} ${corner(-0.42)}" fill="${colour}"/></g>`;
}

/** Straight pieces whose corners are rounded, but never by more than half a piece. */
function rounded(points: readonly Point[]): string {
  const pieces = points.slice(1, -1).map((point, index) => {
    const before = points[index]!;
    const after = points[index + 2]!;
    return `L${pair(towards(point, before))} Q${pair(point)} ${pair(towards(point, after))}`;
  });
  return [`M${pair(points[0]!)}`, ...pieces, `L${pair(points.at(-1)!)}`].join(' ');
}

function towards(from: Point, to: Point): Point {
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  const part = length === 0 ? 0 : Math.min(6, length / 2) / length;
  return { x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part };
}

function pair({ x, y }: Point): string {
  return `${round(x)},${round(y)}`;
}

export function round(value: number): string {
  return String(Math.round(value * 10) / 10);
}

export function escapeText(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
}
