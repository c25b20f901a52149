import type { Graph, Node } from './graph.ts';
import { makesProbabilities } from './logits.ts';

/** A weight that moves the logits of one head, or its value, and nothing else. */
export interface HeadBias {
  readonly weight: string;
  /** For every value of the weight the channel of the head that it moves. */
  readonly channels: readonly number[];
  /** The kernel that stands beside it; null beside the shift of a norm. */
  readonly kernel: string | null;
}

/**
 * The bias, or the shift of a norm, behind which only operations follow that hand a constant on; null where a head has no
 * such weight of its own.
 */
export function headBias(graph: Graph, head: string): HeadBias | null {
  const { node: last, kind } = graph.heads.find(({ name }) => name === head)!;
  const end = graph.nodes[last]!;
  if (kind !== 'value' && !makesProbabilities(end.op)) return null;
  let channels: readonly number[] = Array.from({ length: end.shape.at(-1)! }, (_, channel) => channel);
  const first = makesProbabilities(end.op) ? graph.nodes[end.operands[0]!]! : end;
  for (let node = first; ; node = graph.nodes[node.operands[0]!]!) {
    if (readersOf(graph, node) !== 1) return null;
    const weight = shiftOf(node);
    if (weight !== undefined) {
      const users = graph.nodes.filter(({ weights }) => weights.includes(weight));
      const kernel = hasKernel.has(node.op) ? node.weights.at(-2)! : null;
      return users.length === 1 ? { weight, channels, kernel } : null;
    }
    if (node.op === 'depth_to_space') {
      const shown = channels;
      channels = Array.from(
        { length: shown.length * node.attributes.factor ** 2 },
        (_, index) => shown[index % shown.length]!,
      );
    } else if (!keepsConstants.has(node.op)) return null;
  }
}

/** Operations that give a constant map, or the constant itself, for a constant map. */
const keepsConstants: ReadonlySet<Node['op']> = new Set([
  'resize',
  'crop',
  'max_pool',
  'avg_pool',
  'global_avg_pool',
  'global_max_pool',
]);

/** Operations whose bias follows a kernel. */
const hasKernel: ReadonlySet<Node['op']> = new Set([
  'conv',
  'depthwise_conv',
  'separable_conv',
  'conv_transpose',
  'dense',
]);

function readersOf(graph: Graph, { id }: Node): number {
  const nodes = graph.nodes.filter(({ operands }) => operands.includes(id)).length;
  return nodes + graph.heads.filter(({ node }) => node === id).length;
}

/** The weight that a node adds to every channel. */
function shiftOf(node: Node): string | undefined {
  switch (node.op) {
    case 'conv':
    case 'depthwise_conv':
    case 'separable_conv':
    case 'conv_transpose':
    case 'dense':
      return node.attributes.bias ? node.weights.at(-1) : undefined;
    case 'batch_norm':
      return node.weights.at(-3);
    case 'group_norm':
    case 'instance_norm':
      return node.weights.at(-1);
    default:
      return undefined;
  }
}
