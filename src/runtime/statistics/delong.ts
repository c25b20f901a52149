/** One image as the ROC curve sees it; images of one cluster are not independent. */
export interface Scored {
  readonly positive: boolean;
  readonly score: number;
  /** The patient. */
  readonly cluster: string;
}

/** The placements of every image: of a positive the share of negatives below, of a negative the share of positives above. */
interface Placed {
  readonly auc: number;
  readonly placements: readonly number[];
}

/** The area under the ROC curve with its standard error; null where a class has no images or a single patient. */
export function delong(images: readonly Scored[]): { readonly auc: number; readonly error: number } | null {
  const { auc, placements } = placed(images);
  const variance = covariance(images, placements, placements, auc, auc);
  return variance === null ? null : { auc, error: Math.sqrt(Math.max(0, variance)) };
}

/**
 * The difference of two areas under ROC curves of the same images with its standard error (DeLong, DeLong and
 * Clarke-Pearson 1988; with clusters Obuchowski 1997, which is the same where every cluster is one image). Null where a class
 * has no images or a single patient.
 */
export function compareAreas(
  images: readonly Scored[],
  others: readonly number[],
): { readonly difference: number; readonly error: number } | null {
  const one = placed(images);
  const other = placed(images.map((image, index) => ({ ...image, score: others[index]! })));
  const terms = [
    covariance(images, one.placements, one.placements, one.auc, one.auc),
    covariance(images, other.placements, other.placements, other.auc, other.auc),
    covariance(images, one.placements, other.placements, one.auc, other.auc),
  ];
  const [first, second, both] = terms;
  if (first == null || second == null || both == null) return null;
  const error = Math.sqrt(Math.max(0, first + second - 2 * both));
  return { difference: one.auc - other.auc, error: error < 1e-12 ? 0 : error };
}

/** The area under the ROC curve: the share of pairs of a positive and a negative in the right order, ties one half. */
export function areaUnder(positives: Float64Array, negatives: Float64Array): number {
  const sorted = negatives.slice().sort();
  return positives.reduce((sum, score) => sum + shareBelow(sorted, score), 0) / positives.length;
}

function placed(images: readonly Scored[]): Placed {
  const positives = sortedScores(images, true);
  const negatives = sortedScores(images, false);
  const placements = images.map(({ positive, score }) =>
    positive ? shareBelow(negatives, score) : 1 - shareBelow(positives, score),
  );
  const own = placements.filter((_, index) => images[index]!.positive);
  return { auc: own.reduce((sum, value) => sum + value, 0) / own.length, placements };
}

function sortedScores(images: readonly Scored[], positive: boolean): Float64Array {
  return Float64Array.from(
    images.filter((image) => image.positive === positive).map(({ score }) => score),
  ).sort();
}

/** Ties count one half. */
function shareBelow(sorted: Float64Array, score: number): number {
  return (
    (firstFrom(sorted, (value) => value >= score) + firstFrom(sorted, (value) => value > score)) /
    (2 * sorted.length)
  );
}

function firstFrom(sorted: Float64Array, reached: (value: number) => boolean): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (reached(sorted[middle]!)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Obuchowski's covariance of two areas: what clusters' sums of placements vary together, of both classes and across. */
function covariance(
  images: readonly Scored[],
  one: readonly number[],
  other: readonly number[],
  oneArea: number,
  otherArea: number,
): number | null {
  const clusters = new Map<
    string,
    { counts: [number, number]; one: [number, number]; other: [number, number] }
  >();
  const totals: [number, number] = [0, 0];
  for (const [index, { positive, cluster }] of images.entries()) {
    const side = positive ? 0 : 1;
    const sums = clusters.get(cluster) ?? { counts: [0, 0], one: [0, 0], other: [0, 0] };
    clusters.set(cluster, sums);
    sums.counts[side] += 1;
    sums.one[side] += one[index]! - oneArea;
    sums.other[side] += other[index]! - otherArea;
    totals[side] += 1;
  }
  const all = [...clusters.values()];
  const holding = ([0, 1] as const).map((side) => all.filter(({ counts }) => counts[side] > 0).length);
  const [positives, negatives] = holding as [number, number];
  if (positives < 2 || negatives < 2) return null;
  const product = (left: 0 | 1, right: 0 | 1) =>
    all.reduce((sum, cluster) => sum + cluster.one[left] * cluster.other[right], 0);
  const within = (side: 0 | 1, groups: number) =>
    ((groups / (groups - 1)) * product(side, side)) / (totals[side] * totals[side]);
  const across = (product(0, 1) + product(1, 0)) / (totals[0] * totals[1]);
  const groups = all.length;
  return within(0, positives) + within(1, negatives) + (groups / (groups - 1)) * across;
}
