import type { Graph, OperationName } from '../../ir/graph.ts';
import type { EngineName } from './names.ts';

/** What an engine computes with the operation before it. */
const rectifiers: Readonly<Record<EngineName, ReadonlySet<OperationName>>> = {
  wasm: new Set(['relu']),
  cpu: new Set(['relu']),
  'tfjs-node': new Set(['relu']),
  'tfjs-node-gpu': new Set(['relu']),
  // A compiled step's affine and its convolution know slopes.
  onnx: new Set(['relu', 'leaky_relu']),
};

/** The nodes that are a ReLU, on the compiled engine a leaky one as well, of a normalisation's results, which nothing else reads. */
export function absorbable(graph: Graph, engine: EngineName): ReadonlySet<number> {
  return rectifiersBehind(graph, engine, norms);
}

/** The same of convolutions, which is what a batch norm folded into one is, too. */
export function absorbableByConvolutions(graph: Graph, engine: EngineName): ReadonlySet<number> {
  return rectifiersBehind(graph, engine, convolutions);
}

function rectifiersBehind(
  graph: Graph,
  engine: EngineName,
  before: ReadonlySet<OperationName>,
): ReadonlySet<number> {
  const heads = new Set(graph.heads.map(({ node }) => node));
  const readers = graph.nodes.map(() => 0);
  for (const { operands } of graph.nodes) for (const id of operands) readers[id]!++;
  const found = graph.nodes.filter(({ op, operands }) => {
    if (!rectifiers[engine].has(op)) return false;
    const operand = graph.nodes[operands[0]!]!;
    return before.has(operand.op) && readers[operand.id] === 1 && !heads.has(operand.id);
  });
  return new Set(found.map(({ id }) => id));
}

const norms: ReadonlySet<OperationName> = new Set(['batch_norm', 'group_norm', 'instance_norm']);
const convolutions: ReadonlySet<OperationName> = new Set(['conv', 'depthwise_conv', 'separable_conv']);
