import { mean, ratio, type Value } from './value.ts';

/** One image's diagnosis: indices into the head's outcomes, and the score of the positive one. */
export interface Judgement {
  readonly truth: number;
  readonly predicted: number;
  /** Probability of the positive outcome. */
  readonly score: number;
}

/** The four counts of a question with two answers. */
interface Confusion {
  readonly truePositive: number;
  readonly falseNegative: number;
  readonly trueNegative: number;
  readonly falsePositive: number;
}

export interface LabelMetric {
  readonly title: string;
  readonly definition: string;
  /** Whether one class counts as positive and all others as negative. */
  readonly positive: boolean;
  /** Whether the scores become answers first: by the threshold, or by the largest where there are more than two. */
  readonly thresholded: boolean;
  readonly empty: string;
  readonly measure: (judgements: readonly Judgement[], positive: number, outcomes: number) => Value;
}

const noPositives = 'there are no positive images';
const noNegatives = 'there are no negative images';
const noneCalledPositive = 'no image was called positive';
const noneCalledNegative = 'no image was called negative';

/** Every metric of a label head. */
export const labelMetrics = {
  accuracy: {
    title: 'accuracy',
    definition: 'right answers / images, equation 9',
    positive: false,
    thresholded: true,
    empty: 'undefined without images',
    measure: (judgements) =>
      ratio(
        judgements.filter(({ truth, predicted }) => truth === predicted).length,
        judgements.length,
        'there are no images',
      ),
  },
  sensitivity: {
    title: 'sensitivity',
    definition: 'TP / (TP + FN), equation 10',
    positive: true,
    thresholded: true,
    empty: `undefined where ${noPositives}`,
    measure: binary(({ truePositive, falseNegative }) =>
      ratio(truePositive, truePositive + falseNegative, noPositives),
    ),
  },
  specificity: {
    title: 'specificity',
    definition: 'TN / (TN + FP), equation 11',
    positive: true,
    thresholded: true,
    empty: `undefined where ${noNegatives}`,
    measure: binary(({ trueNegative, falsePositive }) =>
      ratio(trueNegative, trueNegative + falsePositive, noNegatives),
    ),
  },
  auc: {
    title: 'area under the ROC curve',
    definition: 'the chance that a positive image scores above a negative one, ties ½ (Mann and Whitney)',
    positive: true,
    thresholded: false,
    empty: `undefined where ${noPositives} or ${noNegatives}`,
    measure: areaUnderCurve,
  },
  balanced_accuracy: {
    title: 'balanced accuracy',
    definition: 'mean over the classes of the share of their images answered right',
    positive: false,
    thresholded: true,
    empty: 'undefined where a class has no images',
    measure: (judgements, _positive, outcomes) =>
      mean(
        Array.from({ length: outcomes }, (_, outcome) => {
          const members = judgements.filter(({ truth }) => truth === outcome);
          const right = members.filter(({ predicted }) => predicted === outcome).length;
          return ratio(right, members.length, 'a class has no images');
        }),
      ),
  },
  f1: {
    title: 'F1 score',
    definition: '2·TP / (2·TP + FP + FN)',
    positive: true,
    thresholded: true,
    empty: 'undefined where no image is positive or called so',
    measure: binary(({ truePositive, falsePositive, falseNegative }) =>
      ratio(
        2 * truePositive,
        2 * truePositive + falsePositive + falseNegative,
        'no image is positive or called so',
      ),
    ),
  },
  ppv: {
    title: 'positive predictive value',
    definition: 'TP / (TP + FP)',
    positive: true,
    thresholded: true,
    empty: `undefined where ${noneCalledPositive}`,
    measure: binary(({ truePositive, falsePositive }) =>
      ratio(truePositive, truePositive + falsePositive, noneCalledPositive),
    ),
  },
  npv: {
    title: 'negative predictive value',
    definition: 'TN / (TN + FN)',
    positive: true,
    thresholded: true,
    empty: `undefined where ${noneCalledNegative}`,
    measure: binary(({ trueNegative, falseNegative }) =>
      ratio(trueNegative, trueNegative + falseNegative, noneCalledNegative),
    ),
  },
} as const satisfies Record<string, LabelMetric>;

function binary(measure: (confusion: Confusion) => Value): LabelMetric['measure'] {
  return (judgements, positive) => measure(confusionOf(judgements, positive));
}

/** Positive against all other outcomes. */
function confusionOf(judgements: readonly Judgement[], positive: number): Confusion {
  const count = (truth: boolean, called: boolean) =>
    judgements.filter(
      (judgement) =>
        (judgement.truth === positive) === truth && (judgement.predicted === positive) === called,
    ).length;
  return {
    truePositive: count(true, true),
    falseNegative: count(true, false),
    trueNegative: count(false, false),
    falsePositive: count(false, true),
  };
}

/** The sum of the positives' ranks, ties sharing their mean rank, less the smallest that sum could be. */
function areaUnderCurve(judgements: readonly Judgement[], positive: number): Value {
  if (judgements.some(({ score }) => Number.isNaN(score))) return { reason: 'a score is no number' };
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
