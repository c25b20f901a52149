import type { Graph } from '../ir/graph.ts';
import { headBias } from '../ir/head-bias.ts';
import type { HeadPlan } from '../plan/run-plan.ts';

/**
 * The logits that say of every image what the training images say on average: log-odds of each channel of a head with a
 * sigmoid, logarithms of the shares of one with a softmax. Half a value more of each answer keeps what never occurs finite.
 * @param counts how many values are 1, by channel, of `total`
 */
export function priorLogits(
  encoding: HeadPlan['encoding'],
  counts: readonly number[],
  total: number,
): readonly number[] {
  return encoding === 'categorical'
    ? counts.map((count) => Math.log((count + 0.5) / (total + counts.length / 2)))
    : counts.map((count) => Math.log((count + 0.5) / (total - count + 0.5)));
}

/** The values of the weights with which heads start at the given logits, by the weight's name. */
export function priorWeights(
  graph: Graph,
  logits: Readonly<Record<string, readonly number[]>>,
): ReadonlyMap<string, Float64Array> {
  return new Map(
    Object.entries(logits).flatMap(([head, values]) => {
      const bias = headBias(graph, head);
      return bias === null
        ? []
        : [[bias.weight, Float64Array.from(bias.channels, (channel) => values[channel]!)] as const];
    }),
  );
}
