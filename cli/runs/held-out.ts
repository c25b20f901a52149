import type { CatalogueRun } from '../../src/runtime/index.ts';

/** What held-out images say after the last epoch of each fold: by path of metric, the mean over the folds that know it. */
export function heldOutMeans({
  brief,
  progress,
}: Pick<CatalogueRun, 'brief' | 'progress'>): Readonly<Record<string, number | null>> {
  const last = brief.folds.flatMap((fold) => progress.folds.get(fold)?.epochs.slice(-1) ?? []);
  const paths = [...new Set(last.flatMap(({ heldOut }) => Object.keys(heldOut)))];
  return Object.fromEntries(
    paths.map((path) => {
      const known = last.flatMap(({ heldOut }) => heldOut[path] ?? []);
      return [path, known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length];
    }),
  );
}
