import { headProblem } from './builder.ts';
import type { Graph, Node } from './graph.ts';
import { isProblem, type Operation } from './operations/entry.ts';
import { operation } from './operations.ts';
import { formatShape, sameShape } from './shape.ts';

/**
 * The law of the graph: operands come before their uses, shapes and weights are what the operation table says,
 * paths are unique, heads suit their kinds. Throws at the first breach, which is always a bug of ours.
 */
export function verify(graph: Graph): void {
  const paths = new Set<string>();
  const used = new Set<string>();
  for (const [index, node] of graph.nodes.entries()) {
    const hold = (condition: boolean, breach: string) => {
      if (!condition)
        throw new Error(`graph \`${graph.name}\`, node %${index} \`${node.origin.path}\`: ${breach}`);
    };
    hold(node.id === index, `its id is ${node.id}`);
    hold((node.op === 'input') === (index === 0), 'the input comes first, and only once');
    hold(node.origin.path !== '' && !paths.has(node.origin.path), 'its path is empty or not its own');
    paths.add(node.origin.path);
    hold(takes(operation(node.op), node.operands.length), `it has ${node.operands.length} operands`);
    hold(
      node.operands.every((id) => id >= 0 && id < index),
      'an operand does not come before it',
    );
    if (node.op !== 'input') checkInference(graph, node, hold);
    for (const weight of node.weights) used.add(weight);
  }
  for (const name of graph.weights.keys()) {
    if (!used.has(name)) throw new Error(`graph \`${graph.name}\`: no node uses the weight \`${name}\``);
  }
  for (const head of graph.heads) {
    const node = graph.nodes[head.node];
    if (!node) throw new Error(`graph \`${graph.name}\`: the head \`${head.name}\` names no node`);
    const problem = headProblem(head.name, head.kind, node.shape, graph.nodes[0]!.shape);
    if (problem)
      throw new Error(`graph \`${graph.name}\`: the head \`${head.name}\` breaks ${problem.problem}`);
  }
}

function takes(entry: Operation, count: number): boolean {
  switch (entry.operands) {
    case 'none':
      return count === 0;
    case 'one':
      return count === 1;
    case 'two':
      return count === 2;
    case 'many':
      return count >= 2;
  }
}

function checkInference(graph: Graph, node: Node, hold: (condition: boolean, breach: string) => void): void {
  const entry = operation(node.op);
  const shapes = node.operands.map((id) => graph.nodes[id]!.shape);
  const inferred = entry.shape(shapes, node.attributes);
  if (isProblem(inferred))
    throw new Error(`node %${node.id} \`${node.origin.path}\` breaks ${inferred.problem}`);
  hold(
    sameShape(inferred, node.shape),
    `its shape is ${formatShape(node.shape)}, not ${formatShape(inferred)}`,
  );
  const rules = entry.weights(shapes, node.attributes);
  hold(rules.length === node.weights.length, `it names ${node.weights.length} weights, not ${rules.length}`);
  for (const [index, rule] of rules.entries()) {
    const weight = graph.weights.get(node.weights[index]!);
    hold(weight?.name === `${node.layer}/${rule.role}`, `its ${rule.role} is not named after its layer`);
    hold(
      weight !== undefined &&
        sameShape(weight.shape, rule.shape) &&
        weight.initializer === rule.initializer &&
        weight.copies === rule.copies &&
        weight.trainable === rule.trainable,
      `its ${rule.role} is not what the operation table says`,
    );
  }
}
