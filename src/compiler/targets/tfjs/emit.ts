import type { Graph, Node } from '../../ir/graph.ts';
import { graphHash } from '../../ir/hash.ts';
import { verify } from '../../ir/verify.ts';
import type { LayerPlan, LayersPlan } from './plan.ts';

/** The plan of a network: one layer per layer of the graph, shared ones once, and the nodes that apply them. */
export function emitPlan(graph: Graph): LayersPlan {
  verify(graph);
  const layers = new Map<string, LayerPlan>();
  for (const node of graph.nodes) {
    if (node.op !== 'input' && !layers.has(node.layer)) layers.set(node.layer, layerOf(graph, node));
  }
  const input = graph.nodes[0]!;
  if (input.op !== 'input') throw new Error(`graph \`${graph.name}\` does not begin with its input`);
  return {
    version: 1,
    network: graph.name,
    hash: graphHash(graph),
    input: { name: input.attributes.name, node: input.id, shape: input.shape },
    layers: [...layers.values()],
    nodes: graph.nodes.map((node) => ({
      layer: node.op === 'input' ? null : node.layer,
      inputs: node.operands,
      shape: node.shape,
    })),
    heads: graph.heads.map(({ name, kind, node }) => ({ name, kind, node })),
  };
}

function layerOf(graph: Graph, node: Node): LayerPlan {
  return {
    name: node.layer,
    op: node.op,
    attributes: node.attributes,
    weights: node.weights.map((name) => graph.weights.get(name)!),
  } as LayerPlan;
}
