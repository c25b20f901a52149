import type { Graph, Node, NodeOf } from '../../ir/graph.ts';
import { elements, formatShape } from '../../ir/shape.ts';
import type { AnalysisContext, Finding } from './finding.ts';

/** Batch norm over too few values, and moving averages that an epoch is too short for (T1). */
export function normalisationRule(graph: Graph, context: AnalysisContext): readonly Finding[] {
  const norms = graph.nodes.filter((node): node is NodeOf<'batch_norm'> & Node => node.op === 'batch_norm');
  return norms.flatMap((node) => [...fewSamples(node, context), ...slowStatistics(node, context)]);
}

function fewSamples(node: NodeOf<'batch_norm'>, { batch }: AnalysisContext): readonly Finding[] {
  if (batch === undefined) return [];
  const samples = batch * elements(node.shape.slice(0, -1));
  if (samples >= minSamples) return [];
  const vector = node.shape.length === 1;
  return [
    {
      code: 'fewSamples',
      at: node.origin.span,
      arguments: { samples },
      weight: minSamples - samples,
      instance: `\`${node.origin.path}\`, ${formatShape(node.shape)} with a batch of ${batch}`,
      help: () => [
        vector
          ? 'leave it out behind a global pooling, or use a larger batch'
          : 'use a larger batch, or `group_norm`, which does not look at the batch',
      ],
    },
  ];
}

function slowStatistics(
  node: NodeOf<'batch_norm'>,
  { stepsPerEpoch, recalibrate = 0 }: AnalysisContext,
): readonly Finding[] {
  const { momentum } = node.attributes;
  if (stepsPerEpoch === undefined || recalibrate > 0 || stepsPerEpoch * (1 - momentum) >= 1) return [];
  return [
    {
      code: 'slowStatistics',
      at: node.origin.decided?.['momentum'] ?? node.origin.span,
      arguments: { momentum, steps: stepsPerEpoch },
      weight: momentum,
      notes: [
        `the moving averages remember about ${Math.round(1 / (1 - momentum))} steps, so an evaluation uses statistics of weights long gone`,
      ],
      instance: 'every application of this `batch_norm`',
      help: () => ['set `recalibrate` in `train`, or use a smaller momentum'],
    },
  ];
}

const minSamples = 64;
