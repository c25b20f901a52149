import type { Rate, Rates } from './work.ts';

/** Milliseconds of a call, of 10⁹ multiply-adds, of 10⁹ numbers. */
const rate = (call: number, multiplyAdds: number, numbers: number): Rate => ({ call, multiplyAdds, numbers });

/**
 * What is used where nothing was measured: two cores of an EPYC with AVX2. Of another machine little more is known than
 * how its kinds of work compare with each other, which is what choices are made by.
 */
export const builtInRates: Rates = {
  measured: false,
  threads: 2,
  block: 8,
  kinds: {
    convolution: rate(0, 19.1, 141),
    filter_gradient: rate(0, 18.5, 198),
    bordered_filter_gradient: rate(0, 35, 1450),
    one_tap_filter_gradient: rate(0.145, 42.1, 253),
    standard_convolution: rate(0.042, 25.6, 246),
    standard_filter_gradient: rate(0, 72.5, 7910),
    grouped_convolution: rate(0.888, 157, 0),
    per_channel: rate(0.031, 110, 118),
    matrix_product: rate(0.02, 15.2, 457),
    pooling: rate(0.073, 0, 382),
    pass: rate(0.014, 0, 182),
    sum: rate(0.022, 0, 329),
    transposition: rate(0, 0, 4050),
    block_move: rate(0, 0, 420),
    gathering: rate(0.03, 0, 407),
    padding: rate(0, 0, 1680),
    copy: rate(0.132, 0, 466),
    reordering: rate(0.025, 0, 217),
    view: rate(0.014, 0, 2.16),
  },
  whole: 1,
  factor: 2,
};

/** {@link builtInRates} on so many threads: what is computed is divided among them, what is called is not. */
export function builtInRatesFor(threads: number, block: number | null): Rates {
  const share = builtInRates.threads / threads;
  const kinds = Object.fromEntries(
    Object.entries(builtInRates.kinds).map(([kind, { call, multiplyAdds, numbers }]) => [
      kind,
      rate(call, share * multiplyAdds, share * numbers),
    ]),
  ) as unknown as Rates['kinds'];
  return { ...builtInRates, threads, block, kinds };
}
