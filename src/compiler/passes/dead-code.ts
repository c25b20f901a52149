import { GraphBuilder } from '../ir/builder.ts';
import type { Graph, NodeOf, OperationName } from '../ir/graph.ts';
import { isProblem } from '../ir/operations/entry.ts';
import type { Pass } from './pass.ts';

/** Drops the nodes, and with them the weights, that no head needs. */
export const deadCode: Pass = {
  name: 'dead-code',
  run(graph) {
    const needed = neededBy(
      graph,
      graph.heads.map((head) => head.node),
    );
    return needed.size === graph.nodes.length ? graph : keep(graph, needed);
  },
};

/** The ids of these nodes and of all nodes they are computed from; the image always belongs to them. */
export function neededBy(graph: Graph, ids: Iterable<number>): ReadonlySet<number> {
  const needed = new Set([0, ...ids]);
  for (const node of graph.nodes.toReversed()) {
    if (needed.has(node.id)) for (const operand of node.operands) needed.add(operand);
  }
  return needed;
}

function keep(graph: Graph, needed: ReadonlySet<number>): Graph {
  const builder = new GraphBuilder(graph.name, graph.parameters);
  const renamed = new Map<number, number>();
  for (const node of graph.nodes) {
    if (!needed.has(node.id)) continue;
    if (node.op === 'input') {
      renamed.set(node.id, builder.input(node.attributes.name, node.shape, node.origin));
      continue;
    }
    const { op, attributes, origin, layer } = node as NodeOf<Exclude<OperationName, 'input'>>;
    const operands = node.operands.map((id) => renamed.get(id)!);
    const id = builder.apply(op, operands, attributes, origin, layer);
    if (isProblem(id)) throw new Error(`dead-code broke ${origin.path}: ${id.problem}`);
    renamed.set(node.id, id);
  }
  for (const { name, kind, node, span } of graph.heads) builder.head(name, kind, renamed.get(node)!, span);
  return builder.build();
}
