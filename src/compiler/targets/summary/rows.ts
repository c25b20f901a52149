import type { Graph, Node, OperationName } from '../../ir/graph.ts';
import { formatPair } from '../../ir/operations/windows.ts';
import { pixelwise } from '../../ir/pixelwise.ts';
import { printAttributes } from '../../ir/print.ts';

/** An operation together with the normalisation and activation that only it feeds. */
export interface Row {
  readonly path: string;
  /** `conv 3×3 rate 5 + batch_norm + relu`. */
  readonly text: string;
  /** Ids of its nodes, in order. */
  readonly nodes: readonly number[];
  /** The id of the node that others read. */
  readonly last: number;
}

/** The nodes of a graph but its input, those that merely follow another folded into its row. */
export function summaryRows(graph: Graph): readonly Row[] {
  const readers = graph.nodes.map(() => 0);
  for (const node of graph.nodes) for (const id of node.operands) readers[id]!++;
  const rows = new Map<number, number[]>();
  for (const node of graph.nodes.slice(1)) {
    const [operand] = node.operands;
    const before = rows.get(operand!);
    if (!before || !following.has(node.op) || readers[operand!] !== 1) rows.set(node.id, [node.id]);
    else {
      before.push(node.id);
      rows.delete(operand!);
      rows.set(node.id, before);
    }
  }
  return [...rows].map(([last, nodes]) => {
    return { ...rowOf(nodes.map((id) => graph.nodes[id]!)), nodes, last };
  });
}

/** What a row says of its nodes. */
export function rowOf(nodes: readonly Node[]): Pick<Row, 'path' | 'text'> {
  return { path: rowPath(nodes), text: nodes.map((node) => describe(node)).join(' + ') };
}

const following: ReadonlySet<OperationName> = new Set([...pixelwise, 'softmax']);

/** What the paths of a row's nodes have in common, or the first path. */
function rowPath(nodes: readonly Node[]): string {
  const paths = nodes.map((node) => node.origin.path.split('/'));
  const [first] = paths;
  if (paths.length === 1) return first!.join('/');
  const shared = first!.findIndex((part, index) => paths.some((path) => path[index] !== part));
  return first!.slice(0, shared === -1 ? first!.length : Math.max(1, shared)).join('/');
}

/** The operation in a few words: `conv 3×3 /2`, `conv 3×3 rate 5`, `max_pool 2`. */
function describe(node: Node): string {
  switch (node.op) {
    case 'conv':
    case 'depthwise_conv':
    case 'separable_conv': {
      const { kernel, rate, stride } = node.attributes;
      const groups =
        node.op === 'conv' && node.attributes.groups > 1 ? ` in ${node.attributes.groups} groups` : '';
      return [
        `${node.op} ${kernel.join('×')}`,
        Math.max(...stride) > 1 ? ` /${formatPair(stride)}` : '',
        Math.max(...rate) > 1 ? ` rate ${formatPair(rate)}` : '',
        groups,
      ].join('');
    }
    case 'max_pool':
    case 'avg_pool':
      return `${node.op} ${formatPair(node.attributes.size)}`;
    case 'conv_transpose':
      return `${node.op} ${node.attributes.kernel.join('×')} ×${formatPair(node.attributes.stride)}`;
    case 'depth_to_space':
      return `${node.op} ${node.attributes.factor}`;
    case 'resize':
    case 'dropout':
      return [node.op, ...printAttributes(node)].join(' ');
    default:
      return node.op;
  }
}
