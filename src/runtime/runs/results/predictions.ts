import { existsSync, readFileSync } from 'node:fs';
import type { Bag } from '../../../compiler/index.ts';
import type { StoredCase } from '../../metrics/stored.ts';
import { writeAtomically } from '../../storage/atomic.ts';
import { nowhere } from '../../storage/problems.ts';
import { validator } from '../../storage/validator.ts';
import { runFiles } from '../record/folder.ts';
import { predictionsSchema } from './predictions-schema.ts';

/** What a fold's last weights say about the images that it held out: `fold-1/predictions.json`. */
export interface FoldPredictions {
  readonly version: 1;
  readonly fold: number;
  /** The epoch of the weights. */
  readonly epoch: number;
  readonly backend: string;
  readonly cases: readonly StoredCase[];
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

/** A fold's predictions, or null: silently when there are none, with `brokenPredictions` when they are damaged. */
export function readPredictions(run: string, fold: number, bag: Bag): FoldPredictions | null {
  const path = runFiles.predictions(run, fold);
  if (!existsSync(path)) return null;
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (isValid(value) && value.fold === fold) return value;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  bag.report('brokenPredictions', {
    at: nowhere(path),
    arguments: { path },
    help: [{ message: `make them again: \`cmrc evaluate ${run}\`` }],
  });
  return null;
}

export function writePredictions(run: string, predictions: FoldPredictions): void {
  writeAtomically(runFiles.predictions(run, predictions.fold), `${JSON.stringify(predictions)}\n`);
}
