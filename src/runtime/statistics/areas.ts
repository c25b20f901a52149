import { stream } from '../random/random.ts';
import { areaUnder, compareAreas, type Scored } from './delong.ts';
import { normalQuantile, twoSided } from './normal.ts';

/** What is said of two areas under ROC curves of the same images. */
export interface AreasCompared {
  readonly test: 'DeLong' | 'permutation';
  /** Of the first less the second. */
  readonly difference: number;
  /** Of 95 %; null where DeLong's error is 0 or unknown. */
  readonly interval: { readonly low: number; readonly high: number } | null;
  readonly p: number;
  readonly exact: boolean;
  /** Why it is not DeLong's test, or has no interval. */
  readonly reason: string | null;
}

/** DeLong's error is of many patients; up to so many all exchanges are counted out instead. */
const fewPatients = 10;
const draws = 9999;

/**
 * Whether two scores of the same images have the same area under the ROC curve: by DeLong's error, or, where that is 0 or
 * of few patients, by exchange. Null where a class has no images.
 */
export function testAreas(images: readonly Scored[], others: readonly number[]): AreasCompared | null {
  if (images.every(({ positive }) => positive) || images.every(({ positive }) => !positive)) return null;
  const patients = new Set(images.map(({ cluster }) => cluster)).size;
  const found = compareAreas(images, others);
  const error = found?.error ?? 0;
  const exchanges = exchangesOf(images, others);
  const difference = found?.difference ?? exchanges[0]!.difference(() => false);
  const reach = normalQuantile(0.975) * error;
  const interval = error === 0 ? null : { low: difference - reach, high: difference + reach };
  if (error > 0 && patients > fewPatients) {
    return {
      test: 'DeLong',
      difference,
      interval,
      p: twoSided(difference / error),
      exact: false,
      reason: null,
    };
  }
  const why =
    found === null
      ? "a class has a single patient, so DeLong's error is unknown"
      : error === 0
        ? "DeLong's error is 0"
        : `DeLong's error is of more than ${fewPatients} patients`;
  const shares = exchanges.map(shareAtLeast);
  const p = Math.max(...shares.map((share) => share.p));
  const exact = shares.every((share) => share.exact);
  const how = exact ? 'all exchanges of patients are counted' : `${draws} exchanges of patients are drawn`;
  return { test: 'permutation', difference, interval, p, exact, reason: `${why}: ${how}` };
}

/** Two classifiers whose scores of patients can be exchanged. */
interface Exchanges {
  /** How many patients the two judge differently. */
  readonly patients: number;
  /** The difference of the areas when such patients are exchanged. */
  difference(isExchanged: (patient: number) => boolean): number;
}

/**
 * The exchange of the two scores of all images of a patient, which is as likely as not when neither classifier is better: of
 * their ranks among a classifier's own, which makes two classifiers comparable (Venkatraman and Begg 1996), and of the scores
 * themselves. One patient who is judged otherwise moves the ranks of all others, and among ties that looks like many; the
 * larger share counts.
 */
function exchangesOf(images: readonly Scored[], others: readonly number[]): readonly Exchanges[] {
  const scores = images.map(({ score }) => score);
  return [exchangesOfValues(images, ranks(scores), ranks(others)), exchangesOfValues(images, scores, others)];
}

function exchangesOfValues(
  images: readonly Scored[],
  one: readonly number[],
  other: readonly number[],
): Exchanges {
  const patients = [
    ...new Set(images.flatMap(({ cluster }, index) => (one[index] === other[index] ? [] : [cluster]))),
  ];
  const places = images.map(({ cluster }) => patients.indexOf(cluster));
  const sides = [true, false].map((side) =>
    images.flatMap(({ positive }, index) => (positive === side ? [index] : [])),
  );
  return {
    patients: patients.length,
    difference: (isExchanged) => {
      const chosen = patients.map((_, patient) => isExchanged(patient));
      const area = (own: readonly number[], foreign: readonly number[]) => {
        const [positives, negatives] = sides.map((indices) =>
          Float64Array.from(indices, (index) => (chosen[places[index]!] === true ? foreign : own)[index]!),
        );
        return areaUnder(positives!, negatives!);
      };
      return area(one, other) - area(other, one);
    },
  };
}

/**
 * The share of exchanges whose areas differ at least as much as those observed: exact up to ten patients that differ; else
 * exchanges are drawn, and those observed are among them.
 */
function shareAtLeast({ patients, difference }: Exchanges): { readonly p: number; readonly exact: boolean } {
  const least = Math.abs(difference(() => false)) - 1e-12;
  const isReached = (isExchanged: (patient: number) => boolean) => Math.abs(difference(isExchanged)) >= least;
  if (patients <= fewPatients) {
    const patterns = Array.from({ length: 2 ** patients }, (_, pattern) => pattern);
    const reached = patterns.filter((pattern) => isReached((patient) => ((pattern >> patient) & 1) === 1));
    return { p: reached.length / patterns.length, exact: true };
  }
  const random = stream(0, 'exchanged areas');
  let reached = 1;
  for (let draw = 0; draw < draws; draw += 1) if (isReached(() => random.chance(0.5))) reached += 1;
  return { p: reached / (draws + 1), exact: false };
}

/** Places in order from 1 on; equal values share their mean place. */
function ranks(values: readonly number[]): readonly number[] {
  const order = values.map((_, index) => index).sort((one, other) => values[one]! - values[other]!);
  const places = new Array<number>(values.length);
  for (let start = 0; start < order.length; ) {
    let end = start + 1;
    while (end < order.length && values[order[end]!] === values[order[start]!]) end += 1;
    for (const index of order.slice(start, end)) places[index] = (start + 1 + end) / 2;
    start = end;
  }
  return places;
}
