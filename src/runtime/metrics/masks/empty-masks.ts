import type { Overlap } from './mask-metrics.ts';

/** How many of the masks that a mean runs over are empty: what such a mask counts as is a rule, not a measurement. */
export interface EmptyMasks {
  /** What has a mask of its own: an image, or all images of a patient together. */
  readonly of: 'image' | 'patient';
  /** Masks compared; of a mean over structures one for each of those. */
  readonly masks: number;
  /** Empty in truth and prediction. */
  readonly both: number;
  /** Empty in the truth alone: something is predicted that is not there. */
  readonly truthOnly: number;
  /** Empty in the prediction alone: what is there is missed altogether. */
  readonly predictionOnly: number;
}

type Sizes = Pick<Overlap, 'truth' | 'predicted'>;

/** Of masks as they are compared. */
export function countEmpty(of: EmptyMasks['of'], overlaps: readonly Sizes[]): EmptyMasks {
  const count = (isSo: (sizes: Sizes) => boolean) => overlaps.filter(isSo).length;
  return {
    of,
    masks: overlaps.length,
    both: count(({ truth, predicted }) => truth === 0 && predicted === 0),
    truthOnly: count(({ truth, predicted }) => truth === 0 && predicted > 0),
    predictionOnly: count(({ truth, predicted }) => truth > 0 && predicted === 0),
  };
}

/** Of several structures, or seeds, of one metric together. */
export function sumEmpty(counts: readonly [EmptyMasks, ...EmptyMasks[]]): EmptyMasks {
  const sum = (key: Exclude<keyof EmptyMasks, 'of'>) => counts.reduce((total, one) => total + one[key], 0);
  return {
    of: counts[0].of,
    masks: sum('masks'),
    both: sum('both'),
    truthOnly: sum('truthOnly'),
    predictionOnly: sum('predictionOnly'),
  };
}

/** Masks that hold something in the truth, where not one is predicted to; 0 where some are, or the truth holds none. */
export function neverFound({ masks, both, predictionOnly }: EmptyMasks): number {
  return masks === both + predictionOnly ? predictionOnly : 0;
}

/** `12 of 60 images empty in truth and prediction, 3 in the truth alone`; nothing where none is empty. */
export function emptyText({ of, masks, both, truthOnly, predictionOnly }: EmptyMasks): string | null {
  const parts = [
    [both, 'in truth and prediction'],
    [truthOnly, 'in the truth alone'],
    [predictionOnly, 'in the prediction alone'],
  ] as const;
  const found = parts.filter(([count]) => count > 0).map(([count, where]) => `${count} ${where}`);
  return found.length === 0 ? null : `of ${masks} ${of}s empty: ${found.join(', ')}`;
}
