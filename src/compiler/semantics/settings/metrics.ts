import { labelSpace } from '../../plan/attributes.ts';
import type { DataPlan, HeadPlan } from '../../plan/run-plan.ts';

type HeadKind = HeadPlan['kind'];

/** What a metric is, so that two numbers of one name mean the same. The runtime adds how it is computed. */
export interface MetricFacts {
  readonly head: HeadKind;
  readonly title: string;
  readonly definition: string;
  /**
   * `ratio` from 0 to 1; `distance` in mm, or in px where the spacing of an image is unknown; `dB`; `value` is the unit of
   * what the head predicts. Tables show ratios as percentages.
   */
  readonly unit: 'ratio' | 'distance' | 'dB' | 'value';
  readonly better: 'higher' | 'lower';
  /** Of a mask: what the mean runs over. Labels are counted over images, values over what their attribute is of. */
  readonly of: 'image' | 'patient';
  /** Whether one class counts as positive and all others as negative. */
  readonly positive: boolean;
  /** Whether probabilities become answers first: by the threshold, or by the largest where there are several. */
  readonly thresholded: boolean;
  /** What counts where there is nothing to measure. */
  readonly empty: string;
  readonly caveat?: string;
  /** The setting in mm that the number depends on. */
  readonly within?: 'tolerance';
  /** Given beside this one without being asked for. */
  readonly beside?: string;
}

const mask = { head: 'mask', unit: 'ratio', better: 'higher', of: 'image', positive: false } as const;
const label = { head: 'label', unit: 'ratio', better: 'higher', of: 'image' } as const;
const answers = { ...label, positive: true, thresholded: true } as const;
const scores = { ...label, positive: true, thresholded: false } as const;
const value = {
  head: 'value',
  unit: 'value',
  better: 'lower',
  of: 'image',
  positive: false,
  thresholded: false,
  empty: 'undefined without images',
} as const;
const surface = { ...mask, unit: 'distance', better: 'lower', thresholded: true } as const;

const overlapEmpty = 'counts as 1 where truth and prediction are both empty, and as 0 where one of them is';
const surfaceEmpty =
  "counts as 0 where truth and prediction are both empty, and as the image's diagonal where one of them is";
const noPositives = 'there are no positive images';
const noNegatives = 'there are no negative images';
const fardo =
  'kept because the paper reports it; Fardo et al. 2016, whom it cites, conclude that PSNR is no adequate quality measure of segmentations';

/** Every metric of the language: what the compiler accepts, the reference shows, and the runtime computes. */
export const metrics = {
  dsc: {
    ...mask,
    title: 'Dice similarity coefficient',
    definition: '2·|Y∩Ŷ| / (|Y|+|Ŷ|), equation 7',
    thresholded: true,
    empty: overlapEmpty,
    beside: 'dsc_per_patient',
  },
  dsc_per_patient: {
    ...mask,
    title: 'Dice similarity coefficient per patient',
    definition: '2·|Y∩Ŷ| / (|Y|+|Ŷ|) of the pixels of all images of a patient together',
    of: 'patient',
    thresholded: true,
    empty: overlapEmpty,
  },
  jaccard: {
    ...mask,
    title: 'Jaccard index',
    definition: '|Y∩Ŷ| / |Y∪Ŷ|, equation 8',
    thresholded: true,
    empty: overlapEmpty,
  },
  hd95: {
    ...surface,
    title: '95th percentile of the Hausdorff distance, both directions together',
    definition:
      'of the distances from each border pixel of either mask to the border of the other, together, as MedPy has it; `hd95_max` is the other definition',
    empty: surfaceEmpty,
  },
  hd95_max: {
    ...surface,
    title: '95th percentile of the Hausdorff distance, the larger direction',
    definition:
      "the larger of two 95th percentiles: of the distances from one mask's border pixels to the other's border, and back, as MONAI has it",
    empty: surfaceEmpty,
  },
  assd: {
    ...surface,
    title: 'average symmetric surface distance',
    definition: "mean of both masks' mean distances from a border pixel to the border of the other",
    empty: surfaceEmpty,
  },
  nsd: {
    ...mask,
    title: 'normalised surface distance (surface Dice)',
    definition:
      'share of the border pixels of both masks that are no farther than `tolerance` from the border of the other; Nikolov et al. 2018',
    thresholded: true,
    empty: overlapEmpty,
    within: 'tolerance',
  },
  psnr: {
    ...mask,
    title: 'peak signal-to-noise ratio',
    definition: '10·log₁₀(1 / MSE) of the masks: −10·log₁₀(wrong pixels / N)',
    unit: 'dB',
    thresholded: true,
    empty: 'an image without a wrong pixel counts as if half a pixel were wrong, since its ratio is infinite',
    caveat: fardo,
    beside: 'psnr_soft',
  },
  psnr_soft: {
    ...mask,
    title: 'peak signal-to-noise ratio of the probabilities',
    definition: '10·log₁₀(1 / MSE) of the probabilities before the threshold',
    unit: 'dB',
    thresholded: false,
    empty: 'a squared error below half a pixel counts as half a pixel',
    caveat: fardo,
  },
  accuracy: {
    ...answers,
    title: 'accuracy',
    definition: 'right answers / images, equation 9',
    positive: false,
    empty: 'undefined without images',
  },
  sensitivity: {
    ...answers,
    title: 'sensitivity',
    definition: 'TP / (TP + FN), equation 10',
    empty: `undefined where ${noPositives}`,
  },
  specificity: {
    ...answers,
    title: 'specificity',
    definition: 'TN / (TN + FP), equation 11',
    empty: `undefined where ${noNegatives}`,
  },
  auc: {
    ...scores,
    title: 'area under the ROC curve',
    definition: 'the chance that a positive image scores above a negative one, ties ½ (Mann and Whitney)',
    empty: `undefined where ${noPositives} or ${noNegatives}`,
  },
  average_precision: {
    ...scores,
    title: 'average precision',
    definition:
      'Σ (Rₙ − Rₙ₋₁)·Pₙ over the thresholds at which recall R grows; equal scores share a threshold',
    empty: `undefined where ${noPositives}`,
  },
  brier: {
    ...scores,
    title: 'Brier score',
    definition: 'mean of (p − y)², p the probability of the positive class',
    better: 'lower',
    empty: 'undefined without images',
  },
  ece: {
    ...scores,
    title: 'expected calibration error',
    definition:
      'mean over images of |mean p − share of positives| within ten bins of equal width, p the probability of the positive class',
    better: 'lower',
    empty: 'undefined without images; empty bins do not count',
  },
  balanced_accuracy: {
    ...answers,
    title: 'balanced accuracy',
    definition: 'mean over the classes of the share of their images answered right',
    positive: false,
    empty: 'undefined where a class has no images',
  },
  f1: {
    ...answers,
    title: 'F1 score',
    definition: '2·TP / (2·TP + FP + FN)',
    empty: 'undefined where no image is positive or called so',
  },
  ppv: {
    ...answers,
    title: 'positive predictive value',
    definition: 'TP / (TP + FP)',
    empty: 'undefined where no image was called positive',
  },
  npv: {
    ...answers,
    title: 'negative predictive value',
    definition: 'TN / (TN + FN)',
    empty: 'undefined where no image was called negative',
  },
  mae: {
    ...value,
    title: 'mean absolute error',
    definition: 'mean of |ŷ − y|',
  },
  rmse: {
    ...value,
    title: 'root mean squared error',
    definition: '√(mean of (ŷ − y)²)',
  },
  r2: {
    ...value,
    unit: 'ratio',
    better: 'higher',
    title: 'coefficient of determination',
    definition: 'R² = 1 − Σ(ŷ − y)² / Σ(y − mean y)²: 0 for whoever always says the mean, below 0 for worse',
    empty: 'undefined where all true values are equal',
  },
  limits_of_agreement: {
    ...value,
    title: 'half width of the limits of agreement',
    definition:
      '1.96 sample deviations of ŷ − y: how far the limits lie from the bias, both of which stand among the measures; Bland and Altman 1986',
    empty: 'undefined for fewer than two images',
  },
} as const satisfies Record<string, MetricFacts>;

export type MetricName = keyof typeof metrics;

/** The names of the metrics of masks, or of labels. */
export type MetricNameOf<K extends HeadKind> = {
  [N in MetricName]: (typeof metrics)[N]['head'] extends K ? N : never;
}[MetricName];

/** The facts of a metric by name; undefined for a name that no metric has. */
export function metricFacts(name: string): MetricFacts | undefined {
  return Object.hasOwn(metrics, name) ? metrics[name as MetricName] : undefined;
}

/** The metrics that suit a kind of head. */
export function metricsOf(kind: string): readonly MetricName[] {
  return (Object.keys(metrics) as MetricName[]).filter((name) => metrics[name].head === kind);
}

const usual: Readonly<Record<HeadKind, readonly MetricName[]>> = {
  mask: ['dsc', 'jaccard'],
  label: ['accuracy', 'sensitivity', 'specificity', 'auc'],
  value: ['mae', 'rmse', 'r2', 'limits_of_agreement'],
};

/** What an evaluation measures of a head when the experiment does not say: of labels without a positive class what needs none. */
export function usualMetrics(
  kind: string,
  head: Pick<HeadPlan, 'attribute'>,
  data: DataPlan | undefined,
): readonly MetricName[] {
  if (!Object.hasOwn(usual, kind)) return [];
  if (kind !== 'label' || data === undefined) return usual[kind as HeadKind];
  const { positive, several } = labelSpace(head, data);
  return positive === null && !several ? ['accuracy', 'balanced_accuracy'] : usual.label;
}
