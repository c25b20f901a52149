import type { Graph, Node } from '../ir/graph.ts';

/** Which node of one graph is which of another. */
export interface Alignment {
  /** Pairs of ids, in the order of the second graph. */
  readonly pairs: readonly (readonly [before: number, after: number])[];
  readonly toAfter: ReadonlyMap<number, number>;
  readonly toBefore: ReadonlyMap<number, number>;
}

/**
 * Aligns the nodes of two graphs: inputs with inputs and equal paths with equal paths; then the layers that are left by
 * what they do (operation, attributes and shapes), the first with the first and so on, so that a layer that was only
 * renamed or moved into a block is found again; then what has no weights and does the same to values already aligned.
 */
export function alignNodes(before: Graph, after: Graph): Alignment {
  const toAfter = new Map<number, number>();
  const toBefore = new Map<number, number>();
  const alignBy = (
    left: (node: Node) => string | undefined,
    right: (node: Node) => string | undefined,
  ): void => {
    const waiting = new Map<string, Node[]>();
    for (const node of before.nodes) {
      const key = toAfter.has(node.id) ? undefined : left(node);
      if (key === undefined) continue;
      const alike = waiting.get(key);
      if (alike) alike.push(node);
      else waiting.set(key, [node]);
    }
    for (const node of after.nodes) {
      const key = toBefore.has(node.id) ? undefined : right(node);
      const match = key === undefined ? undefined : waiting.get(key)?.shift();
      if (!match) continue;
      toAfter.set(match.id, node.id);
      toBefore.set(node.id, match.id);
    }
  };
  alignBy(pathOf, pathOf);
  alignBy(structureIn(before), structureIn(after));
  alignBy(
    (node) => useOf(node, (id) => (toAfter.has(id) ? id : undefined)),
    (node) => useOf(node, (id) => toBefore.get(id)),
  );
  const pairs = [...toBefore].map(([right, left]) => [left, right] as const).sort((a, b) => a[1] - b[1]);
  return { pairs, toAfter, toBefore };
}

function pathOf({ op, origin }: Node): string {
  return op === 'input' ? '' : origin.path;
}

function structureIn({ nodes }: Graph) {
  return ({ op, attributes, operands, shape, weights }: Node): string | undefined =>
    weights.length === 0
      ? undefined
      : JSON.stringify([op, attributes, operands.map((id) => nodes[id]!.shape), shape]);
}

/** What a node does to which values of the first graph; undefined when one of them is not aligned. */
function useOf(
  { op, attributes, operands, weights }: Node,
  inBefore: (id: number) => number | undefined,
): string | undefined {
  const ids = operands.map(inBefore);
  return weights.length > 0 || ids.includes(undefined) ? undefined : JSON.stringify([op, attributes, ids]);
}
