import * as dagre from '@dagrejs/dagre';
import type { Outline } from '../diagram/outline.ts';
import type { Place } from './place.ts';
import type { Point, Routed } from './route.ts';

/** Boxes in layers from the top down, for parts of a network that keep one resolution. */
export function layerBoxes(
  { boxes, arrows }: Outline,
  sizes: readonly { readonly width: number; readonly height: number }[],
  start: Point,
): Routed & { readonly bottom: number } {
  const layout = new dagre.graphlib.Graph();
  layout.setGraph({ rankdir: 'TB', nodesep: 30, ranksep: 36, edgesep: 14 });
  layout.setDefaultEdgeLabel(() => ({}));
  for (const index of boxes.keys()) layout.setNode(String(index), { ...sizes[index]! });
  for (const { from, to, skip } of arrows) layout.setEdge(String(from), String(to), { weight: skip ? 1 : 6 });
  dagre.layout(layout);
  const { height = 0 } = layout.graph();
  const ends = arrows.flatMap(({ from, to }) => layout.edge(String(from), String(to)).points as Point[]);
  const edges = boxes.flatMap((_, index) => {
    const { x, width } = layout.node(String(index)) as Place;
    return [x - width / 2, x + width / 2];
  });
  const xs = [...edges, ...ends.map(({ x }) => x)];
  const [west, east] = [Math.min(...xs), Math.max(...xs)];
  // Dagre begins branches at the right; mirrored, they follow each other as they are written.
  const moved = ({ x, y }: Point) => ({ x: east - x + start.x, y: y + start.y });
  const places = boxes.map((_, index) => {
    const node = layout.node(String(index)) as Place;
    return { ...moved(node), width: node.width, height: node.height };
  });
  const lines = arrows.map(({ from, to }) =>
    (layout.edge(String(from), String(to)).points as Point[]).map(moved),
  );
  return { places, lines, right: east - west + start.x, bottom: height + start.y };
}
