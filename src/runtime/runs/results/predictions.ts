import { existsSync } from 'node:fs';
import type { Bag } from '../../../compiler/index.ts';
import type { JudgedHeart } from '../../heart/agreement.ts';
import type { StoredCase } from '../../metrics/stored.ts';
import { nowhere } from '../../storage/problems.ts';
import { readSealed, writeSealed } from '../../storage/seal.ts';
import { validator } from '../../storage/validator.ts';
import { runFiles } from '../record/folder.ts';
import { type Belonging, foreignReason } from './belonging.ts';
import { predictionsSchema } from './predictions-schema.ts';

/** What a fold's last weights say about the images that it held out: `fold-1/predictions.json`. */
export interface FoldPredictions {
  /** 2 since they are sealed and name their data. */
  readonly version: 1 | 2;
  /** The digest of the data that the fold was judged on, as `data.json` has it; absent in version 1. */
  readonly data?: string;
  readonly fold: number;
  /** The epoch of the weights. */
  readonly epoch: number;
  readonly backend: string;
  /** The run and the weights that made them; absent in files of older versions. */
  readonly of?: Belonging;
  readonly cases: readonly StoredCase[];
  /** The hearts of the patients that it held out; absent without masks, and in files of older versions. */
  readonly hearts?: readonly JudgedHeart[];
  /** Images to show, by name: the best, the median and the worst of the first mask head. */
  readonly pictures: Readonly<Record<string, StoredPicture>>;
}

/** An image of grey values from 0 to 255, deflated, as Base64. */
export interface StoredPicture {
  readonly height: number;
  readonly width: number;
  readonly grey: string;
}

const isValid = validator<FoldPredictions>(predictionsSchema);

/** A fold's predictions, or null: silently when there are none, with `brokenPredictions` when they are damaged or another run's. */
export function readPredictions(run: string, fold: number, bag: Bag): FoldPredictions | null {
  const path = runFiles.predictions(run, fold);
  if (!existsSync(path)) return null;
  const found = readSealed(path);
  const value = typeof found === 'string' ? null : found.value;
  let reason = typeof found === 'string' ? found : 'it is not what was written';
  if (typeof found !== 'string' && isValid(value) && value.fold === fold) {
    const foreign = foreignReason(run, fold, value.epoch, value.of);
    if (foreign !== null) reason = foreign;
    else if (found.sealed || value.version === 1) return value;
  }
  bag.report('brokenPredictions', {
    at: nowhere(path),
    arguments: { path, reason },
    help: [{ message: `make them again: \`cmrc evaluate ${run}\`` }],
  });
  return null;
}

export function writePredictions(run: string, predictions: FoldPredictions): void {
  writeSealed(runFiles.predictions(run, predictions.fold), predictions);
}
