import type { Shape } from '../../ir/shape.ts';
import type { SizedNode } from './node.ts';

/** What the sizes of a node's results follow from. */
export interface NodeFacts extends Omit<SizedNode, 'results'> {
  /** The whole numbers of each input that is a constant of such. */
  readonly ints: readonly (readonly number[] | undefined)[];
  /** How many results it has. */
  readonly count: number;
}

type SizeRule = (node: NodeFacts) => Shape;

/** The sizes of a node's results. Operators that are not in the table compute number by number and repeat axes of size 1. */
export function resultSizes(node: NodeFacts): readonly Shape[] {
  if (node.op === 'Split') {
    const axis = numberOf(node, 'axis', 0);
    return node.ints[1]!.map((size) => node.inputs[0]!.with(axis, size));
  }
  const sizes = (sizeRules[node.op] ?? broadcast)(node);
  return Array.from({ length: node.count }, () => sizes);
}

const broadcast: SizeRule = ({ inputs }) => repeated(inputs);

/** The sizes in which tensors meet whose axes of size 1 are repeated. */
function repeated(inputs: readonly Shape[]): Shape {
  const rank = Math.max(0, ...inputs.map(({ length }) => length));
  return Array.from({ length: rank }, (_, axis) =>
    Math.max(1, ...inputs.map((sizes) => sizes[axis - rank + sizes.length] ?? 1)),
  );
}

/** A window that moves over a map `[batch, channels, height, width]`. */
const slid =
  (channels: (node: NodeFacts) => number): SizeRule =>
  (node) => {
    const { inputs } = node;
    const { kernel, strides, rates, pads } = windowOf(node);
    const along = (axis: 0 | 1) => {
      const room =
        inputs[0]![axis + 2]! + pads[axis]! + pads[axis + 2]! - (kernel[axis]! - 1) * rates[axis]! - 1;
      return Math.floor(room / strides[axis]!) + 1;
    };
    return [inputs[0]![0]!, channels(node), along(0), along(1)];
  };

const first: SizeRule = ({ inputs }) => inputs[0]!;

const sizeRules: Readonly<Record<string, SizeRule>> = {
  Conv: slid(({ inputs }) => inputs[1]![0]!),
  MaxPool: slid(({ inputs }) => inputs[0]![1]!),
  AveragePool: slid(({ inputs }) => inputs[0]![1]!),
  ConvTranspose(node) {
    const { inputs } = node;
    const { kernel, strides, rates, pads } = windowOf(node);
    const more = listOf(node, 'output_padding', [0, 0]);
    const along = (axis: 0 | 1) =>
      (inputs[0]![axis + 2]! - 1) * strides[axis]! +
      (kernel[axis]! - 1) * rates[axis]! +
      1 +
      more[axis]! -
      pads[axis]! -
      pads[axis + 2]!;
    return [inputs[0]![0]!, inputs[1]![1]! * numberOf(node, 'group', 1), along(0), along(1)];
  },
  // Zeros fill the last block.
  ReorderInput: ({ inputs, block }) => inputs[0]!.with(1, Math.ceil(inputs[0]![1]! / block) * block),
  ReorderOutput: (node) => node.inputs[0]!.with(1, numberOf(node, 'channels', 0)),
  ScatterElements: first,
  Transpose: (node) => listOf(node, 'perm', []).map((axis) => node.inputs[0]![axis]!),
  Reshape({ inputs, ints }) {
    const wanted = ints[1]!;
    const all = product(inputs[0]!);
    return wanted.map((size) => (size === -1 ? -all / product(wanted) : size));
  },
  Expand: ({ inputs, ints }) => repeated([inputs[0]!, ints[1]!]),
  Concat(node) {
    const axis = numberOf(node, 'axis', 0);
    return node.inputs[0]!.with(
      axis,
      node.inputs.reduce((sum, sizes) => sum + sizes[axis]!, 0),
    );
  },
  Gather(node) {
    const [from, places] = node.inputs as readonly [Shape, Shape];
    const axis = numberOf(node, 'axis', 0);
    return [...from.slice(0, axis), ...places, ...from.slice(axis + 1)];
  },
  Pad({ inputs, ints }) {
    const rank = inputs[0]!.length;
    return inputs[0]!.map((size, axis) => size + ints[1]![axis]! + ints[1]![axis + rank]!);
  },
  Slice({ inputs, ints: [, begins, ends, axes, steps] }) {
    const sizes = [...inputs[0]!];
    for (const [index, axis] of (axes ?? sizes.map((_, one) => one)).entries()) {
      const [size, step] = [sizes[axis]!, steps?.[index] ?? 1];
      const place = (at: number) => Math.min(Math.max(at < 0 ? at + size : at, step < 0 ? -1 : 0), size);
      sizes[axis] = Math.ceil((place(ends![index]!) - place(begins![index]!)) / step);
    }
    return sizes;
  },
  ReduceSum: reduced,
  ReduceMax: reduced,
  Gemm(node) {
    const [left, right] = node.inputs as readonly [Shape, Shape];
    return [left[numberOf(node, 'transA', 0)]!, right[1 - numberOf(node, 'transB', 0)]!];
  },
  MatMul({ inputs: [left, right] }) {
    return [...repeated([left!.slice(0, -2), right!.slice(0, -2)]), left!.at(-2)!, right!.at(-1)!];
  },
};

function reduced(node: NodeFacts): Shape {
  const [sizes] = node.inputs as readonly [Shape];
  const axes = node.ints[1] ?? sizes.map((_, axis) => axis);
  return numberOf(node, 'keepdims', 1) === 1
    ? sizes.map((size, axis) => (axes.includes(axis) ? 1 : size))
    : sizes.filter((_, axis) => !axes.includes(axis));
}

function windowOf(node: NodeFacts) {
  const one = [1, 1];
  return {
    kernel: listOf(node, 'kernel_shape', one),
    strides: listOf(node, 'strides', one),
    rates: listOf(node, 'dilations', one),
    pads: listOf(node, 'pads', [0, 0, 0, 0]),
  };
}

function numberOf({ attributes }: Pick<NodeFacts, 'attributes'>, name: string, otherwise: number): number {
  const value = attributes[name];
  return typeof value === 'number' ? value : otherwise;
}

export function listOf(
  { attributes }: Pick<NodeFacts, 'attributes'>,
  name: string,
  otherwise: readonly number[],
): readonly number[] {
  const value = attributes[name];
  return Array.isArray(value) ? value : otherwise;
}

function product(sizes: readonly number[]): number {
  return sizes.reduce((all, size) => all * size, 1);
}
