import type { Graph, Node, NodeOf, OperationName, PerNode } from '../../ir/graph.ts';
import { alignColumns } from '../../ir/print.ts';

/** Who computes something: a layer of `tf.layers` as it is, stock operations put together, or our own code. */
type Provider = 'native' | 'composed' | 'ours';

/** How TensorFlow.js runs a node, forward and back. */
export interface Support {
  readonly forward: Provider;
  readonly gradient: Provider;
  /** Why it is not native, without a full stop. */
  readonly reason?: string;
}

const native: Support = { forward: 'native', gradient: 'native' };
const noFilterGradient = 'the wasm backend has no kernel for the gradient of a filter';

/** What TensorFlow.js 4.22 can do with each operation, as found in its sources and by running it. */
export const support: PerNode<Support> = {
  input: () => native,
  conv: ({ attributes: { rate, groups } }) => {
    if (groups > 1)
      return { forward: 'composed', gradient: 'ours', reason: 'there are no grouped convolutions' };
    if (Math.max(...rate) > 1) {
      return { forward: 'native', gradient: 'ours', reason: 'atrous convolutions have no gradient' };
    }
    return { forward: 'native', gradient: 'ours', reason: noFilterGradient };
  },
  depthwise_conv: () => ({ forward: 'native', gradient: 'ours', reason: noFilterGradient }),
  separable_conv: () => ({ forward: 'native', gradient: 'ours', reason: noFilterGradient }),
  conv_transpose: () => ({ forward: 'native', gradient: 'ours', reason: noFilterGradient }),
  batch_norm: () => ({
    forward: 'ours',
    gradient: 'composed',
    reason: 'its moving variance is biased, where Keras corrects it',
  }),
  group_norm: () => ({ forward: 'composed', gradient: 'composed', reason: 'there is no such layer' }),
  instance_norm: () => ({ forward: 'composed', gradient: 'composed', reason: 'there is no such layer' }),
  relu: () => native,
  leaky_relu: () => native,
  elu: () => native,
  swish: () => ({ forward: 'composed', gradient: 'composed', reason: 'there is no such layer' }),
  sigmoid: () => native,
  softmax: () => native,
  max_pool: () => native,
  avg_pool: () => native,
  global_avg_pool: () => native,
  global_max_pool: () => native,
  dense: () => native,
  dropout: () => ({
    forward: 'composed',
    gradient: 'composed',
    reason: 'masks come from the seed of the run',
  }),
  flatten: () => native,
  concat: () => native,
  add: () => native,
  multiply: () => native,
  depth_to_space: () => ({ forward: 'native', gradient: 'ours', reason: 'it has no gradient' }),
  resize: () => ({
    forward: 'composed',
    gradient: 'native',
    reason: 'the layer does not place pixel centres as we do',
  }),
  pad: () => native,
  crop: () => native,
};

/** How one node is run. */
export function supportOf(node: Node): Support {
  return (support[node.op] as (node: NodeOf<OperationName>, context: undefined) => Support)(node, undefined);
}

/** The table of `cmrc build --target tfjs --explain`: how each kind of node is run, how often, and why not natively. */
export function explainSupport(graph: Graph): string {
  const kinds = new Map<string, { count: number; cells: readonly string[]; reason: string }>();
  for (const node of graph.nodes) {
    if (node.op === 'input') continue;
    const { forward, gradient, reason = '' } = supportOf(node);
    const key = [node.op, forward, gradient, reason].join('\n');
    const known = kinds.get(key);
    kinds.set(key, { count: (known?.count ?? 0) + 1, cells: [node.op, forward, gradient], reason });
  }
  const rows = [...kinds.values()].map(({ count, cells, reason }) => [
    cells[0]!,
    String(count),
    ...cells.slice(1),
    reason,
  ]);
  return `${alignColumns([['operation', 'nodes', 'forward', 'gradient', 'because'], ...rows], [1]).join('\n')}\n`;
}
