import {
  type CatalogueRun,
  type EpochEvent,
  epochsDone,
  type FoldProgress,
  timeLeft,
} from '../../../src/runtime/index.ts';

import type { Axis } from './axis.ts';

/** A mean with how far the values lie apart. */
export interface Spread {
  readonly mean: number;
  /** Of the sample; null for a single value. */
  readonly deviation: number | null;
  readonly count: number;
}

/** Of finite values; null without any. */
export function spreadOf(values: readonly (number | null | undefined)[]): Spread | null {
  const finite = values.filter(
    (value): value is number => typeof value === 'number' && Number.isFinite(value),
  );
  if (finite.length === 0) return null;
  const mean = finite.reduce((sum, value) => sum + value, 0) / finite.length;
  const squares = finite.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return {
    mean,
    deviation: finite.length < 2 ? null : Math.sqrt(squares / (finite.length - 1)),
    count: finite.length,
  };
}

export function foldsOf({ progress, brief }: CatalogueRun): readonly FoldProgress[] {
  return brief.folds.flatMap((fold) => progress.folds.get(fold) ?? []);
}

/** A held-out value of each fold after its last epoch; `loss` is the loss of held-out images. */
export function lastValues(run: CatalogueRun, metric: string): readonly (number | null)[] {
  return foldsOf(run).flatMap(({ epochs }) => epochs.at(-1)?.heldOut[metric] ?? []);
}

/**
 * A value by epoch, the mean over the folds that have come so far; over the mean time of training until then, in seconds,
 * where that is the axis.
 */
export function meanByEpoch(
  folds: readonly FoldProgress[],
  value: (epoch: EpochEvent) => number | null | undefined,
  axis: Axis = 'epochs',
): readonly { readonly x: number; readonly y: number }[] {
  const byEpoch = new Map<number, { readonly values: number[]; readonly seconds: number[] }>();
  for (const { epochs } of folds) {
    let seconds = 0;
    for (const epoch of epochs) {
      seconds += epoch.epochMs / 1000;
      const found = value(epoch);
      if (typeof found !== 'number' || !Number.isFinite(found)) continue;
      const known = byEpoch.get(epoch.epoch) ?? { values: [], seconds: [] };
      byEpoch.set(epoch.epoch, known);
      known.values.push(found);
      known.seconds.push(seconds);
    }
  }
  const mean = (values: readonly number[]) => values.reduce((sum, one) => sum + one, 0) / values.length;
  return [...byEpoch]
    .sort(([a], [b]) => a - b)
    .map(([epoch, { values, seconds }]) => ({ x: axis === 'time' ? mean(seconds) : epoch, y: mean(values) }));
}

/** Epochs done of all, over the folds that the run is to train. */
export function epochCount({ progress, brief }: CatalogueRun): {
  readonly done: number;
  readonly all: number;
} {
  const done = brief.folds.reduce((sum, fold) => {
    const progressOfFold = progress.folds.get(fold);
    return sum + (progressOfFold === undefined ? 0 : epochsDone(progressOfFold));
  }, 0);
  return { done, all: brief.folds.length * brief.epochs };
}

/** Milliseconds until all folds are done, presuming that those to come take as long as those at work. */
export function runTimeLeft(run: CatalogueRun): number | null {
  if (!run.training) return null;
  const current = run.progress.folds.get(run.progress.current);
  const own = current === undefined ? null : timeLeft(current);
  if (current === undefined || own === null) return null;
  const perEpoch = spreadOf(current.epochs.map(({ epochMs }) => epochMs))?.mean ?? 0;
  const others = run.brief.folds.filter((fold) => run.progress.folds.get(fold) === undefined);
  return own + others.length * perEpoch * run.brief.epochs;
}

/** Milliseconds of training so far. */
export function timeSpent(run: CatalogueRun): number {
  return foldsOf(run).reduce(
    (sum, { epochs }) => sum + epochs.reduce((total, { epochMs }) => total + epochMs, 0),
    0,
  );
}
