import type { Graph } from '../../ir/graph.ts';
import { formatPair } from '../../ir/operations/windows.ts';
import { formatShape } from '../../ir/shape.ts';
import { serialChains } from '../reach/chains.ts';
import { nearestFullRates, type Sampling, sampling } from '../reach/sampling.ts';
import { type Convolution, tapUse } from '../reach/taps.ts';
import { type Finding, placeOf } from './finding.ts';

/** Serial chains of which few paths stay inside the map (D3), and the holes in what they read (D4). Paper section 4.1. */
export function chainRule(graph: Graph): readonly Finding[] {
  return serialChains(graph).flatMap((chain) => [...paddedPaths(graph, chain), ...holes(chain)]);
}

function paddedPaths(graph: Graph, chain: readonly Convolution[]): readonly Finding[] {
  const uses = chain.map((node) => tapUse(node, graph.nodes[node.operands[0]!]!.shape));
  const inside = uses.reduce((product, use) => product * (use.effective / use.taps), 1);
  if (inside >= 0.05) return [];
  const size = formatShape(chain[0]!.shape.slice(0, 2));
  const percent = (100 * inside).toFixed(1);
  return [
    {
      code: 'paddedChain',
      at: placeOf(chain.at(-1)!, 'rate'),
      arguments: { rates: formatRates(chain), percent, size },
      weight: 1 - inside,
      instance: `${formatPath(chain)}, ${size}: ${percent} %`,
      notes: [
        `taps inside on average: ${uses.map((use) => `${use.effective.toFixed(2)} of ${use.taps}`).join(', ')}`,
      ],
      help: () => ['use smaller rates on small maps, or downsample once less before the chain'],
    },
  ];
}

/** Wider than any image. What chains that long read would take long to count, and their rates are reported anyway. */
const widestField = 4096;

function holes(chain: readonly Convolution[]): readonly Finding[] {
  const field = (axis: 0 | 1) =>
    chain.reduce((sum, { attributes: { kernel, rate } }) => sum + (kernel[axis] - 1) * rate[axis], 1);
  if (Math.max(field(0), field(1)) > widestField) return [];
  const [rows, columns] = ([0, 1] as const).map((axis) =>
    sampling(
      chain.map(({ attributes }) => ({ kernel: attributes.kernel[axis], rate: attributes.rate[axis] })),
    ),
  ) as [Sampling, Sampling];
  const coverage = rows.coverage * columns.coverage;
  if (coverage === 1) return [];
  const lattice = Math.max(rows.divisor, columns.divisor) > 1;
  const finding = {
    at: placeOf(chain.at(-1)!, 'rate'),
    arguments: {
      rates: formatRates(chain),
      percent: (100 * coverage).toFixed(1),
      field: `${rows.field}×${columns.field}`,
    },
    weight: 1 - coverage,
    instance: formatPath(chain),
    notes: sameAlong(chain)
      ? [facts(rows, chain)]
      : [`rows: ${facts(rows, chain)}`, `columns: ${facts(columns, chain)}`],
    help: () => suggestion(chain),
  };
  return [{ code: coverage < 0.5 || lattice ? 'gridding' : 'griddingHoles', ...finding }];
}

function facts(
  { field, reached, largestGap, divisor, hybrid }: Sampling,
  chain: readonly Convolution[],
): string {
  const kernel = Math.max(...chain.flatMap((node) => node.attributes.kernel));
  const second = hybrid[1] ?? 1;
  return [
    `${reached.length} of ${field} offsets along an axis`,
    `neighbours up to ${largestGap} apart`,
    `the rates' greatest common divisor is ${divisor}`,
    `HDC's M₂ is ${second}${second > kernel ? `, above the kernel's ${kernel}` : ''}`,
  ].join(', ');
}

function suggestion(chain: readonly Convolution[]): readonly string[] {
  const kernels = new Set(chain.flatMap((node) => node.attributes.kernel));
  if (kernels.size > 1 || !sameAlong(chain)) return [];
  const kernel = [...kernels][0]!;
  const rates = nearestFullRates(
    kernel,
    chain.map((node) => node.attributes.rate[0]),
  );
  if (!rates) return [];
  const field = sampling(rates.map((rate) => ({ kernel, rate }))).field;
  return [`the rates [${rates.join(', ')}] read all of a ${field}×${field} field`];
}

function sameAlong(chain: readonly Convolution[]): boolean {
  return chain.every(({ attributes: { kernel, rate } }) => kernel[0] === kernel[1] && rate[0] === rate[1]);
}

function formatRates(chain: readonly Convolution[]): string {
  return `[${chain.map((node) => formatPair(node.attributes.rate)).join(', ')}]`;
}

function formatPath(chain: readonly Convolution[]): string {
  return `\`${chain[0]!.origin.path}\` to \`${chain.at(-1)!.origin.path}\``;
}
