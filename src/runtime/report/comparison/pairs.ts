import { partsOfMetric } from '../../../compiler/index.ts';
import { quantile } from '../../metrics/masks/surface.ts';
import { questionsOf } from '../../metrics/questions.ts';
import { groupBy } from '../../random/group.ts';
import { stream } from '../../random/random.ts';
import { testAreas } from '../../statistics/areas.ts';
import { mcNemar, wilcoxon } from '../../statistics/paired.ts';
import { meanPosterior, type Posterior, signedRankPosterior } from '../../statistics/posterior.ts';
import { type ComparedMember, caseValues } from './members.ts';

/** What a paired test says about two rows. */
export interface Paired {
  /** The test's name. */
  readonly test: 'Wilcoxon' | 'McNemar' | 'DeLong' | 'permutation';
  /** First less second, over the images of both. */
  readonly difference: number;
  /** Of 95 %: by DeLong of areas, else of differences with patients drawn anew; null where it would have no width. */
  readonly interval: { readonly low: number; readonly high: number } | null;
  readonly p: number;
  readonly exact: boolean;
  /** Why it is another test than usual, or there is no interval. */
  readonly reason: string | null;
  /** How probable it is that one row is really better; null of areas, for a patient alone has none. */
  readonly posterior: Posterior | null;
  /** Values that differ by no more are equal in the posterior, in the metric's unit. */
  readonly margin: number;
  /** Images that both rows have. */
  readonly images: number;
  readonly patients: number;
}

/** Two rows by their numbers, from 0 on. */
export interface ComparisonTest extends Paired {
  readonly path: string;
  readonly rows: readonly [number, number];
  /** The p-value corrected over its family: all pairs of rows that were tested for this metric. */
  readonly corrected: number;
  readonly correction: { readonly method: 'Holm'; readonly tests: number };
}

/** One image as both rows judge it. */
interface Pair {
  readonly patient: string;
  readonly positive: boolean;
  readonly one: number;
  readonly other: number;
}

type Tested = Omit<Paired, 'margin'>;

/**
 * Compares two rows image by image, patients being the units for the images of one are not independent: means of a
 * patient's differences for masks and Brier scores (Wilcoxon), sums of its right answers (McNemar), clusters of its
 * scores (DeLong with Obuchowski's covariance). Null where a metric has no paired test, there is nothing to pair, or the head of
 * a row is untrained.
 * @param margin differences up to it make no practical difference
 */
export function comparePair(
  one: ComparedMember,
  other: ComparedMember,
  { path, better, margin }: { path: string; better: 'higher' | 'lower'; margin: number },
): Paired | null {
  const found = testPair(one, other, path, margin);
  if (found === null) return null;
  const { posterior } = found;
  // The posterior of values is that of the better ones, whichever way is better.
  const turned =
    posterior === null || better === 'higher'
      ? posterior
      : { first: posterior.second, equal: posterior.equal, second: posterior.first };
  return { ...found, posterior: turned, margin };
}

function testPair(one: ComparedMember, other: ComparedMember, path: string, margin: number): Tested | null {
  const { head: headName, metric: name, structure } = partsOfMetric(path);
  const [head, partner] = [one, other].map(({ plan }) =>
    plan.heads.find((known) => known.name === headName && known.trained),
  );
  if (head === undefined || partner === undefined) return null;
  if (head.kind === 'mask') {
    // Of all images of a patient together there is one value: that of the patient.
    const pairs = pairUp(caseValues(one, path), caseValues(other, path));
    return name === 'dsc_per_patient' ? null : bySignedRank(pairs, margin);
  }
  if (head.kind === 'value') {
    // Of the others a single image or patient has no value.
    return name === 'mae'
      ? bySignedRank(pairUp(caseValues(one, path), caseValues(other, path)), margin)
      : null;
  }
  // The mean over several classes is of no single answer.
  if (head.encoding === 'multilabel' && structure === null) return null;
  const answers = () => judged(one, other, path, rightness);
  switch (name) {
    case 'brier':
      return bySignedRank(pairUp(caseValues(one, path), caseValues(other, path)), margin);
    case 'accuracy':
      return byAnswers(answers(), margin);
    case 'sensitivity':
      return byAnswers(
        answers().filter(({ positive }) => positive),
        margin,
      );
    case 'specificity':
      return byAnswers(
        answers().filter(({ positive }) => !positive),
        margin,
      );
    case 'auc':
      return byArea(judged(one, other, path, ({ score }) => score));
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
  path: string,
  value: (judgement: Judged) => number,
): readonly Pair[] {
  const { head, structure } = partsOfMetric(path);
  const [left, right] = [one, other].map((member) => {
    const sums = new Map<string, { sum: number; count: number; patient: string; positive: boolean }>();
    const plan = member.plan.heads.find((known) => known.name === head)!;
    const question = questionsOf(plan, member.plan.data).find(({ part }) => part === structure);
    if (question === undefined) return sums;
    const { positive } = question;
    for (const measured of member.runs.flatMap(({ cases }) => cases)) {
      const { id, patient } = measured;
      const judgement = question.judgement(measured);
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

function bySignedRank(pairs: readonly Pair[], margin: number): Tested | null {
  if (pairs.length === 0) return null;
  const patients = [...groupBy(pairs, ({ patient }) => patient).values()];
  const means = patients.map((own) => meanDifference(own));
  const { p, exact } = wilcoxon(means);
  const posterior = signedRankPosterior(means, margin);
  return { test: 'Wilcoxon', ...differenceOf(patients), p, exact, posterior, ...sizes(pairs) };
}

function byAnswers(pairs: readonly Pair[], margin: number): Tested | null {
  if (pairs.length === 0) return null;
  const patients = [...groupBy(pairs, ({ patient }) => patient).values()];
  const sums = patients.map(sumOfDifferences);
  // Answers averaged over seeds are fractions; sixtieths of them are whole for up to six seeds.
  const rounded = sums.map((sum) => Math.round(60 * sum));
  const divisor = rounded.reduce(greatestDivisor, 0) || 1;
  const { p, exact } = mcNemar(rounded.map((gain) => gain / divisor));
  const posterior = meanPosterior(
    patients.map((own, patient) => ({ sum: sums[patient]!, images: own.length })),
    margin,
  );
  return { test: 'McNemar', ...differenceOf(patients), p, exact, posterior, ...sizes(pairs) };
}

function byArea(pairs: readonly Pair[]): Tested | null {
  const found = testAreas(
    pairs.map(({ patient, positive, one }) => ({ cluster: patient, positive, score: one })),
    pairs.map(({ other }) => other),
  );
  return found === null ? null : { ...found, posterior: null, ...sizes(pairs) };
}

const draws = 1000;

/** The mean difference of all images with its interval: patients are drawn with replacement, each with all its images. */
function differenceOf(
  patients: readonly (readonly Pair[])[],
): Pick<Paired, 'difference' | 'interval' | 'reason'> {
  const difference = meanDifference(patients.flat());
  if (patients.length < 2) return { difference, interval: null, reason: 'no interval: a single patient' };
  const sums = patients.map(sumOfDifferences);
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
  const [low, high] = [quantile(means, 0.025), quantile(means, 0.975)];
  return high - low <= 1e-12 * Math.abs(high)
    ? { difference, interval: null, reason: 'no interval: all patients differ by the same' }
    : { difference, interval: { low, high }, reason: null };
}

function sumOfDifferences(pairs: readonly Pair[]): number {
  return pairs.reduce((sum, { one, other }) => sum + one - other, 0);
}

function meanDifference(pairs: readonly Pair[]): number {
  return sumOfDifferences(pairs) / pairs.length;
}

function sizes(pairs: readonly Pair[]) {
  return { images: pairs.length, patients: new Set(pairs.map(({ patient }) => patient)).size };
}

function greatestDivisor(one: number, other: number): number {
  let [a, b] = [Math.abs(one), Math.abs(other)];
  while (b !== 0) [a, b] = [b, a % b];
  return a;
}
