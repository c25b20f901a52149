import { normalQuantile } from './normal.ts';

/** How sure a study wants to be: an error of the first kind over all its comparisons, and the chance to see what is there. */
const level = 0.05;
const power = 0.8;

/**
 * The fewest images that one of two classifiers must answer better, and the other none, for McNemar's exact test to be
 * significant among so many comparisons: 2^(1−k) ≤ 5 % / comparisons. No assumption enters.
 */
export function fewestDiscordant(comparisons: number): number {
  return Math.ceil(1 - Math.log2(level / Math.max(1, comparisons)));
}

/**
 * The smallest mean of paired differences that is found with a chance of 80 % among so many comparisons.
 * @param spread standard deviation of the differences
 */
export function detectableMean(spread: number, units: number, comparisons: number): number {
  const reach = normalQuantile(1 - level / (2 * Math.max(1, comparisons))) + normalQuantile(power);
  return (reach * spread) / Math.sqrt(units);
}

/**
 * The smallest difference of two areas under ROC curves of the same images, as {@link detectableMean}, with Hanley and
 * McNeil's error (1982) at an area of 0.95 and a correlation of 0.5 between the two.
 */
export function detectableArea(positives: number, negatives: number, comparisons: number): number {
  const area = 0.95;
  const [q1, q2] = [area / (2 - area), (2 * area * area) / (1 + area)];
  const variance =
    (area * (1 - area) + (positives - 1) * (q1 - area * area) + (negatives - 1) * (q2 - area * area)) /
    (positives * negatives);
  return detectableMean(Math.sqrt(variance), 1, comparisons);
}
