import { twoSided } from './normal.ts';

/** The result of a test. */
export interface TestResult {
  /** Both sides. */
  readonly p: number;
  /** Whether the p-value is that of the exact distribution; else the normal approximation. */
  readonly exact: boolean;
  /** What was exchanged: pairs or patients that differ. */
  readonly units: number;
}

/** Up to this many steps of the distribution are counted out. */
const maxSteps = 5e7;

/**
 * The exact distribution of Σ ±weights when every sign is as likely as the other: the chance of a sum at least as far
 * from 0 as the one observed. Weights are whole numbers from 1 on. Where counting would take too long, the normal
 * approximation with a correction for continuity.
 */
export function signFlips(signed: readonly number[]): TestResult {
  const weights = signed.map(Math.abs);
  const units = weights.length;
  if (units === 0) return { p: 1, exact: true, units };
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const observed = Math.abs(signed.reduce((sum, value) => sum + value, 0));
  if (total * units > maxSteps) {
    const spread = Math.sqrt(weights.reduce((sum, weight) => sum + weight * weight, 0));
    return { p: twoSided(Math.max(0, observed - 1) / spread), exact: false, units };
  }
  // chances[s]: of the positive weights to sum to s; halved at every step, so that nothing overflows.
  const chances = new Float64Array(total + 1);
  chances[0] = 1;
  let reached = 0;
  for (const weight of weights) {
    reached += weight;
    for (let sum = reached; sum >= 0; sum -= 1) {
      chances[sum] = (chances[sum]! + (sum >= weight ? chances[sum - weight]! : 0)) / 2;
    }
  }
  let p = 0;
  for (let sum = 0; sum <= total; sum += 1) {
    if (Math.abs(2 * sum - total) >= observed) p += chances[sum]!;
  }
  return { p: Math.min(1, p), exact: true, units };
}
