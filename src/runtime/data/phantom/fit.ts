/** The relaxation times tried, ms: 96 from 150 to 3200, in equal ratios. */
const candidates = Array.from({ length: 96 }, (_, index) => 150 * (3200 / 150) ** (index / 95));

/** No T1 map shows more, ms. */
const longestT1 = 3000;

/** What the candidates look like at the inversion times of one series. */
interface Dictionary {
  /** `[candidates, times]`: the decays with their means removed, as unit vectors. */
  readonly shapes: Float64Array;
  /** Mean of each decay, and the length of the rest. */
  readonly means: Float64Array;
  readonly lengths: Float64Array;
}

/**
 * Fits S(t) = A − B·exp(−t/T1*) to a series, pixel by pixel, and gives T1 = T1*·(B/A − 1) in ms, within 0 to
 * {@link longestT1}. For each T1* the best A and B are linear, and the constant part is common to all candidates, so the
 * best candidate is the one whose mean-free decay has the largest inner product with the series.
 */
export function fitT1(series: readonly Float32Array[], times: readonly number[]): Float32Array {
  const { shapes, means, lengths } = dictionary(times);
  const count = times.length;
  const signal = new Float64Array(count);
  return series[0]!.map((_, pixel) => {
    let mean = 0;
    for (let index = 0; index < count; index += 1) {
      signal[index] = series[index]![pixel]!;
      mean += signal[index]! / count;
    }
    let best = 0;
    let product = 0;
    for (let tried = 0; tried < candidates.length; tried += 1) {
      let inner = 0;
      for (let index = 0; index < count; index += 1) inner += shapes[tried * count + index]! * signal[index]!;
      if (Math.abs(inner) > Math.abs(product)) {
        product = inner;
        best = tried;
      }
    }
    const B = -product / lengths[best]!;
    const A = mean + B * means[best]!;
    const T1 = Math.abs(A) < 1e-6 ? longestT1 : candidates[best]! * (B / A - 1);
    return Math.min(Math.max(T1, 0), longestT1);
  });
}

function dictionary(times: readonly number[]): Dictionary {
  const decays = candidates.map((candidate) => times.map((time) => Math.exp(-time / candidate)));
  const means = Float64Array.from(
    decays,
    (decay) => decay.reduce((sum, value) => sum + value, 0) / decay.length,
  );
  const rests = decays.map((decay, index) => decay.map((value) => value - means[index]!));
  const lengths = Float64Array.from(rests, (rest) => Math.hypot(...rest));
  const shapes = Float64Array.from(
    rests.flatMap((rest, index) => rest.map((value) => value / lengths[index]!)),
  );
  return { shapes, means, lengths };
}
