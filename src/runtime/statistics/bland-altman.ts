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

/**
 * Compares measured values with true ones, pair by pair; null without pairs. A patient may have been measured several times, as
 * by networks of several seeds: the bias is then of the patients' mean differences, and the deviation that of single
 * measurements, between patients and within them (Bland and Altman 2007, section 2).
 */
export function blandAltman(
  pairs: readonly (readonly [measured: number | readonly number[], truth: number])[],
): Agreement | null {
  const n = pairs.length;
  if (n === 0) return null;
  const measured = pairs.map(([values]) => (typeof values === 'number' ? [values] : values));
  const differences = pairs.map(([, truth], index) => average(measured[index]!) - truth);
  const bias = average(differences);
  if (n === 1) return { n, bias, biasInterval: null, deviation: null, limits: null, limitsIntervals: null };
  const squares = differences.reduce((sum, one) => sum + (one - bias) ** 2, 0);
  const between = squares / (n - 1);
  const deviation = Math.sqrt(between + withinPatients(measured));
  const t = studentQuantile(0.05, n - 1);
  const around = (value: number, away: number): Interval => ({ low: value - away, high: value + away });
  const limits = around(bias, limitDeviations * deviation);
  // The variance of a limit is that of the bias and of the deviation together (Bland and Altman 1999, section 2.2).
  const error = Math.sqrt(between / n + (limitDeviations * deviation) ** 2 / (2 * (n - 1)));
  return {
    n,
    bias,
    biasInterval: around(bias, t * Math.sqrt(between / n)),
    deviation,
    limits,
    limitsIntervals: { low: around(limits.low, t * error), high: around(limits.high, t * error) },
  };
}

/** What single measurements vary more than their means over patients, as a variance; 0 where each patient was measured once. */
function withinPatients(measured: readonly (readonly number[])[]): number {
  const freedom = measured.reduce((sum, own) => sum + own.length - 1, 0);
  if (freedom === 0) return 0;
  const squares = measured.map((own) => own.reduce((sum, one) => sum + (one - average(own)) ** 2, 0));
  const within = squares.reduce((sum, one) => sum + one, 0) / freedom;
  return within * (1 - average(measured.map((own) => 1 / own.length)));
}

function average(values: readonly number[]): number {
  return values.reduce((sum, one) => sum + one, 0) / values.length;
}
