import type { MetricNameOf } from '../../compiler/index.ts';
import { mean, ratio, type Value } from './value.ts';

/** One image's diagnosis: indices into the head's outcomes, and the score of the positive one. */
export interface Judgement {
  readonly truth: number;
  readonly predicted: number;
  /** Probability of the positive outcome; of the true one where none is positive. */
  readonly score: number;
}

/** The four counts of a question with two answers. */
interface Confusion {
  readonly truePositive: number;
  readonly falseNegative: number;
  readonly trueNegative: number;
  readonly falsePositive: number;
}

type Measure = (judgements: readonly Judgement[], positive: number, outcomes: number) => Value;

const noImages = 'there are no images';
const noPositives = 'there are no positive images';
const noNegatives = 'there are no negative images';
const noNumber = { reason: 'a score is no number' };

/** How each metric of labels is computed over images. */
export const labelMeasures: Readonly<Record<MetricNameOf<'label'>, Measure>> = {
  accuracy: (judgements) =>
    ratio(
      judgements.filter(({ truth, predicted }) => truth === predicted).length,
      judgements.length,
      noImages,
    ),
  sensitivity: binary(({ truePositive, falseNegative }) =>
    ratio(truePositive, truePositive + falseNegative, noPositives),
  ),
  specificity: binary(({ trueNegative, falsePositive }) =>
    ratio(trueNegative, trueNegative + falsePositive, noNegatives),
  ),
  auc: areaUnderCurve,
  average_precision: averagePrecision,
  brier: (judgements, positive) => {
    if (judgements.some(({ score }) => Number.isNaN(score))) return noNumber;
    const errors = judgements.map(({ truth, score }) => (score - (truth === positive ? 1 : 0)) ** 2);
    return mean(errors);
  },
  ece: (judgements, positive) => {
    if (judgements.some(({ score }) => Number.isNaN(score))) return noNumber;
    const gaps = reliability(judgements, positive).map(
      ({ images, score, positives }) => images * Math.abs(score - positives),
    );
    return ratio(
      gaps.reduce((sum, gap) => sum + gap, 0),
      judgements.length,
      noImages,
    );
  },
  balanced_accuracy: (judgements, _positive, outcomes) =>
    mean(
      Array.from({ length: outcomes }, (_, outcome) => {
        const members = judgements.filter(({ truth }) => truth === outcome);
        const right = members.filter(({ predicted }) => predicted === outcome).length;
        return ratio(right, members.length, 'a class has no images');
      }),
    ),
  f1: binary(({ truePositive, falsePositive, falseNegative }) =>
    ratio(
      2 * truePositive,
      2 * truePositive + falsePositive + falseNegative,
      'no image is positive or called so',
    ),
  ),
  ppv: binary(({ truePositive, falsePositive }) =>
    ratio(truePositive, truePositive + falsePositive, 'no image was called positive'),
  ),
  npv: binary(({ trueNegative, falseNegative }) =>
    ratio(trueNegative, trueNegative + falseNegative, 'no image was called negative'),
  ),
};

/** A bin of the reliability curve that holds images. */
export interface ReliabilityBin {
  readonly images: number;
  /** Mean probability of the positive class. */
  readonly score: number;
  /** Share of its images that are positive. */
  readonly positives: number;
}

const bins = 10;

/** Ten bins of equal width from 0 to 1, the empty ones left out. A probability on an edge belongs to the upper bin. */
export function reliability(judgements: readonly Judgement[], positive: number): readonly ReliabilityBin[] {
  const members = Array.from({ length: bins }, () => [] as Judgement[]);
  for (const judgement of judgements) {
    members[Math.min(bins - 1, Math.max(0, Math.floor(judgement.score * bins)))]?.push(judgement);
  }
  return members
    .filter((bin) => bin.length > 0)
    .map((bin) => ({
      images: bin.length,
      score: bin.reduce((sum, { score }) => sum + score, 0) / bin.length,
      positives: bin.filter(({ truth }) => truth === positive).length / bin.length,
    }));
}

/** A point of the ROC curve: what calling everything from a score on positive does. */
export interface RocPoint {
  readonly threshold: number | null;
  readonly sensitivity: number;
  /** 1 − specificity. */
  readonly fallout: number;
}

/** The ROC curve from (0, 0), whose threshold is null, to (1, 1); empty where a class has no images. */
export function rocCurve(judgements: readonly Judgement[], positive: number): readonly RocPoint[] {
  const steps = thresholds(judgements, positive);
  const last = steps.at(-1);
  if (last === undefined || last.truePositive === 0 || last.falsePositive === 0) return [];
  return [
    { threshold: null, sensitivity: 0, fallout: 0 },
    ...steps.map(({ threshold, truePositive, falsePositive }) => ({
      threshold,
      sensitivity: truePositive / last.truePositive,
      fallout: falsePositive / last.falsePositive,
    })),
  ];
}

function binary(measure: (confusion: Confusion) => Value): Measure {
  return (judgements, positive) => measure(confusionOf(judgements, positive));
}

/** Positive against all other outcomes. */
function confusionOf(judgements: readonly Judgement[], positive: number): Confusion {
  let [truePositive, falseNegative, trueNegative, falsePositive] = [0, 0, 0, 0];
  for (const { truth, predicted } of judgements) {
    if (truth === positive && predicted === positive) truePositive += 1;
    else if (truth === positive) falseNegative += 1;
    else if (predicted === positive) falsePositive += 1;
    else trueNegative += 1;
  }
  return { truePositive, falseNegative, trueNegative, falsePositive };
}

/** Counts when all scores from a threshold on are called positive, from the highest score down. */
function thresholds(judgements: readonly Judgement[], positive: number) {
  const sorted = [...judgements].sort((left, right) => right.score - left.score);
  const steps: { threshold: number; truePositive: number; falsePositive: number }[] = [];
  let [truePositive, falsePositive] = [0, 0];
  for (const [index, { score, truth }] of sorted.entries()) {
    if (truth === positive) truePositive += 1;
    else falsePositive += 1;
    if (sorted[index + 1]?.score !== score) steps.push({ threshold: score, truePositive, falsePositive });
  }
  return steps;
}

function averagePrecision(judgements: readonly Judgement[], positive: number): Value {
  if (judgements.some(({ score }) => Number.isNaN(score))) return noNumber;
  let [sum, found] = [0, 0];
  for (const { truePositive, falsePositive } of thresholds(judgements, positive)) {
    sum += (truePositive - found) * (truePositive / (truePositive + falsePositive));
    found = truePositive;
  }
  return ratio(sum, found, noPositives);
}

/** The sum of the positives' ranks, ties sharing their mean rank, less the smallest that sum could be. */
function areaUnderCurve(judgements: readonly Judgement[], positive: number): Value {
  if (judgements.some(({ score }) => Number.isNaN(score))) return noNumber;
  const sorted = [...judgements].sort((left, right) => left.score - right.score);
  let positives = 0;
  let rankSum = 0;
  for (let start = 0; start < sorted.length; ) {
    let end = start + 1;
    while (end < sorted.length && sorted[end]!.score === sorted[start]!.score) end += 1;
    const tied = sorted.slice(start, end).filter(({ truth }) => truth === positive).length;
    positives += tied;
    rankSum += tied * ((start + 1 + end) / 2);
    start = end;
  }
  const negatives = sorted.length - positives;
  if (positives === 0) return { reason: noPositives };
  if (negatives === 0) return { reason: noNegatives };
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives);
}
