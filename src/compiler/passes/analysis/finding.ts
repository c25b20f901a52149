import type { shapeCodes } from '../../diagnostics/codes/shapes.ts';
import type { MessageArguments } from '../../diagnostics/codes.ts';
import { type Advice, type Diagnostic, diagnostic } from '../../diagnostics/diagnostic.ts';
import type { Graph, Node } from '../../ir/graph.ts';
import type { Span } from '../../source/span.ts';

/** What an analysis may know beside the graph; what is left out is not checked. */
export interface AnalysisContext {
  /** Images per training step. */
  readonly batch?: number;
  /** Training steps per epoch. */
  readonly stepsPerEpoch?: number;
  /** Batches that recompute the batch-norm statistics before an evaluation; 0 leaves the moving averages. */
  readonly recalibrate?: number;
  /** Pixels that a mask's structure spans in the network's image; 60 for a heart in the paper's images. */
  readonly objectSize?: number;
}

/** One rule about graphs. */
export type Rule = (graph: Graph, context: AnalysisContext) => readonly Finding[];

type ShapeCode = keyof typeof shapeCodes;

/** One instance of a diagnostic. Findings of the same code at the same source place are told together. */
export type Finding = { readonly [N in ShapeCode]: FindingOf<N> }[ShapeCode];

interface FindingOf<N extends ShapeCode> {
  readonly code: N;
  readonly at: Span;
  readonly arguments: MessageArguments<N>;
  /** The worst finding of a place gives the message; larger is worse. */
  readonly weight: number;
  /** Words beside the mark. */
  readonly label?: string;
  /** Facts about the worst finding. */
  readonly notes?: readonly string[];
  /** Asked of the worst finding only. */
  readonly help?: () => readonly string[];
  /** Where in the network it is, and its own figures: `` `encoder/f4/chain.2/conv`, 16×14: 1.93 of 9 taps ``. */
  readonly instance: string;
}

/** One diagnostic per code and source place; the instances become notes, at most six of them. */
export function groupFindings(findings: readonly Finding[]): readonly Diagnostic[] {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    const key = `${finding.code} ${finding.at.file} ${finding.at.start} ${finding.at.end}`;
    groups.set(key, [...(groups.get(key) ?? []), finding]);
  }
  return [...groups.values()].map(diagnosticOf);
}

function diagnosticOf(group: readonly Finding[]): Diagnostic {
  const worst = group.reduce((one, other) => (other.weight > one.weight ? other : one));
  const instances = [...new Set(group.map((finding) => `at ${finding.instance}`))];
  const shown = instances.slice(0, maxInstances);
  const rest = instances.length - shown.length;
  const help: readonly Advice[] = (worst.help?.() ?? []).map((message) => ({ message }));
  return diagnostic(worst.code, {
    at: worst.at,
    arguments: worst.arguments as never,
    ...(worst.label === undefined ? {} : { label: worst.label }),
    notes: [
      ...(worst.notes ?? []),
      ...shown,
      ...(rest > 0 ? [`and at ${rest} more places of the network`] : []),
    ],
    help,
  });
}

const maxInstances = 6;

/** The place that decided an attribute: its argument where known, else the call. */
export function placeOf(node: Node, attribute: string): Span {
  return node.origin.decided?.[attribute] ?? node.origin.span;
}
