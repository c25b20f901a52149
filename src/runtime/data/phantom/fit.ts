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
  const dictionary = dictionaryOf(times);
  const T1 = new Float32Array(series[0]!.length);
  for (let start = 0; start < T1.length; start += block) {
    fitBlock(
      series.map((image) => Float64Array.from(image.subarray(start, start + block))),
      dictionary,
      T1.subarray(start, start + block),
    );
  }
  return T1;
}

/** How many pixels are fitted at once: candidate after candidate, while their series stay in the nearest cache. */
const block = 256;

function fitBlock(signals: readonly Float64Array[], dictionary: Dictionary, T1: Float32Array): void {
  const { shapes, means, lengths } = dictionary;
  const count = signals.length;
  const inner = new Float64Array(T1.length);
  const best = new Uint8Array(T1.length);
  const product = new Float64Array(T1.length);
  for (let tried = 0; tried < candidates.length; tried += 1) {
    inner.fill(0);
    for (let index = 0; index < count; index += 1) {
      const shape = shapes[tried * count + index]!;
      const signal = signals[index]!;
      for (let pixel = 0; pixel < inner.length; pixel += 1) inner[pixel]! += shape * signal[pixel]!;
    }
    for (let pixel = 0; pixel < inner.length; pixel += 1) {
      if (Math.abs(inner[pixel]!) <= Math.abs(product[pixel]!)) continue;
      product[pixel] = inner[pixel]!;
      best[pixel] = tried;
    }
  }
  for (let pixel = 0; pixel < T1.length; pixel += 1) {
    let mean = 0;
    for (const signal of signals) mean += signal[pixel]! / count;
    const candidate = best[pixel]!;
    const B = -product[pixel]! / lengths[candidate]!;
    const A = mean + B * means[candidate]!;
    const fitted = Math.abs(A) < 1e-6 ? longestT1 : candidates[candidate]! * (B / A - 1);
    T1[pixel] = Math.min(Math.max(fitted, 0), longestT1);
  }
}

function dictionaryOf(times: readonly number[]): Dictionary {
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
