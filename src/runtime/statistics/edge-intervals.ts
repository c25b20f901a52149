import { normalQuantile } from './normal.ts';

// Intervals that keep a width where every image is judged alike and the bootstrap and DeLong have none.

export interface Ends {
  readonly low: number;
  readonly high: number;
}

/**
 * Wilson's interval of a share (1927), which inverts the score test.
 * @param count independent observations, which may be a fraction
 */
export function wilsonInterval(share: number, count: number, level = 0.95): Ends {
  const square = normalQuantile((1 + level) / 2) ** 2;
  const centre = share + square / (2 * count);
  const reach = Math.sqrt(square * ((share * (1 - share)) / count + square / (4 * count * count)));
  const scale = 1 + square / count;
  return { low: Math.max(0, (centre - reach) / scale), high: Math.min(1, (centre + reach) / scale) };
}

/**
 * Kish's effective number (1965): as many independent observations say as much as clusters of these sizes whose members
 * are all alike. Of clusters of one size it is their number.
 */
export function effectiveNumber(sizes: readonly number[]): number {
  const sum = sizes.reduce((total, size) => total + size, 0);
  const squares = sizes.reduce((total, size) => total + size * size, 0);
  return squares === 0 ? 0 : (sum * sum) / squares;
}

/**
 * Newcombe's interval of an area under the ROC curve (2006, Statistics in Medicine 25, part 2, method 5): the areas whose
 * own error by Hanley and McNeil, with the mean of the two numbers, reaches to the one observed.
 */
export function newcombeInterval(area: number, positives: number, negatives: number, level = 0.95): Ends {
  const reach = normalQuantile((1 + level) / 2);
  const others = (positives + negatives) / 2 - 1;
  const error = (at: number) =>
    Math.sqrt(
      (at * (1 - at) * (1 + (others * (1 - at)) / (2 - at) + (others * at) / (1 + at))) /
        (positives * negatives),
    );
  const isInside = (at: number) => Math.abs(area - at) <= reach * error(at);
  return { low: boundary(area, 0, isInside), high: boundary(area, 1, isInside) };
}

/** Where the values around `inside` that hold end on the way to `end`, by halving. */
function boundary(inside: number, end: number, holds: (at: number) => boolean): number {
  if (holds(end)) return end;
  let [known, beyond] = [inside, end];
  for (let step = 0; step < 60; step += 1) {
    const middle = (known + beyond) / 2;
    if (holds(middle)) known = middle;
    else beyond = middle;
  }
  return known;
}
