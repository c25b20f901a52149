import type { Graph, Pair } from '../../ir/graph.ts';
import { formatPair } from '../../ir/operations/windows.ts';
import { effectiveKernel, formatShape } from '../../ir/shape.ts';
import { neededBy } from '../dead-code.ts';
import type { Finding } from './finding.ts';

/** Values that no head needs (S4): only the last of a series, whose loss makes the others useless. */
export function unusedRule(graph: Graph): readonly Finding[] {
  const needed = neededBy(
    graph,
    graph.heads.map((head) => head.node),
  );
  const read = new Set(graph.nodes.flatMap((node) => node.operands));
  return graph.nodes
    .filter((node) => !needed.has(node.id) && !read.has(node.id))
    .map((node) => ({
      code: 'unusedValue',
      at: node.origin.span,
      arguments: { operation: node.op },
      weight: 0,
      instance: `\`${node.origin.path}\``,
      help: () => ['use it in a head, or remove it'],
    }));
}

/** Valid windows whose stride leaves rows or columns unread at the end (S1). */
export function borderRule(graph: Graph): readonly Finding[] {
  return graph.nodes.flatMap((node): readonly Finding[] => {
    const window = windowOf(node);
    if (!window) return [];
    const map = graph.nodes[node.operands[0]!]!.shape;
    const rest = ([0, 1] as const).map((axis) => (map[axis]! - window.extent[axis]) % window.stride[axis]);
    if (rest[0] === 0 && rest[1] === 0) return [];
    const size = formatShape(map.slice(0, 2));
    const unread = [`${rest[0]} of ${map[0]} rows`, `${rest[1]} of ${map[1]} columns`];
    return [
      {
        code: 'droppedBorder',
        at: node.origin.span,
        arguments: { operation: node.op, stride: formatPair(window.stride), size },
        weight: rest[0]! + rest[1]!,
        instance: `\`${node.origin.path}\`, ${size}: ${unread.filter((_, axis) => rest[axis]! > 0).join(' and ')}`,
        help: () => ['use `padding = "same"`, or a size that the stride divides'],
      },
    ];
  });
}

function windowOf(node: Graph['nodes'][number]): { extent: Pair; stride: Pair } | undefined {
  switch (node.op) {
    case 'max_pool':
    case 'avg_pool': {
      const { size, stride, padding } = node.attributes;
      return padding === 'valid' ? { extent: size, stride } : undefined;
    }
    case 'conv':
    case 'depthwise_conv':
    case 'separable_conv': {
      const { kernel, rate, stride, padding } = node.attributes;
      const extent: Pair = [effectiveKernel(kernel[0], rate[0]), effectiveKernel(kernel[1], rate[1])];
      return padding === 'valid' ? { extent, stride } : undefined;
    }
    default:
      return undefined;
  }
}
