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
    convolution: rate(0, 20, 205),
    filter_gradient: rate(0, 20, 273),
    bordered_filter_gradient: rate(0, 35, 677),
    one_tap_filter_gradient: rate(0.11, 46, 364),
    standard_convolution: rate(0.15, 25, 121),
    standard_filter_gradient: rate(0, 73, 4700),
    grouped_convolution: rate(0.1, 200, 200),
    per_channel: rate(0.037, 370, 24),
    matrix_product: rate(0.02, 18, 437),
    pooling: rate(0, 0, 745),
    pass: rate(0.015, 0, 209),
    sum: rate(0.024, 0, 354),
    transposition: rate(0, 0, 3400),
    block_move: rate(0.047, 0, 571),
    gathering: rate(0.03, 0, 360),
    padding: rate(0.137, 0, 575),
    copy: rate(0.057, 0, 386),
    reordering: rate(0.029, 0, 294),
    view: rate(0.015, 0, 4),
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
