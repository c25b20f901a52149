import type { Rate, Rates, Work, WorkKind } from './work.ts';
import { workKindNames } from './work.ts';

/** Work, and how many milliseconds it took. */
export interface Sample extends Work {
  readonly ms: number;
}

/** Fewer samples of a kind say nothing about what its time depends on. */
const fewest = 4;

/**
 * The rates that samples tell. A kind of which there are too few samples keeps the rate that it is given, made faster or
 * slower as the others are on this machine.
 */
export function fitRates(
  samples: readonly Sample[],
  usual: Rates['kinds'],
): { readonly kinds: Rates['kinds']; readonly fitted: readonly WorkKind[] } {
  const found = new Map<WorkKind, Rate>();
  const ratios: number[] = [];
  for (const kind of workKindNames) {
    const own = samples.filter((sample) => sample.kind === kind);
    if (own.length < fewest) continue;
    const rate = fitRate(own);
    found.set(kind, rate);
    ratios.push(total(own, rate) / total(own, usual[kind]));
  }
  const pace = ratios.length === 0 ? 1 : ratios.sort((a, b) => a - b)[Math.floor(ratios.length / 2)]!;
  const kinds = Object.fromEntries(
    workKindNames.map((kind) => [kind, found.get(kind) ?? scaled(usual[kind], pace)]),
  ) as Rates['kinds'];
  return { kinds, fitted: [...found.keys()] };
}

/**
 * The rate, no part of it negative, that comes nearest to samples of one kind, by least squares. An error counts by the
 * root of the time, between those in milliseconds, which only large nodes decide, and those in percent, which small ones
 * do. In sum it takes as long as the samples did.
 */
export function fitRate(samples: readonly Sample[]): Rate {
  const mean = samples.reduce((sum, { ms }) => sum + ms, 0) / samples.length;
  const rows = samples.map(({ ms, multiplyAdds, numbers }) => {
    const weight = 1 / Math.sqrt(Math.max(ms, mean / 100) * mean);
    return { columns: [weight, (weight * multiplyAdds) / 1e9, (weight * numbers) / 1e9], value: weight * ms };
  });
  let best = { error: Number.POSITIVE_INFINITY, parts: [mean, 0, 0] };
  for (const chosen of [[0], [1], [2], [0, 1], [0, 2], [1, 2], [0, 1, 2]]) {
    const parts = leastSquares(rows, chosen);
    if (parts === null || parts.some((part) => part < 0)) continue;
    const error = rows.reduce((sum, { columns, value }) => {
      const off = columns.reduce((all, column, index) => all + column * parts[index]!, 0) - value;
      return sum + off * off;
    }, 0);
    // A part more must explain something.
    if (error < 0.999 * best.error) best = { error, parts };
  }
  const [call, multiplyAdds, numbers] = best.parts as [number, number, number];
  const rate = { call, multiplyAdds, numbers };
  return scaled(rate, (mean * samples.length) / total(samples, rate));
}

function total(samples: readonly Sample[], { call, multiplyAdds, numbers }: Rate): number {
  return samples.reduce(
    (sum, work) => sum + call + (work.multiplyAdds * multiplyAdds + work.numbers * numbers) / 1e9,
    0,
  );
}

function scaled({ call, multiplyAdds, numbers }: Rate, factor: number): Rate {
  return { call: factor * call, multiplyAdds: factor * multiplyAdds, numbers: factor * numbers };
}

interface Row {
  readonly columns: readonly number[];
  readonly value: number;
}

/** The solution in the chosen columns, 0 in the others, by elimination; null where they depend on each other. */
function leastSquares(rows: readonly Row[], chosen: readonly number[]): number[] | null {
  const equations = chosen.map((one) => [
    ...chosen.map((other) => rows.reduce((sum, { columns }) => sum + columns[one]! * columns[other]!, 0)),
    rows.reduce((sum, { columns, value }) => sum + columns[one]! * value, 0),
  ]);
  for (const [pivot, equation] of equations.entries()) {
    const divisor = equation[pivot]!;
    const scale = rows.reduce((sum, { columns }) => sum + columns[chosen[pivot]!]! ** 2, 0);
    if (!(divisor > 1e-9 * scale)) return null;
    for (let column = pivot; column <= chosen.length; column++) equation[column]! /= divisor;
    for (const [row, other] of equations.entries()) {
      if (row === pivot) continue;
      const times = other[pivot]!;
      for (let column = pivot; column <= chosen.length; column++) other[column]! -= times * equation[column]!;
    }
  }
  const parts = [0, 0, 0];
  for (const [index, column] of chosen.entries()) parts[column] = equations[index]!.at(-1)!;
  return parts;
}
