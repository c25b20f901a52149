import { studentQuantile } from './student.ts';

/** How well one way of measuring agrees with another. Bland and Altman 1986, 1999. */
export interface Agreement {
  /** Pairs, one for each patient. */
  readonly n: number;
  /** The mean difference: measured minus truth. */
  readonly bias: number;
  /** Of 95 %, by Student's t; null for a single pair. */
  readonly biasInterval: Interval | null;
  /** Sample deviation of the differences; null for a single pair. */
  readonly deviation: number | null;
  /** Bias ± 1.96 deviations: where 95 % of differences are expected, if they are normally distributed. */
  readonly limits: Interval | null;
  /** Of 95 %, of the lower and of the upper limit. */
  readonly limitsIntervals: { readonly low: Interval; readonly high: Interval } | null;
}

interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Deviations on each side of the bias that hold 95 % of a normal distribution. */
export const limitDeviations = 1.96;

/** Compares measured values with true ones, pair by pair; null without pairs. */
export function blandAltman(
  pairs: readonly (readonly [measured: number, truth: number])[],
): Agreement | null {
  const n = pairs.length;
  if (n === 0) return null;
  const differences = pairs.map(([measured, truth]) => measured - truth);
  const bias = differences.reduce((sum, one) => sum + one, 0) / n;
  if (n === 1) return { n, bias, biasInterval: null, deviation: null, limits: null, limitsIntervals: null };
  const squares = differences.reduce((sum, one) => sum + (one - bias) ** 2, 0);
  const deviation = Math.sqrt(squares / (n - 1));
  const t = studentQuantile(0.05, n - 1);
  const around = (value: number, away: number): Interval => ({ low: value - away, high: value + away });
  const limits = around(bias, limitDeviations * deviation);
  // The variance of a limit is that of the bias and of the deviation together (Bland and Altman 1999, section 2.2).
  const error = deviation * Math.sqrt(1 / n + limitDeviations ** 2 / (2 * (n - 1)));
  return {
    n,
    bias,
    biasInterval: around(bias, (t * deviation) / Math.sqrt(n)),
    deviation,
    limits,
    limitsIntervals: { low: around(limits.low, t * error), high: around(limits.high, t * error) },
  };
}
