import type { Graph } from '../../ir/graph.ts';
import { formatPair } from '../../ir/operations/windows.ts';
import { formatShape, type Shape } from '../../ir/shape.ts';
import { type Convolution, isConvolution, type TapUse, tapUse } from '../reach/taps.ts';
import { type Finding, placeOf } from './finding.ts';

/**
 * Taps that only ever read padding (D1) and kernels of which less than half lies inside the map on average (D2).
 * With same padding such a network still trains, so these are warnings. Paper sections 4.1 and 4.2.
 */
export function tapRule(graph: Graph): readonly Finding[] {
  return graph.nodes
    .filter((node) => isConvolution(node))
    .flatMap((node) => {
      const map = graph.nodes[node.operands[0]!]!.shape;
      const use = tapUse(node, map);
      if (use.alive < use.taps) return [deadTaps(node, map, use)];
      return use.effective / use.taps < 0.5 ? [paddedMass(node, map, use)] : [];
    });
}

function deadTaps(node: Convolution, map: Shape, use: TapUse): Finding {
  const { kernel, rate } = node.attributes;
  const size = formatShape(map.slice(0, 2));
  const dead = use.taps - use.alive;
  const common = {
    at: placeOf(node, Math.max(...rate) > 1 ? 'rate' : 'kernel'),
    weight: dead + 1 - use.effective / use.taps,
    instance: `\`${node.origin.path}\`, ${size} at rate ${formatPair(rate)}: ${use.alive} of ${use.taps} taps reach the map`,
    help: () => [tapHelp(node, map)],
  };
  if (use.alive > 1 || Math.max(...rate) === 1) {
    return { code: 'deadTaps', arguments: { dead, taps: use.taps, size }, ...common };
  }
  return {
    code: 'pointlessRate',
    arguments: { rate: formatPair(rate), size },
    label: 'every tap but the centre reads padding',
    notes: [`this ${kernel.join('×')} convolution acts as a 1×1 convolution`],
    ...common,
  };
}

function paddedMass(node: Convolution, map: Shape, use: TapUse): Finding {
  const size = formatShape(map.slice(0, 2));
  const rate = formatPair(node.attributes.rate);
  const effective = use.effective.toFixed(2);
  return {
    code: 'paddedMass',
    at: placeOf(node, 'rate'),
    arguments: { size, rate, effective, taps: use.taps },
    weight: 1 - use.effective / use.taps,
    instance: `\`${node.origin.path}\`, ${size} at rate ${rate}: ${effective} of ${use.taps} taps`,
    help: () => [tapHelp(node, map)],
  };
}

function tapHelp(node: Convolution, map: Shape): string {
  const size = formatShape(map.slice(0, 2));
  const keepsHalf = (rate: number) => {
    const attributes = { ...node.attributes, rate: [rate, rate] as const };
    const { effective, taps } = tapUse({ ...node, attributes } as Convolution, map);
    return effective / taps >= 0.5;
  };
  // Larger rates only lose taps, and a rate as large as the map has lost all but the centre.
  let [useful, useless] = [0, Math.min(Math.max(...node.attributes.rate), Math.max(map[0]!, map[1]!))];
  while (useless - useful > 1) {
    const rate = Math.floor((useful + useless) / 2);
    if (keepsHalf(rate)) useful = rate;
    else useless = rate;
  }
  if (useful > 0)
    return `a rate of ${useful} or less keeps half of the kernel inside ${size}; or downsample once less before it`;
  return `use a smaller kernel on a map of ${size}, or downsample once less before it`;
}
