import type { Graph, Node, NodeOf, OperationName, PerNode } from '../../ir/graph.ts';
import { alignColumns } from '../../ir/print.ts';

/**
 * Who computes something on the embedded engine: a stock layer or operation of TensorFlow.js, stock operations put
 * together, or our own SIMD kernels. Engines without those kernels compose the same from stock operations.
 */
type Provider = 'stock' | 'composed' | 'kernel';

/** How TensorFlow.js runs a node, forward and back. */
export interface Support {
  readonly forward: Provider;
  readonly gradient: Provider;
  /** Why it is not stock, without a full stop. */
  readonly reason?: string;
}

const stock: Support = { forward: 'stock', gradient: 'stock' };

const kernel = (reason: string): Support => ({ forward: 'kernel', gradient: 'kernel', reason });
const composed = (reason: string): Support => ({ forward: 'composed', gradient: 'composed', reason });
const ours = (reason: string): Support => ({ forward: 'stock', gradient: 'composed', reason });

const noFilterGradient = 'stock wasm has no gradient of a filter';
const noSuchLayer = 'there is no such stock layer';

/** What TensorFlow.js 4.22 can do with each operation, and what we do instead; `src/runtime/tf` does what this says. */
export const support: PerNode<Support> = {
  input: () => stock,
  conv: ({ attributes: { rate, groups } }) => {
    if (groups > 1) return kernel('there are no stock grouped convolutions: one for each group, then joined');
    return kernel(Math.max(...rate) > 1 ? 'stock atrous convolutions have no gradient' : noFilterGradient);
  },
  depthwise_conv: () => ours(noFilterGradient),
  separable_conv: () => ours(`${noFilterGradient}; its 1×1 convolution is a kernel`),
  conv_transpose: () => kernel(noFilterGradient),
  batch_norm: () => kernel("stock batch norm's moving variance is biased, where Keras corrects it"),
  group_norm: () => composed(noSuchLayer),
  instance_norm: () => composed(noSuchLayer),
  relu: () => ({ forward: 'stock', gradient: 'kernel', reason: 'it is part of a batch norm before it' }),
  leaky_relu: () => stock,
  elu: () => composed('the stock layer knows no alpha but 1'),
  swish: () => composed(noSuchLayer),
  sigmoid: () => stock,
  softmax: () => stock,
  max_pool: () => kernel('the stock gradient is wrong on wasm'),
  max_unpool: () => kernel('it is the gradient of max_pool, the other way round'),
  avg_pool: () => ours('the stock gradient is wrong with same padding'),
  global_avg_pool: () => stock,
  global_max_pool: () => stock,
  dense: () => stock,
  dropout: () => composed('masks come from the seed of the run'),
  flatten: () => stock,
  concat: () => kernel('the stock one copies value by value on wasm'),
  add: () => kernel('all operands in one pass'),
  multiply: () => composed('a vector is a factor per channel'),
  depth_to_space: () => kernel('the stock one has no gradient'),
  resize: () => ours('the stock gradient ignores half pixels'),
  pad: () => stock,
  crop: () => stock,
};

/** How one node is run. */
export function supportOf(node: Node): Support {
  return (support[node.op] as (node: NodeOf<OperationName>, context: undefined) => Support)(node, undefined);
}

/** The table of `cmrc build --target tfjs --explain`: how each kind of node is run, how often, and why not by a stock layer. */
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
