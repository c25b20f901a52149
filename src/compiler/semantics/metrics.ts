import type { HeadPlan } from '../run-plan.ts';

type HeadKind = HeadPlan['kind'];

/** What a metric measures, and on which kind of head. */
interface Metric {
  readonly head: HeadKind;
  readonly doc: string;
}

/** Every metric of the language. Those of masks are computed per image and averaged over images. */
export const metrics = {
  dsc: { head: 'mask', doc: 'Dice coefficient 2|Y∩Ŷ| / (|Y|+|Ŷ|), equation 7' },
  jaccard: { head: 'mask', doc: 'Jaccard index |Y∩Ŷ| / |Y∪Ŷ|, equation 8' },
  psnr: { head: 'mask', doc: 'Peak signal-to-noise ratio of the predicted mask in dB' },
  accuracy: { head: 'label', doc: 'Share of images with the right class, equation 9' },
  sensitivity: { head: 'label', doc: 'Share of the positive images that are found, equation 10' },
  specificity: { head: 'label', doc: 'Share of the negative images that are found, equation 11' },
  auc: { head: 'label', doc: 'Area under the ROC curve; ties count one half' },
  balanced_accuracy: { head: 'label', doc: 'Mean of sensitivity and specificity' },
  f1: { head: 'label', doc: 'Harmonic mean of sensitivity and positive predictive value' },
  ppv: { head: 'label', doc: 'Share of the predicted positives that are positive' },
  npv: { head: 'label', doc: 'Share of the predicted negatives that are negative' },
} as const satisfies Record<string, Metric>;

export type MetricName = keyof typeof metrics;

/** The metrics that suit a kind of head. */
export function metricsOf(kind: string): readonly MetricName[] {
  return (Object.keys(metrics) as MetricName[]).filter((name) => metrics[name].head === kind);
}

/** What an evaluation measures when the experiment does not say. */
export const usualMetrics: Readonly<Record<HeadKind, readonly MetricName[]>> = {
  mask: ['dsc', 'jaccard'],
  label: ['accuracy', 'sensitivity', 'specificity', 'auc'],
};
