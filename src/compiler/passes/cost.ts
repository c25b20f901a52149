import { trainableCount, weightCount } from '../ir/count.ts';
import type { Graph, Node, OperationName } from '../ir/graph.ts';
import { operation } from '../ir/operations.ts';
import { elements, type Shape } from '../ir/shape.ts';

/** What one node costs for one image. */
interface NodeCost {
  readonly path: string;
  readonly op: OperationName;
  readonly shape: Shape;
  /** Numbers in its weights; 0 when an earlier node of the same layer has counted them. */
  readonly parameters: number;
  readonly trainable: number;
  /** Multiplications followed by an addition, in kernels and matrices only. */
  readonly multiplyAdds: number;
}

export interface Cost {
  readonly parameters: { readonly total: number; readonly trainable: number };
  readonly multiplyAdds: number;
  /** By node id. */
  readonly nodes: readonly NodeCost[];
}

/** Parameters and multiply-adds of a network, in total and per node. */
export function cost(graph: Graph): Cost {
  const counted = new Set<string>();
  const nodes = graph.nodes.map((node) => nodeCost(graph, node, counted));
  return {
    parameters: { total: weightCount(graph), trainable: trainableCount(graph) },
    multiplyAdds: nodes.reduce((sum, node) => sum + node.multiplyAdds, 0),
    nodes,
  };
}

function nodeCost(graph: Graph, node: Node, counted: Set<string>): NodeCost {
  const shapes = node.operands.map((id) => graph.nodes[id]!.shape);
  const fresh = node.weights.filter((name) => !counted.has(name)).map((name) => graph.weights.get(name)!);
  for (const weight of fresh) counted.add(weight.name);
  const count = (weights: typeof fresh) => weights.reduce((sum, weight) => sum + elements(weight.shape), 0);
  return {
    path: node.origin.path,
    op: node.op,
    shape: node.shape,
    parameters: count(fresh),
    trainable: count(fresh.filter((weight) => weight.trainable)),
    multiplyAdds: operation(node.op).multiplyAdds(shapes, node.attributes, node.shape),
  };
}
