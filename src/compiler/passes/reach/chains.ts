import type { Graph, Node } from '../../ir/graph.ts';
import { pixelwise } from '../../ir/pixelwise.ts';
import { type Convolution, isConvolution } from './taps.ts';

/**
 * Convolutions of stride 1 that follow each other with nothing but normalisation, activation and dropout between, at
 * least two of them and at least one atrous: where holes can add up. A 1×1 convolution, a stride, a pooling, a
 * concatenation or an addition ends a chain. Chains that branch are listed once per end.
 */
export function serialChains(graph: Graph): readonly (readonly Convolution[])[] {
  const before = new Map<Convolution, Convolution>();
  const links = graph.nodes.filter((node) => isConvolution(node)).filter(isLink);
  for (const link of links) {
    const source = behind(graph, graph.nodes[link.operands[0]!]!);
    if (isConvolution(source) && isLink(source)) before.set(link, source);
  }
  const continued = new Set(before.values());
  return links
    .filter((link) => !continued.has(link))
    .map((end) => {
      const chain = [end];
      for (let link = before.get(end); link; link = before.get(link)) chain.unshift(link);
      return chain;
    })
    .filter((chain) => chain.length > 1 && chain.some((link) => Math.max(...link.attributes.rate) > 1));
}

function isLink({ attributes: { kernel, stride } }: Convolution): boolean {
  return Math.max(...kernel) > 1 && Math.max(...stride) === 1;
}

/** The node whose pixels a value takes over one by one. */
function behind(graph: Graph, node: Node): Node {
  let source = node;
  while (pixelwise.has(source.op)) source = graph.nodes[source.operands[0]!]!;
  return source;
}
