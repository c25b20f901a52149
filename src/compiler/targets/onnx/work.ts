import type { Work, WorkKind } from '../../cost/work.ts';
import { elements, type Shape } from '../../ir/shape.ts';
import { nchwc } from './lowering.ts';
import type { SizedNode } from './node.ts';
import { listOf } from './node-sizes.ts';

/** What of a node decides how long it takes. */
export type WorkingNode = Pick<
  SizedNode,
  'op' | 'domain' | 'label' | 'attributes' | 'inputs' | 'results' | 'block'
>;

/** What a node of a model does. */
export function workOfNode(node: WorkingNode): Work {
  return {
    kind: kindOf(node),
    multiplyAdds: multiplyAddsOf(node),
    numbers: numbersOf(node),
  };
}

/** Numbers that are read and written. A standard convolution writes down first what each tap reads. */
function numbersOf(node: WorkingNode): number {
  const { op, domain, attributes, inputs, results } = node;
  const all = [...inputs, ...results].reduce((sum, sizes) => sum + elements(sizes), 0);
  if (op !== 'Conv' || domain === nchwc || (attributes['group'] ?? 1) !== 1) return all;
  const [x, [, channels, rows, columns]] = inputs as readonly [Shape, Shape];
  const pixels = elements(results[0]!) / results[0]![1]!;
  return all - elements(x) + readByTaps(elements(x), pixels, channels!, rows! * columns!);
}

/** Numbers of a map that the taps of a standard convolution read; with one tap they are the map's. */
export function readByTaps(map: number, pixels: number, channels: number, taps: number): number {
  return taps === 1 ? map : map + 2 * pixels * channels * taps;
}

function kindOf(node: WorkingNode): WorkKind {
  const { op, domain, attributes, inputs, results, label } = node;
  switch (op) {
    case 'Conv':
    case 'ConvTranspose': {
      const groups = attributes['group'] ?? 1;
      const ofKernel = label.startsWith('conv2d_filter_gradient');
      if (domain !== nchwc) {
        if (groups !== 1) return 'grouped_convolution';
        return ofKernel ? 'standard_filter_gradient' : 'standard_convolution';
      }
      if (groups === inputs[1]![0] && groups !== 1) return 'per_channel';
      if (ofKernel) {
        const [, left, , right] = listOf(node, 'pads', [0, 0, 0, 0]);
        return filterGradientKind(results[0]![3]!, left! + right! === 0);
      }
      return 'convolution';
    }
    case 'Gemm':
    case 'MatMul':
      return 'matrix_product';
    case 'MaxPool':
    case 'AveragePool':
    case 'ScatterElements':
      return 'pooling';
    case 'ReduceSum':
    case 'ReduceMax':
      return 'sum';
    case 'ReorderInput':
    case 'ReorderOutput':
      return 'reordering';
    case 'Reshape':
    case 'Identity':
      return 'view';
    case 'Transpose': {
      const order = listOf(node, 'perm', []);
      return order.at(-1) === order.length - 1 ? 'block_move' : 'transposition';
    }
    case 'Gather':
      return 'gathering';
    case 'Pad':
      return 'padding';
    case 'Concat':
    case 'Split':
    case 'Slice':
    case 'Expand':
      return 'copy';
    default:
      return 'pass';
  }
}

/** Of a gradient in blocks. @param widened Whether the map needs no zeros at its sides */
export function filterGradientKind(tapsAcross: number, widened: boolean): WorkKind {
  if (tapsAcross === 1) return 'one_tap_filter_gradient';
  return widened ? 'filter_gradient' : 'bordered_filter_gradient';
}

/**
 * Of a gradient of a kernel in blocks, the share of the processor's multipliers that are busy. One multiplication follows
 * the other for each block of results and each tap across, four cycles later: eight such chains keep two multipliers busy.
 */
export function busy(blocks: number, tapsAcross: number): number {
  return Math.min(1, (Math.min(blocks, 4) * Math.min(tapsAcross, 3)) / 8);
}

function shareBusy({ domain, label, attributes, inputs, results, block }: WorkingNode): number {
  const groups = Number(attributes['group'] ?? 1);
  if (domain !== nchwc || !label.startsWith('conv2d_filter_gradient') || groups === inputs[1]![0]) return 1;
  return busy(inputs[1]![0]! / groups / block, results[0]![3]!);
}

function multiplyAddsOf(node: WorkingNode): number {
  const { op, attributes, inputs, results } = node;
  const [one, other] = inputs as readonly [readonly number[], readonly number[]];
  switch (op) {
    case 'Conv':
      return (elements(results[0]!) * elements(other)) / other[0]! / shareBusy(node);
    case 'ConvTranspose':
      return (elements(one) * elements(other)) / other[0]!;
    case 'Gemm':
      return elements(results[0]!) * one[attributes['transA'] === 1 ? 0 : 1]!;
    case 'MatMul':
      return elements(results[0]!) * one.at(-1)!;
    default:
      return 0;
  }
}
