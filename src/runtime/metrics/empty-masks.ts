import type { Overlap } from './mask-metrics.ts';

/** How many of the masks that a mean runs over are empty: what such a mask counts as is a rule, not a measurement. */
export interface EmptyMasks {
  /** Masks compared: one for each image or patient, and of a mean over structures one for each of those. */
  readonly masks: number;
  /** Empty in truth and prediction. */
  readonly both: number;
  /** Empty in the truth alone: something is predicted that is not there. */
  readonly truthOnly: number;
  /** Empty in the prediction alone: what is there is missed altogether. */
  readonly predictionOnly: number;
}

/** Of masks as they are compared. */
export function countEmpty(overlaps: readonly Pick<Overlap, 'truth' | 'predicted'>[]): EmptyMasks {
  const count = (isSo: (overlap: Pick<Overlap, 'truth' | 'predicted'>) => boolean) =>
    overlaps.filter(isSo).length;
  return {
    masks: overlaps.length,
    both: count(({ truth, predicted }) => truth === 0 && predicted === 0),
    truthOnly: count(({ truth, predicted }) => truth === 0 && predicted > 0),
    predictionOnly: count(({ truth, predicted }) => truth > 0 && predicted === 0),
  };
}

/** Of several seeds or structures together. */
export function sumEmpty(counts: readonly EmptyMasks[]): EmptyMasks {
  const sum = (key: keyof EmptyMasks) => counts.reduce((total, one) => total + one[key], 0);
  return {
    masks: sum('masks'),
    both: sum('both'),
    truthOnly: sum('truthOnly'),
    predictionOnly: sum('predictionOnly'),
  };
}

/** Masks that hold something in the truth, where not one is predicted to; 0 where some are, or the truth holds none. */
export function neverFound({ masks, both, truthOnly, predictionOnly }: EmptyMasks): number {
  const present = masks - both - truthOnly;
  return masks === both + predictionOnly ? present : 0;
}
