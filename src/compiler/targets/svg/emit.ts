import type { Graph } from '../../ir/graph.ts';
import { insideOf } from '../diagram/inside.ts';
import { type Detail, type Outline, outline } from '../diagram/outline.ts';
import { layerBoxes } from './layer.ts';
import { placeBoxes, type Row } from './place.ts';
import { type Point, routeArrows } from './route.ts';
import { coloursOf, drawArrow, drawBox, drawText, escapeText, round, sizeOf } from './shapes.ts';

const margin = 20;
const labelWidth = 66;
const headerHeight = 34;

/** The network as papers draw it: a row for each resolution, down on the left and up on the right, skips across, a legend. */
export function emitSvg(graph: Graph, detail: Detail = 'blocks'): string {
  const parts = outline(graph, detail);
  const sizes = parts.boxes.map(sizeOf);
  const placement = placeBoxes(
    parts,
    sizes.map(({ height }) => height),
    margin + headerHeight,
  );
  const start = { x: margin + labelWidth, y: margin + headerHeight + 6 };
  const { places, lines, right } = routeArrows(parts.arrows, placement, sizes, start);
  return page(
    graph.name,
    parts,
    { places, lines, right, bottom: placement.rows.at(-1)?.bottom ?? start.y },
    placement.rows,
  );
}

/** The inside of the first call of a block, from its input down; null where the network calls no such block. */
export function emitBlockSvg(graph: Graph, block: string): string | null {
  const inside = insideOf(graph, block);
  if (inside === null) return null;
  const whole = outline(inside, 'calls');
  // Inside a block most arrows pass over something; what is apart is what is added to something else.
  const residual = (to: number) => whole.boxes[to]!.operations.includes('add');
  const parts = {
    ...whole,
    arrows: whole.arrows.map((arrow) => ({ ...arrow, skip: arrow.skip && residual(arrow.to) })),
  };
  return page(
    inside.name,
    parts,
    layerBoxes(parts, parts.boxes.map(sizeOf), { x: margin, y: margin + headerHeight }),
    [],
  );
}

interface Drawn {
  readonly places: readonly {
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly height: number;
  }[];
  readonly lines: readonly (readonly Point[])[];
  readonly right: number;
  readonly bottom: number;
}

function page(
  name: string,
  parts: Outline,
  { places, lines, right, bottom }: Drawn,
  rows: readonly Row[],
): string {
  const blocks = coloursOf(parts);
  const width = Math.max(right, 300) + margin;
  const key = legend(parts, blocks, width - 2 * margin);
  const height = bottom + 12 + key.height + margin;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${round(width)} ${round(height)}" width="${round(width)}" height="${round(height)}" role="img" aria-label="${escapeText(name)}" font-family="Helvetica, Arial, sans-serif">`,
    `<title>${escapeText(name)}</title>`,
    `<rect class="paper" x="0" y="0" width="${round(width)}" height="${round(height)}" fill="#ffffff"/>`,
    drawText(name, { x: margin, y: margin + 12 }, { size: 15, bold: true, anchor: 'start' }),
    ...rows.map((row, index) => drawRow(row, index, width)),
    ...parts.arrows.map(({ skip }, index) => drawArrow(skip, lines[index]!)),
    ...parts.boxes.map((box, index) => drawBox(box, places[index]!, blocks)),
    `<g class="legend" transform="translate(${margin} ${round(bottom + 12)})">${key.text}</g>`,
    '</svg>',
    '',
  ].join('\n');
}

function drawRow({ name, top, bottom }: Row, index: number, width: number): string {
  return [
    '<g class="row">',
    `<rect x="${margin / 2}" y="${round(top)}" width="${round(width - margin)}" height="${round(bottom - top)}" fill="${index % 2 === 0 ? '#f6f8fa' : '#ffffff'}"/>`,
    drawText(name, { x: margin, y: top + 17 }, { anchor: 'start', colour: '#5b6b7a' }),
    '</g>',
  ].join('');
}

/** What colours and lines mean, in as many lines as the width asks for. */
function legend(
  { boxes, arrows }: Outline,
  blocks: ReadonlyMap<string, readonly [string, string]>,
  width: number,
): { readonly text: string; readonly height: number } {
  const swatch = (fill: string, stroke: string) =>
    `<rect x="0" y="0" width="18" height="11" rx="2" fill="${fill}" stroke="${stroke}"/>`;
  const stroke = (colour: string, dashes: string) =>
    `<path d="M0,5.5 L20,5.5" stroke="${colour}" stroke-width="1.4"${dashes}/>`;
  const entries = [
    ...[...blocks].map(([block, [fill, border]]) => ({ sign: swatch(fill, border), label: block })),
    ...(boxes.some(({ kind, block }) => kind === 'part' && block === null)
      ? [{ sign: swatch('#ffffff', '#5b6b7a'), label: 'operations' }]
      : []),
    ...(boxes.some(({ kind }) => kind === 'head')
      ? [{ sign: swatch('#fde8d0', '#c25700'), label: 'head' }]
      : []),
    ...(arrows.some(({ skip }) => skip)
      ? [{ sign: stroke('#2f8f6b', ' stroke-dasharray="5 3"'), label: 'skip' }]
      : []),
  ];
  let x = 0;
  let y = 0;
  const texts = entries.map(({ sign, label }) => {
    const taken = 26 + label.length * 6.4 + 18;
    if (x > 0 && x + taken > width) {
      x = 0;
      y += 18;
    }
    const text = `<g transform="translate(${round(x)} ${y})">${sign}${drawText(label, { x: 25, y: 9.5 }, { anchor: 'start' })}</g>`;
    x += taken;
    return text;
  });
  return { text: texts.join(''), height: y + 14 };
}
