import type { Graph, Node, Pair } from '../../ir/graph.ts';
import { effectiveKernel } from '../../ir/shape.ts';

/** What one value of a node sees of the image, along rows and columns. */
export interface Field {
  /** Pixels of the image from the first to the last that can be seen. */
  readonly size: Pair;
  /** Pixels of the image between neighbouring values; 0 for a vector. */
  readonly jump: Pair;
}

/**
 * The receptive field of every node, by id: `size + (extent − 1) · jump` at each window, the jump growing with the
 * strides. Equations 1 and 2 of the paper are the case of stride 1. Where paths meet, the largest counts. Statistics
 * of normalisation are left out, as usual.
 */
export function receptiveFields(graph: Graph): readonly Field[] {
  const fields: Field[] = [];
  for (const node of graph.nodes) {
    const operands = node.operands.map((id) => fields[id]!);
    const axes = ([0, 1] as const).map((axis) => fieldAlong(graph, node, operands, axis));
    fields.push({
      size: [axes[0]!.size, axes[1]!.size],
      jump: [axes[0]!.jump, axes[1]!.jump],
    });
  }
  return fields;
}

function fieldAlong(
  graph: Graph,
  node: Node,
  operands: readonly Field[],
  axis: 0 | 1,
): { size: number; jump: number } {
  const size = Math.max(1, ...operands.map((field) => field.size[axis]));
  const jump = node.op === 'input' ? 1 : Math.max(...operands.map((field) => field.jump[axis]));
  const before = node.op === 'input' ? node.shape : graph.nodes[node.operands[0]!]!.shape;
  switch (node.op) {
    case 'conv':
    case 'depthwise_conv':
    case 'separable_conv': {
      const { kernel, rate, stride } = node.attributes;
      return {
        size: size + (effectiveKernel(kernel[axis], rate[axis]) - 1) * jump,
        jump: jump * stride[axis],
      };
    }
    case 'max_pool':
    case 'avg_pool':
      return {
        size: size + (node.attributes.size[axis] - 1) * jump,
        jump: jump * node.attributes.stride[axis],
      };
    case 'conv_transpose': {
      const { kernel, stride } = node.attributes;
      const read = Math.ceil(kernel[axis] / stride[axis]);
      return { size: size + (read - 1) * jump, jump: jump / stride[axis] };
    }
    case 'resize': {
      const now = axis === 0 ? node.attributes.height : node.attributes.width;
      const between = node.attributes.method === 'bilinear' && now !== before[axis];
      return { size: size + (between ? jump : 0), jump: (jump * before[axis]!) / now };
    }
    case 'max_unpool': {
      // A value may come from anywhere in its window: the finer grid is that of the second map.
      const factor = node.shape[axis]! / before[axis]!;
      return { size, jump: operands[0]!.jump[axis] / factor };
    }
    case 'depth_to_space':
      return { size, jump: jump / node.attributes.factor };
    case 'global_avg_pool':
    case 'global_max_pool':
    case 'flatten':
      return before.length === 3 ? { size: size + (before[axis]! - 1) * jump, jump: 0 } : { size, jump };
    default:
      return { size, jump };
  }
}
