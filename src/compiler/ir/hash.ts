import { sha256Hex } from '../source/sha256.ts';
import type { Graph } from './graph.ts';

/**
 * The structural identity of a graph, 32 hexadecimal digits: equal for graphs that compute the same function of the
 * same weights by the same operations. Names, paths, parameters, formatting, unused nodes and the order in which
 * independent nodes were written do not count; operations, attributes, wiring, which layers share weights, and the
 * order and kinds of the heads do.
 */
export function graphHash(graph: Graph): string {
  return sha256Hex(canonicalText(graph)).slice(0, 32);
}

/** Nodes in the order in which the heads need them, numbered anew; layers numbered by first use. */
function canonicalText(graph: Graph): string {
  const numbers = new Map<number, number>();
  const layers = new Map<string, number>();
  const lines: string[] = [];
  const write = (id: number): void => {
    const node = graph.nodes[id]!;
    const operands = node.operands.map((operand) => numbers.get(operand)!);
    if (node.weights.length > 0 && !layers.has(node.layer)) layers.set(node.layer, layers.size);
    const attributes = node.op === 'input' ? node.shape : sortedEntries(node.attributes);
    const layer = node.weights.length > 0 ? layers.get(node.layer) : null;
    lines.push(JSON.stringify([node.op, operands, attributes, layer]));
    numbers.set(id, numbers.size);
  };
  // A stack of its own, because networks may be deeper than the language's stack.
  const visit = (head: number): number => {
    const waiting = [head];
    for (let id = waiting.at(-1); id !== undefined; id = waiting.at(-1)) {
      const next = numbers.has(id)
        ? undefined
        : graph.nodes[id]!.operands.find((operand) => !numbers.has(operand));
      if (next !== undefined) {
        waiting.push(next);
        continue;
      }
      if (!numbers.has(id)) write(id);
      waiting.pop();
    }
    return numbers.get(head)!;
  };
  const heads = graph.heads.map((head) => [head.kind, visit(head.node)]);
  return [...lines, JSON.stringify(heads)].join('\n');
}

function sortedEntries(attributes: object): readonly (readonly [string, unknown])[] {
  return Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1));
}
