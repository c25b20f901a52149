import type { Bag } from '../../../compiler/index.ts';
import { diceByStructure, diceOf } from '../../metrics/notable.ts';
import { unpackBytes, unpackMask } from '../../metrics/stored.ts';
import type { Run } from '../record/store.ts';
import { readPredictions } from './predictions.ts';

/** One held-out image of a finished fold, packed: {@link unpackCase} makes planes of it. */
export interface PackedCase {
  readonly id: string;
  readonly patient: string;
  readonly fold: number;
  /** Of the first mask head; null where it has no mask. */
  readonly dice: number | null;
  /** The same by structure, where there are several. */
  readonly structures: Readonly<Record<string, number | null>>;
  readonly height: number;
  readonly width: number;
  /** Null where the picture was not kept: those of the best, the median and the worst image of a fold are. */
  readonly grey: string | null;
  /** One for each structure. */
  readonly truth: readonly string[];
  readonly predicted: readonly string[];
}

/** Bytes of an image, row by row: grey 0 to 255, masks 0 or 1. */
export interface Planes {
  readonly height: number;
  readonly width: number;
  readonly grey: Uint8Array;
  readonly truth: Uint8Array;
  readonly prediction: Uint8Array;
}

/** The held-out images with masks of all folds that have predictions, in the order of the folds. */
export function readCases({ folder, record }: Run, bag: Bag): readonly PackedCase[] {
  const head = record.plan.heads.find(({ kind }) => kind === 'mask')?.name;
  if (head === undefined) return [];
  return record.folds.flatMap((fold) => {
    const predictions = readPredictions(folder, fold, bag);
    return (predictions?.cases ?? []).flatMap((one) => {
      const shape = one.shapes[head];
      if (shape === undefined) return [];
      const { height, width, truth, predicted } = shape;
      const picture = predictions!.pictures[one.id];
      const fits = picture !== undefined && picture.height === height && picture.width === width;
      const { id, patient } = one;
      const grey = fits ? picture.grey : null;
      const dice = diceOf(one, head);
      const structures = diceByStructure(one, record.plan, head);
      return [{ id, patient, fold, dice, structures, height, width, grey, truth, predicted }];
    });
  });
}

/**
 * The planes of a case; null when it is damaged.
 * @param structure the one whose masks are meant; null, or one that the case does not know, takes all as one mask
 */
export function unpackCase(
  { height, width, grey, truth, predicted, structures }: PackedCase,
  structure: string | null = null,
): Planes | null {
  const pixels = height * width;
  const only = Object.keys(structures).indexOf(structure ?? '');
  const union = (masks: readonly string[]) => {
    const all = new Uint8Array(pixels);
    for (const mask of only < 0 ? masks : masks.slice(only, only + 1))
      for (const [pixel, on] of unpackMask(mask, pixels).entries()) all[pixel]! |= on;
    return all;
  };
  try {
    return {
      height,
      width,
      grey: grey === null ? new Uint8Array(pixels) : unpackBytes(grey, pixels),
      truth: union(truth),
      prediction: union(predicted),
    };
  } catch {
    return null;
  }
}
