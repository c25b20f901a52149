import type { Graph } from '../../ir/graph.ts';
import { formatShape } from '../../ir/shape.ts';
import { type Box, outline } from '../diagram/outline.ts';

/** The network as a Mermaid flowchart: a subgraph per stage, a box per binding, dotted arrows for skips. */
export function emitMermaid(graph: Graph): string {
  const { boxes, arrows, stages } = outline(graph);
  const draw = (box: Box) => `${id(boxes.indexOf(box))}${frame(box)}`;
  const lines = ['flowchart TB'];
  for (const box of boxes) if (box.stage === null && box.kind !== 'head') lines.push(`  ${draw(box)}`);
  for (const stage of stages) {
    lines.push(`  subgraph ${stage}`);
    for (const box of boxes) if (box.stage === stage) lines.push(`    ${draw(box)}`);
    lines.push('  end');
  }
  for (const box of boxes) if (box.kind === 'head') lines.push(`  ${draw(box)}`);
  for (const { from, to, skip } of arrows) lines.push(`  ${id(from)} ${skip ? '-.->' : '-->'} ${id(to)}`);
  const heads = boxes.flatMap((box, index) => (box.kind === 'head' ? [id(index)] : []));
  lines.push('  classDef head fill:#fde8d0,stroke:#c25700,stroke-width:2px');
  if (heads.length > 0) lines.push(`  class ${heads.join(',')} head`);
  return `${lines.join('\n')}\n`;
}

function frame({ kind, title, made, rates, shape }: Box): string {
  const lines = [
    `<b>${title}</b>`,
    made,
    rates.length === 0 ? '' : `rates ${rates.join(', ')}`,
    formatShape(shape),
  ].filter((line) => line !== '');
  const [open, close] = kind === 'part' ? ['[', ']'] : ['([', '])'];
  return `${open}"${lines.join('<br/>')}"${close}`;
}

function id(index: number): string {
  return `n${index}`;
}
