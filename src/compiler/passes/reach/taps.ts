import type { Node, NodeOf } from '../../ir/graph.ts';
import { type Padding, type Shape, windowAxis } from '../../ir/shape.ts';

/** A convolution whose taps lie on a grid in its operand. */
export type Convolution = NodeOf<'conv'> | NodeOf<'depthwise_conv'> | NodeOf<'separable_conv'>;

export function isConvolution(node: Node): node is Convolution {
  return node.op === 'conv' || node.op === 'depthwise_conv' || node.op === 'separable_conv';
}

/** How much of a kernel meets the map. Paper section 4.1. */
export interface TapUse {
  readonly taps: number;
  /** Taps that read inside the map for at least one output. */
  readonly alive: number;
  /** Taps that read inside the map, averaged over the outputs. */
  readonly effective: number;
}

/** The tap use of a convolution over a map of `[height, width, channels]`. */
export function tapUse({ attributes }: Convolution, map: Shape): TapUse {
  const { kernel, rate, stride, padding } = attributes;
  const axes = ([0, 1] as const).map((axis) =>
    insideFractions(map[axis]!, kernel[axis], rate[axis], stride[axis], padding),
  );
  const product = (along: (fractions: readonly number[]) => number) => along(axes[0]!) * along(axes[1]!);
  return {
    taps: kernel[0] * kernel[1],
    alive: product((fractions) => fractions.filter((fraction) => fraction > 0).length),
    effective: product((fractions) => fractions.reduce((sum, fraction) => sum + fraction, 0)),
  };
}

/** For every tap along one axis that may read inside the map: the fraction of outputs for which it does. */
function insideFractions(
  size: number,
  kernel: number,
  rate: number,
  stride: number,
  padding: Padding,
): readonly number[] {
  const { output, before } = windowAxis(size, kernel, stride, rate, padding);
  // The others read beside the map whatever the output, and there may be any number of them.
  const from = Math.max(0, Math.ceil((before - (output - 1) * stride) / rate));
  const to = Math.min(kernel - 1, Math.floor((size - 1 + before) / rate));
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => {
    const shift = before - (from + index) * rate;
    // The output at `position` reads `position * stride - shift`, which lies inside from `first` to `last`.
    const first = Math.max(0, Math.ceil(shift / stride));
    const last = Math.min(output - 1, Math.floor((size - 1 + shift) / stride));
    return Math.max(0, last - first + 1) / output;
  });
}
