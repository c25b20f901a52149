import type { TrainSettings } from '../../compiler/index.ts';

/** Training as the paper trains: one rate, nothing that restrains weights, all images each epoch, the last weights kept. */
export const plainTraining: Omit<TrainSettings, 'optimizer' | 'epochs' | 'batch' | 'seed'> = {
  recalibrate: 0,
  schedule: { kind: 'constant' },
  warmup: 0,
  clip: null,
  weighting: 'fixed',
  weight_decay: 0,
  average: null,
  sampling: 'every',
  validation: 0,
  patience: null,
  keep: 'last',
};
