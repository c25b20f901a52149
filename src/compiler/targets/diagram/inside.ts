import type { Graph, Node } from '../../ir/graph.ts';

/** The names of the blocks that a network calls, in order of first appearance. */
export function blocksOf(graph: Graph): readonly string[] {
  return [...new Set(graph.nodes.flatMap(({ origin }) => origin.within.map(({ block }) => block).reverse()))];
}

/** The first call of a block in a network as a graph of its own, whose inputs are what it reads; null where none is called. */
export function insideOf(graph: Graph, block: string): Graph | null {
  const first = graph.nodes.find(({ origin }) => origin.within.some((call) => call.block === block));
  const call = first?.origin.within.find((outer) => outer.block === block);
  if (call === undefined) return null;
  const depth = (node: Node) => node.origin.within.findIndex(({ path }) => path === call.path);
  const members = graph.nodes.filter((node) => depth(node) !== -1);
  const local = (path: string) =>
    path.startsWith(`${call.path}/`) ? path.slice(call.path.length + 1) : path;
  const own = new Set(members.map(({ id }) => id));
  const outside = [...new Set(members.flatMap(({ operands }) => operands.filter((id) => !own.has(id))))];
  const place = new Map([...outside, ...members.map(({ id }) => id)].map((id, index) => [id, index]));
  const inputs = outside.map((id): Node => {
    const node = graph.nodes[id]!;
    const name = outside.length === 1 ? 'input' : node.origin.path;
    return {
      ...node,
      id: place.get(id)!,
      op: 'input',
      operands: [],
      attributes: { name },
      weights: [],
      origin: { path: name, span: node.origin.span, within: [] },
    };
  });
  const nodes = members.map(
    (node): Node => ({
      ...node,
      id: place.get(node.id)!,
      operands: node.operands.map((id) => place.get(id)!),
      origin: {
        ...node.origin,
        path: local(node.origin.path),
        within: node.origin.within
          .slice(0, depth(node))
          .map((inner) => ({ ...inner, path: local(inner.path) })),
      },
    }),
  );
  return { ...graph, name: `${block} in ${call.path}`, nodes: [...inputs, ...nodes], heads: [] };
}
