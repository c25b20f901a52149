import { partsOfMetric } from '../../compiler/index.ts';
import { outcomes } from '../metrics/measure.ts';
import { quantile } from '../metrics/surface.ts';
import { groupBy } from '../random/group.ts';
import { stream } from '../random/random.ts';
import { compareAreas } from '../statistics/delong.ts';
import { normalQuantile } from '../statistics/normal.ts';
import { mcNemar, wilcoxon } from '../statistics/paired.ts';
import { type ComparedMember, caseValues } from './members.ts';

/** What a paired test says about two rows. */
export interface Paired {
  /** The test's name. */
  readonly test: 'Wilcoxon' | 'McNemar' | 'DeLong';
  /** First less second, over the images of both. */
  readonly difference: number;
  /** Of 95 %: by DeLong of areas, else of differences with patients drawn anew; null with a single patient. */
  readonly interval: { readonly low: number; readonly high: number } | null;
  readonly p: number;
  readonly exact: boolean;
  /** Images that both rows have. */
  readonly images: number;
  readonly patients: number;
}

/** One image as both rows judge it. */
interface Pair {
  readonly patient: string;
  readonly positive: boolean;
  readonly one: number;
  readonly other: number;
}

/**
 * Compares two rows image by image, patients being the units for the images of one are not independent: means of a
 * patient's differences for masks and Brier scores (Wilcoxon), sums of its right answers (McNemar), clusters of its
 * scores (DeLong with Obuchowski's covariance). Null where a metric has no paired test, there is nothing to pair, or the head of
 * a row is untrained.
 */
export function comparePair(one: ComparedMember, other: ComparedMember, path: string): Paired | null {
  const { head: headName, metric: name } = partsOfMetric(path);
  const [head, partner] = [one, other].map(({ plan }) =>
    plan.heads.find((known) => known.name === headName && known.trained),
  );
  if (head === undefined || partner === undefined) return null;
  if (head.kind === 'mask') {
    // Of all images of a patient together there is one value: that of the patient.
    const pairs = pairUp(caseValues(one, path), caseValues(other, path));
    return name === 'dsc_per_patient' ? null : bySignedRank(pairs);
  }
  switch (name) {
    case 'brier':
      return bySignedRank(pairUp(caseValues(one, path), caseValues(other, path)));
    case 'accuracy':
      return byAnswers(judged(one, other, headName, rightness));
    case 'sensitivity':
      return byAnswers(judged(one, other, headName, rightness).filter(({ positive }) => positive));
    case 'specificity':
      return byAnswers(judged(one, other, headName, rightness).filter(({ positive }) => !positive));
    case 'auc':
      return byArea(judged(one, other, headName, ({ score }) => score));
    default:
      return null;
  }
}

type Values = ReturnType<typeof caseValues>;

function pairUp(one: Values, other: Values): readonly Pair[] {
  return [...one].flatMap(([id, { value, patient }]) => {
    const partner = other.get(id);
    return partner === undefined ? [] : [{ patient, positive: true, one: value, other: partner.value }];
  });
}

type Judged = ComparedMember['runs'][number]['cases'][number]['labels'][string];

function rightness(judgement: Judged): number {
  return judgement.truth === judgement.predicted ? 1 : 0;
}

/** What both rows say about each image, averaged over seeds. */
function judged(
  one: ComparedMember,
  other: ComparedMember,
  head: string,
  value: (judgement: Judged) => number,
): readonly Pair[] {
  const [left, right] = [one, other].map((member) => {
    const sums = new Map<string, { sum: number; count: number; patient: string; positive: boolean }>();
    const plan = member.plan.heads.find((known) => known.name === head)!;
    const { positive } = outcomes(plan, member.plan.data);
    for (const { id, patient, labels } of member.runs.flatMap(({ cases }) => cases)) {
      const judgement = labels[head];
      if (judgement === undefined) continue;
      const before = sums.get(id) ?? { sum: 0, count: 0 };
      sums.set(id, {
        sum: before.sum + value(judgement),
        count: before.count + 1,
        patient,
        positive: judgement.truth === positive,
      });
    }
    return sums;
  });
  return [...left!].flatMap(([id, { sum, count, patient, positive }]) => {
    const partner = right!.get(id);
    if (partner === undefined) return [];
    return [{ patient, positive, one: sum / count, other: partner.sum / partner.count }];
  });
}

function bySignedRank(pairs: readonly Pair[]): Paired | null {
  if (pairs.length === 0) return null;
  const patients = [...groupBy(pairs, ({ patient }) => patient).values()];
  const means = patients.map((own) => meanDifference(own));
  const { p, exact } = wilcoxon(means);
  return { test: 'Wilcoxon', ...differenceOf(patients), p, exact, ...sizes(pairs, patients.length) };
}

function byAnswers(pairs: readonly Pair[]): Paired | null {
  if (pairs.length === 0) return null;
  const patients = [...groupBy(pairs, ({ patient }) => patient).values()];
  // Answers averaged over seeds are fractions; sixtieths of them are whole for up to six seeds.
  const gains = patients.map((own) => 60 * own.reduce((sum, pair) => sum + pair.one - pair.other, 0));
  const rounded = gains.map(Math.round);
  const divisor = rounded.reduce(greatestDivisor, 0) || 1;
  const { p, exact } = mcNemar(rounded.map((gain) => gain / divisor));
  return { test: 'McNemar', ...differenceOf(patients), p, exact, ...sizes(pairs, patients.length) };
}

function byArea(pairs: readonly Pair[]): Paired | null {
  const found = compareAreas(
    pairs.map(({ patient, positive, one }) => ({ cluster: patient, positive, score: one })),
    pairs.map(({ other }) => other),
  );
  if (found === null) return null;
  const patients = new Set(pairs.map(({ patient }) => patient)).size;
  const { difference, error, p } = found;
  const reach = normalQuantile(0.975) * error;
  return {
    test: 'DeLong',
    difference,
    interval: { low: difference - reach, high: difference + reach },
    p,
    exact: false,
    ...sizes(pairs, patients),
  };
}

const draws = 1000;

/** The mean difference of all images with its interval: patients are drawn with replacement, each with all its images. */
function differenceOf(patients: readonly (readonly Pair[])[]): Pick<Paired, 'difference' | 'interval'> {
  const difference = meanDifference(patients.flat());
  if (patients.length < 2) return { difference, interval: null };
  const sums = patients.map((own) => own.reduce((sum, { one, other }) => sum + one - other, 0));
  // The same draws for every pair of rows.
  const random = stream(0, 'paired differences');
  const means = Float64Array.from({ length: draws }, () => {
    let [sum, images] = [0, 0];
    for (let drawn = 0; drawn < patients.length; drawn += 1) {
      const patient = random.integer(patients.length);
      sum += sums[patient]!;
      images += patients[patient]!.length;
    }
    return sum / images;
  }).sort();
  return { difference, interval: { low: quantile(means, 0.025), high: quantile(means, 0.975) } };
}

function meanDifference(pairs: readonly Pair[]): number {
  return pairs.reduce((sum, { one, other }) => sum + one - other, 0) / pairs.length;
}

function sizes(pairs: readonly Pair[], patients: number) {
  return { images: pairs.length, patients };
}

function greatestDivisor(one: number, other: number): number {
  let [a, b] = [Math.abs(one), Math.abs(other)];
  while (b !== 0) [a, b] = [b, a % b];
  return a;
}
