import type { Graph } from '../../ir/graph.ts';

/** The nodes that are a ReLU of a normalisation's results, which nothing else reads. */
export function absorbable(graph: Graph): ReadonlySet<number> {
  const heads = new Set(graph.heads.map(({ node }) => node));
  const readers = graph.nodes.map(() => 0);
  for (const { operands } of graph.nodes) for (const id of operands) readers[id]!++;
  const found = graph.nodes.filter(({ op, operands }) => {
    if (op !== 'relu') return false;
    const before = graph.nodes[operands[0]!]!;
    return norms.has(before.op) && readers[before.id] === 1 && !heads.has(before.id);
  });
  return new Set(found.map(({ id }) => id));
}

const norms: ReadonlySet<string> = new Set(['batch_norm', 'group_norm', 'instance_norm']);
