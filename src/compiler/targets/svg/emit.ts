import * as dagre from '@dagrejs/dagre';
import type { Graph } from '../../ir/graph.ts';
import { formatShape } from '../../ir/shape.ts';
import { type Arrow, type Box, outline } from '../diagram/outline.ts';

interface Point {
  readonly x: number;
  readonly y: number;
}

interface Placed extends Point {
  readonly width: number;
  readonly height: number;
}

/** The network as a drawing: boxes for bindings, stages as frames, heads in colour, skips as dashed curves. */
export function emitSvg(graph: Graph): string {
  const { boxes, arrows, stages } = outline(graph);
  const layout = new dagre.graphlib.Graph({ compound: true });
  layout.setGraph({ rankdir: 'TB', nodesep: 36, ranksep: 34, marginx: 24, marginy: 24 });
  layout.setDefaultEdgeLabel(() => ({}));
  for (const stage of stages) layout.setNode(`stage ${stage}`, {});
  for (const [index, box] of boxes.entries()) {
    layout.setNode(String(index), sizeOf(box));
    if (box.stage !== null) layout.setParent(String(index), `stage ${box.stage}`);
  }
  for (const { from, to, skip } of arrows) layout.setEdge(String(from), String(to), { weight: skip ? 1 : 8 });
  dagre.layout(layout);
  const { width = 0, height = 0 } = layout.graph();
  const placed = (name: string) => layout.node(name) as Placed;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${round(width)} ${round(height)}" width="${round(width)}" height="${round(height)}" role="img" aria-label="${escapeText(graph.name)}">`,
    `<title>${escapeText(graph.name)}</title>`,
    style,
    '<rect class="paper" width="100%" height="100%"/>',
    ...stages.map((stage) => drawStage(stage, placed(`stage ${stage}`))),
    ...arrows.map((arrow) =>
      drawArrow(arrow, layout.edge(String(arrow.from), String(arrow.to)).points as Point[]),
    ),
    ...boxes.map((box, index) => drawBox(box, placed(String(index)))),
    '</svg>',
    '',
  ].join('\n');
}

const lineHeight = 15;

/** The lines of a box with their classes. */
function linesOf({
  title,
  made,
  rates,
  shape,
}: Box): readonly { readonly text: string; readonly of: string }[] {
  return [
    { text: title, of: 'title' },
    { text: made, of: 'made' },
    { text: rates.length === 0 ? '' : `rates ${rates.join(', ')}`, of: 'made' },
    { text: formatShape(shape), of: 'shape' },
  ].filter((line) => line.text !== '');
}

function sizeOf(box: Box): { width: number; height: number } {
  const lines = linesOf(box);
  // Average glyph widths of sans-serif and monospaced faces, a little wide, as no font can be measured here.
  const widths = lines.map(
    ({ text, of }) => text.length * (of === 'title' ? 7.8 : of === 'shape' ? 6.7 : 6.2),
  );
  return { width: Math.ceil(Math.max(84, ...widths) + 24), height: lines.length * lineHeight + 18 };
}

function drawBox(box: Box, { x, y, width, height }: Placed): string {
  const left = x - width / 2;
  const top = y - height / 2;
  const radius = box.kind === 'part' ? 5 : 14;
  return [
    `<g class="${box.kind}">`,
    `<rect x="${round(left)}" y="${round(top)}" width="${width}" height="${height}" rx="${radius}"/>`,
    ...linesOf(box).map(
      ({ text, of }, index) =>
        `<text class="${of}" x="${round(x)}" y="${round(top + 21 + index * lineHeight)}">${escapeText(text)}</text>`,
    ),
    '</g>',
  ].join('');
}

function drawStage(name: string, { x, y, width, height }: Placed): string {
  const left = x - width / 2;
  const top = y - height / 2;
  return [
    `<g class="stage"><rect x="${round(left)}" y="${round(top)}" width="${round(width)}" height="${round(height)}" rx="10"/>`,
    `<text x="${round(left + 10)}" y="${round(top + 17)}">${escapeText(name)}</text></g>`,
  ].join('');
}

/** A smooth curve through the layout's points, with a head at its end. */
function drawArrow({ skip }: Arrow, points: readonly Point[]): string {
  const [first, ...rest] = points;
  const last = points.at(-1)!;
  const curve = rest.slice(0, -1).map((point, index) => {
    const next = rest[index + 1]!;
    const end = index === rest.length - 2 ? next : { x: (point.x + next.x) / 2, y: (point.y + next.y) / 2 };
    return `Q${pair(point)} ${pair(end)}`;
  });
  const path = `M${pair(first!)} ${curve.length > 0 ? curve.join(' ') : `L${pair(last)}`}`;
  const before = points.at(-2)!;
  return `<g class="${skip ? 'skip' : 'flow'}"><path d="${path}"/>${arrowHead(before, last)}</g>`;
}

function arrowHead(from: Point, to: Point): string {
  const angle = Math.atan2(to.y - from.y, to.x - from.x);
  const corner = (turn: number) =>
    pair({ x: to.x - 8 * Math.cos(angle + turn), y: to.y - 8 * Math.sin(angle + turn) });
  return `<polygon points="${pair(to)} ${corner(0.42)} ${corner(-0.42)}"/>`;
}

function pair({ x, y }: Point): string {
  return `${round(x)},${round(y)}`;
}

function round(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function escapeText(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
}

const style = `<style>
text { font: 12px Helvetica, Arial, sans-serif; text-anchor: middle; fill: #1c2733 }
.title { font-size: 13px; font-weight: bold }
.made { font-size: 11.5px; fill: #44515e }
.shape { font: 11px Menlo, Consolas, monospace; fill: #44515e }
.paper { fill: #ffffff }
.stage rect { fill: #f3f6f9; stroke: #c3ced9 }
.stage text { text-anchor: start; font-style: italic; fill: #5b6b7a }
.part rect { fill: #ffffff; stroke: #3c6791; stroke-width: 1.2 }
.image rect { fill: #e6edf4; stroke: #3c6791; stroke-width: 1.2 }
.head rect { fill: #fde8d0; stroke: #c25700; stroke-width: 2 }
.flow path { fill: none; stroke: #1c2733; stroke-width: 1.4 }
.flow polygon { fill: #1c2733 }
.skip path { fill: none; stroke: #2f8f6b; stroke-width: 1.4; stroke-dasharray: 5 3 }
.skip polygon { fill: #2f8f6b }
</style>`;
