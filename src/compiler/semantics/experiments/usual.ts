import type { AugmentSettings, EvaluateSettings, TrainSettings } from '../../plan/run-plan.ts';

/** What settings are where nothing is said. Plans leave these out, so that runs made before there was a choice keep their identity. */
const usual = {
  train: { accumulate: 1, freeze: [], rates: {}, start: [] },
  augment: {
    noise: null,
    blur: null,
    brightness: null,
    contrast: null,
    resolution: null,
    elastic: null,
    bias_field: null,
    chance: {},
  },
  evaluate: { turns: 'none' },
  schedule: { by: 'step' },
} as const;

export function plainTrain(train: TrainSettings): TrainSettings {
  return without({ ...train, schedule: without(train.schedule, usual.schedule) }, usual.train);
}

export function plainAugment(augment: AugmentSettings): AugmentSettings {
  const chance = Object.entries(augment.chance ?? {}).filter(([, share]) => share !== 1);
  return without({ ...augment, chance: Object.fromEntries(chance) }, usual.augment);
}

export function plainEvaluate(evaluate: EvaluateSettings): EvaluateSettings {
  return without(evaluate, usual.evaluate);
}

/** The settings in their order, without those that have their usual value. */
function without<T extends object>(settings: T, values: Readonly<Record<string, unknown>>): T {
  const kept = Object.entries(settings).filter(
    ([name, value]) => !(name in values) || JSON.stringify(value) !== JSON.stringify(values[name]),
  );
  return Object.fromEntries(kept) as T;
}
