import { signFlips, type TestResult } from './sign-flips.ts';

/**
 * Wilcoxon's signed-rank test of paired differences. Differences of 0 are left out, as Wilcoxon did; equal sizes share
 * their mean rank, and the distribution is counted out with the ranks as they are, ties included.
 */
export function wilcoxon(differences: readonly number[]): TestResult {
  const sizes = differences.filter((difference) => difference !== 0);
  const order = [...sizes].sort((left, right) => Math.abs(left) - Math.abs(right));
  const signed: number[] = [];
  for (let start = 0; start < order.length; ) {
    let end = start + 1;
    while (end < order.length && nearlyEqual(Math.abs(order[end]!), Math.abs(order[start]!))) end += 1;
    // Twice the mean rank, which is whole.
    for (const value of order.slice(start, end)) signed.push(Math.sign(value) * (start + 1 + end));
    start = end;
  }
  return halved(signed);
}

/** Ranks that are all even would count twice the steps for nothing. */
function halved(signed: readonly number[]): TestResult {
  return signFlips(signed.every((value) => value % 2 === 0) ? signed.map((value) => value / 2) : signed);
}

/** Differences of rounding are ties: two means of the same values in another order are equal. */
function nearlyEqual(one: number, other: number): boolean {
  return Math.abs(one - other) <= 1e-12 * Math.max(one, other);
}

/**
 * McNemar's exact test for answers that come in clusters. Per patient: how many more of its images the first answers
 * right than the second; the sign of each patient's sum is as likely as the other when neither is better. With one
 * image per patient this is McNemar's test.
 */
export function mcNemar(gains: readonly number[]): TestResult {
  return signFlips(gains.filter((gain) => gain !== 0));
}

/** Holm's correction: p-values of one family, in their order, each made as large as rejecting in turn needs. */
export function holm(values: readonly number[]): readonly number[] {
  const order = values.map((_, index) => index).sort((left, right) => values[left]! - values[right]!);
  const adjusted = new Array<number>(values.length);
  let least = 0;
  for (const [place, index] of order.entries()) {
    least = Math.max(least, Math.min(1, (values.length - place) * values[index]!));
    adjusted[index] = least;
  }
  return adjusted;
}
