/** One layer of a serial chain along one axis. */
export interface Step {
  readonly kernel: number;
  readonly rate: number;
}

/** Which offsets a serial chain of stride-1 convolutions reads along one axis. Paper section 4.1. */
export interface Sampling {
  /** From the first to the last offset: equation 2. */
  readonly field: number;
  /** Offsets that are read, counted from the first. */
  readonly reached: readonly number[];
  /** `reached / field`. */
  readonly coverage: number;
  /** The largest distance between neighbouring offsets that are read; 1 when there is no hole. */
  readonly largestGap: number;
  /** The greatest common divisor of the rates; above 1 the chain stays on a lattice. */
  readonly divisor: number;
  /** Hybrid dilated convolution, Wang et al. 2018: `M_1 … M_n`. The test is `M_2 ≤ kernel`, and presumes that the first rate is 1. */
  readonly hybrid: readonly number[];
}

export function sampling(steps: readonly Step[]): Sampling {
  const wide = steps.filter((step) => step.kernel > 1);
  const field = 1 + wide.reduce((sum, { kernel, rate }) => sum + (kernel - 1) * rate, 0);
  const reached = offsets(wide);
  const gaps = reached.slice(1).map((offset, index) => offset - reached[index]!);
  const largestGap = gaps.reduce((largest, gap) => Math.max(largest, gap), 1);
  return {
    field,
    reached,
    coverage: reached.length / field,
    largestGap,
    divisor: wide.reduce((divisor, { rate }) => greatestCommonDivisor(divisor, rate), 0),
    hybrid: hybridDistances(wide.map(({ rate }) => rate)),
  };
}

/** `M_n = r_n`, `M_i = max(M_{i+1} − 2r_i, M_{i+1} − 2(M_{i+1} − r_i), r_i)`. */
export function hybridDistances(rates: readonly number[]): readonly number[] {
  const distances: number[] = [];
  for (const rate of rates.toReversed()) {
    const next = distances[0];
    distances.unshift(next === undefined ? rate : Math.max(next - 2 * rate, next - 2 * (next - rate), rate));
  }
  return distances;
}

/** The widest field of which all rates are tried: four layers of kernel 3 or three of kernel 6. */
const maxCandidates = 250;

/**
 * The rates of equally many layers that leave no hole, the field nearest to that of the given ones; among these the
 * rates nearest to the given ones. Undefined when there are too many layers to try.
 */
export function nearestFullRates(kernel: number, rates: readonly number[]): readonly number[] | undefined {
  const count = rates.length;
  // n layers of k taps read at most kⁿ offsets, so larger fields cannot be full.
  const maxOffsets = kernel ** count;
  if (count > 4 || kernel < 2 || maxOffsets > maxCandidates) return undefined;
  const maxRates = (maxOffsets - 1) / (kernel - 1);
  const target = total(rates);
  const distance = (candidate: readonly number[]) =>
    Math.abs(total(candidate) - target) * 1000 +
    candidate.reduce((sum, rate, index) => sum + Math.abs(rate - rates[index]!), 0);
  let best: readonly number[] | undefined;
  for (const candidate of rising(count, maxRates)) {
    if (best && distance(candidate) >= distance(best)) continue;
    if (sampling(candidate.map((rate) => ({ kernel, rate }))).coverage === 1) best = candidate;
  }
  return best;
}

/** All lists of `count` rising rates from 1 whose sum is at most `most`. */
function* rising(count: number, maximum: number, minimum = 1): Generator<readonly number[]> {
  if (count === 0) {
    yield [];
    return;
  }
  for (let rate = minimum; rate * count <= maximum; rate++) {
    for (const rest of rising(count - 1, maximum - rate, rate)) yield [rate, ...rest];
  }
}

function offsets(steps: readonly Step[]): readonly number[] {
  let reached = new Set([0]);
  for (const { kernel, rate } of steps) {
    const next = new Set<number>();
    for (const offset of reached) for (let tap = 0; tap < kernel; tap++) next.add(offset + tap * rate);
    reached = next;
  }
  return [...reached].sort((a, b) => a - b);
}

function total(rates: readonly number[]): number {
  return rates.reduce((sum, rate) => sum + rate, 0);
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
