/**
 * The t beyond which a share of Student's distribution lies on each side together, so that `estimate ± t · error` covers the
 * rest: 12.706 for 0.05 and one degree of freedom, 1.96 for ever so many. By halving.
 * @param freedom degrees of freedom, whole, from 1
 */
export function studentQuantile(share: number, freedom: number): number {
  let [low, high] = [0, 1];
  while (outside(high, freedom) > share) high *= 2;
  while (high - low > 1e-12 * high) {
    const middle = (low + high) / 2;
    if (outside(middle, freedom) > share) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** The share beyond ±t, by the finite sums for whole degrees of freedom (Abramowitz and Stegun, 26.7.3 and 26.7.4). */
function outside(t: number, freedom: number): number {
  const angle = Math.atan2(t, Math.sqrt(freedom));
  const [sine, cosine] = [Math.sin(angle), Math.cos(angle)];
  const odd = freedom % 2 === 1;
  let [term, sum] = odd ? [cosine, freedom === 1 ? 0 : cosine] : [1, 1];
  for (let index = odd ? 2 : 1; index <= freedom - 3; index += 2) {
    term *= (cosine * cosine * index) / (index + 1);
    sum += term;
  }
  return odd ? 1 - (2 * (angle + sine * sum)) / Math.PI : 1 - sine * sum;
}
