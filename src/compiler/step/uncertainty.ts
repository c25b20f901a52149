import type { Weight } from '../ir/graph.ts';
import type { LossTerm, TrainSettings } from '../plan/run-plan.ts';

/**
 * The logarithms `s` of the variances by which the losses of heads are weighed, by head: weights that training changes
 * beside those of the network, 0 at the start. A head's loss counts `exp(−s)` times, and `s / 2` is added to the sum, so
 * that no variance grows without bound. Empty where the weights of the loss are fixed. Kendall et al. 2018.
 */
export function varianceWeights(
  loss: readonly LossTerm[],
  weighting: TrainSettings['weighting'],
): ReadonlyMap<string, Weight> {
  const heads = weighting === 'fixed' ? [] : loss.map(({ head }) => head);
  return new Map(
    heads.map((head) => [
      head,
      { name: `loss/${head}/log_variance`, shape: [1], initializer: 'zeros', trainable: true },
    ]),
  );
}
