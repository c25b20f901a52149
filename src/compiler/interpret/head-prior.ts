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

/**
 * What is left of the kernels of heads that start at a prior. With kernels as they are drawn, on a few rectified features, all
 * of them may push the same way, and training then never turns them round: of 14 folds with four features 3 ended with empty
 * masks. Nearly zero, they turn where the first images want them. Lin et al. 2017 (arXiv 1708.02002, Sec. 4.1) draw them with
 * a deviation of 0.01 for the same prior.
 */
const kernelShare = 0.01;

/** The kernels of heads that start at a prior, which begin as {@link kernelShare} of what is drawn. */
export function priorKernels(
  graph: Graph,
  heads: readonly string[],
  drawn: ReadonlyMap<string, ArrayLike<number>>,
): ReadonlyMap<string, Float64Array> {
  return new Map(
    heads.flatMap((head) => {
      const kernel = headBias(graph, head)?.kernel ?? null;
      if (kernel === null) return [];
      return [[kernel, Float64Array.from(drawn.get(kernel)!, (value) => kernelShare * value)] as const];
    }),
  );
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
