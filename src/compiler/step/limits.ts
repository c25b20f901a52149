import type { TrainSettings } from '../run-plan.ts';

/** Why a training program cannot do what the settings want, without a full stop; null when it can. */
export function beyondStep({ clip, weight_decay, average }: TrainSettings): string | null {
  if (clip !== null) return '`clip` shortens all gradients together, which a compiled step does not do yet';
  if (weight_decay > 0) return '`weight_decay` is not part of a compiled step yet';
  if (average !== null) return '`average` keeps a second set of weights, which a compiled step does not yet';
  return null;
}
