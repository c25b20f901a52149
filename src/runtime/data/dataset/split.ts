import type { RunPlan } from '../../../compiler/index.ts';
import type { Dataset } from './dataset.ts';
import { dealFolds, foldsOf } from './folds.ts';

/** What the images of a dataset, by their places in it, are for in one fold. */
export interface Split {
  readonly train: readonly number[];
  /** Of the training side: they only judge. */
  readonly validation: readonly number[];
  readonly heldOut: readonly number[];
}

/** How one fold splits a dataset: as a run has recorded it, as the manifest says, or as the run's seed deals. */
export function splitOf(plan: RunPlan, dataset: Dataset, fold: number): Split {
  const folds = foldsOf(plan, dataset);
  const places = dataset.cases.map((_, index) => index);
  const trainSide = places.filter((index) => folds[index] !== fold);
  const judging = judgesOf(plan, dataset, trainSide, fold);
  return {
    train: trainSide.filter((index) => !judging.has(index)),
    validation: trainSide.filter((index) => judging.has(index)),
    heldOut: places.filter((index) => folds[index] === fold),
  };
}

/** The images of the training side that only judge: whole patients, in proportion as the folds are, by the run's seed. */
function judgesOf(
  plan: RunPlan,
  dataset: Dataset,
  trainSide: readonly number[],
  fold: number,
): ReadonlySet<number> {
  const { validation, seed } = plan.train;
  if (validation === 0) return new Set();
  const { cases } = dataset;
  if (cases.some(({ validates }) => validates !== undefined)) {
    return new Set(trainSide.filter((index) => cases[index]!.validates?.includes(fold)));
  }
  const settings = { ...plan.evaluate.folds, kind: 'holdout', count: 1, fraction: validation } as const;
  const dealt = dealFolds(
    trainSide.map((index) => cases[index]!),
    settings,
    seed,
  );
  return new Set(trainSide.filter((_, place) => dealt[place] === 1));
}
