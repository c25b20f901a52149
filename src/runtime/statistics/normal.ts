/** Density of the standard normal distribution. */
function density(x: number): number {
  return Math.exp(-(x * x) / 2) / Math.sqrt(2 * Math.PI);
}

/**
 * P(X > x) of the standard normal distribution, to double precision relative to its size: by the series around 0
 * (Marsaglia 2004, "Evaluating the normal distribution"), beyond 4 by the continued fraction of the tail.
 */
export function normalTail(x: number): number {
  if (x < 0) return 1 - normalTail(-x);
  if (x > 4) {
    let fraction = x;
    for (let term = 60; term >= 1; term -= 1) fraction = x + term / fraction;
    return density(x) / fraction;
  }
  let [term, sum] = [x, x];
  for (let odd = 3; Math.abs(term) > 1e-17 * Math.abs(sum); odd += 2) {
    term *= (x * x) / odd;
    sum += term;
  }
  return 0.5 - density(x) * sum;
}

/** The p-value of a standard normal statistic, both sides. */
export function twoSided(z: number): number {
  return Math.min(1, 2 * normalTail(Math.abs(z)));
}

/** The x below which a share of the standard normal distribution lies, by halving. */
export function normalQuantile(share: number): number {
  let [low, high] = [-40, 40];
  while (high - low > 1e-13 * Math.max(1, Math.abs(low))) {
    const middle = (low + high) / 2;
    // The smaller side is compared, which keeps the digits of shares near 1.
    const below = share < 0.5 ? normalTail(-middle) < share : normalTail(middle) > 1 - share;
    if (below) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
