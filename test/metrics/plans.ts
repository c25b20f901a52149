import type { HeadPlan, RunPlan } from '../../src/compiler/plan/run-plan.ts';
import { plainTraining } from '../../src/runtime/engines/plain-training.ts';
import type { Measurement } from '../../src/runtime/metrics/measure.ts';

export const binaryMask: HeadPlan = {
  name: 'segmentation',
  kind: 'mask',
  channels: 1,
  encoding: 'binary',
  trained: true,
};
export const binaryLabel: HeadPlan = {
  name: 'diagnosis',
  kind: 'label',
  channels: 1,
  encoding: 'binary',
  trained: true,
};

/** The parts of the paper's run that data and metrics look at. */
export const paperPlan: RunPlan = {
  version: 1,
  experiment: 'Paper',
  source: 'specs/paper.cmrnet',
  hash: '',
  network: {} as RunPlan['network'],
  heads: [binaryMask, binaryLabel],
  loss: [],
  data: {
    name: 'CardiacT1',
    source: { kind: 'manifest', path: 'data/cardiac-t1.yaml' },
    image: [256, 218, 1],
    fit: [{ kind: 'pad', height: 256, width: 224 }],
    intensity: { kind: 'fixed', scale: 2000, low: 0, high: 1.5 },
    classes: [
      { name: 'healthy', labels: ['healthy'] },
      { name: 'diseased', labels: ['diseased'] },
    ],
    positive: 'healthy',
    structures: [{ name: 'myocardium', values: [] }],
    expect: { images: null, patients: null, classes: {} },
  },
  train: {
    ...plainTraining,
    optimizer: { kind: 'rmsprop', lr: 0.003, rho: 0.9, epsilon: 1e-7 },
    epochs: 40,
    batch: 8,
    seed: 2021,
  },
  augment: { rotate: [-15, 15], shift: [-0.1, 0.1], scale: null, gamma: null, flip: 'none' },
  evaluate: {
    folds: { kind: 'kfold', count: 5, fraction: 0.2, stratify: true, group: 'patient' },
    aggregate: 'pooled',
    threshold: 0.5,
    flips: 'none',
    components: 'all',
    metrics: {
      segmentation: ['dsc', 'jaccard', 'psnr'],
      diagnosis: [
        'accuracy',
        'sensitivity',
        'specificity',
        'auc',
        'balanced_accuracy',
        'f1',
        'ppv',
        'npv',
        'average_precision',
        'brier',
        'ece',
      ],
    },
  },
  reported: { 'segmentation.dsc': 0.8214, 'diagnosis.accuracy': 0.9572 },
};

/** Measurements of a diagnosis with the given counts, one image per patient. `score` is the positive class's. */
export function diagnoses(
  rows: readonly { readonly truth: number; readonly score: number; readonly fold?: number }[],
): readonly Measurement[] {
  return rows.map(({ truth, score, fold }, index) => ({
    id: `image${index}`,
    patient: `patient${index}`,
    fold: fold ?? 1,
    masks: {},
    labels: { diagnosis: { truth, predicted: score >= 0.5 ? 0 : 1, score } },
  }));
}
