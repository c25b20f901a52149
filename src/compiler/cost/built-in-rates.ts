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
    convolution: rate(0, 19.3, 134),
    filter_gradient: rate(0, 17, 218),
    bordered_filter_gradient: rate(0, 34.3, 1210),
    one_tap_filter_gradient: rate(0.137, 45.6, 196),
    standard_convolution: rate(0.037, 15, 100),
    standard_filter_gradient: rate(0, 69.1, 6670),
    grouped_convolution: rate(0.646, 110, 0),
    per_channel: rate(0.022, 99, 104),
    matrix_product: rate(0.005, 15.5, 395),
    pooling: rate(0.096, 0, 293),
    pass: rate(0.001, 0, 160),
    sum: rate(0.005, 0, 329),
    transposition: rate(0, 0, 4260),
    block_move: rate(0, 0, 294),
    gathering: rate(0.007, 0, 388),
    padding: rate(0, 0, 1010),
    copy: rate(0.067, 0, 371),
    reordering: rate(0.008, 0, 202),
    view: rate(0.003, 0, 1.27),
  },
  whole: 1,
  factor: 2,
};

/**
 * {@link builtInRates} on so many threads, and with blocks of a size: what is computed is divided among threads, what is
 * called is not. Blocks are as long as the processor's registers, which multiply as many numbers at once.
 */
export function builtInRatesFor(threads: number, block: number | null): Rates {
  const share = builtInRates.threads / threads;
  const length = builtInRates.block! / (block ?? builtInRates.block!);
  const kinds = Object.fromEntries(
    Object.entries(builtInRates.kinds).map(([kind, { call, multiplyAdds, numbers }]) => [
      kind,
      rate(call, share * length * multiplyAdds, share * numbers),
    ]),
  ) as unknown as Rates['kinds'];
  return { ...builtInRates, threads, block, kinds };
}
