import { sha256Hex } from '../source/sha256.ts';
import type { Graph, Node } from './graph.ts';

/**
 * The structural identity of a graph, 32 hexadecimal digits: equal for graphs that compute the same function of the
 * same weights by the same operations. Names, paths, parameters, formatting, unused nodes and the order in which
 * independent nodes were written do not count; operations, attributes, wiring, which layers share weights, and the
 * order and kinds of the heads do.
 */
export function graphHash(graph: Graph): string {
  return sha256Hex(graphText(graph, attributesOf)).slice(0, 32);
}

/**
 * What a graph computes, a line for each node in the order in which the heads need them, numbered anew; layers numbered
 * by first use.
 * @param spell What of a node counts beside its operation, its operands and its layer
 */
export function graphText(graph: Graph, spell: (node: Node) => unknown): string {
  const numbers = new Map<number, number>();
  const layers = new Map<string, number>();
  const lines: string[] = [];
  const write = (id: number): void => {
    const node = graph.nodes[id]!;
    const operands = node.operands.map((operand) => numbers.get(operand)!);
    if (node.weights.length > 0 && !layers.has(node.layer)) layers.set(node.layer, layers.size);
    const layer = node.weights.length > 0 ? layers.get(node.layer) : null;
    lines.push(JSON.stringify([node.op, operands, spell(node), layer]));
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

/** All of them; of the input, whose name does not count, the shape. */
function attributesOf(node: Node): unknown {
  return node.op === 'input' ? node.shape : sortedEntries(node.attributes);
}

function sortedEntries(attributes: object): readonly (readonly [string, unknown])[] {
  return Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1));
}
