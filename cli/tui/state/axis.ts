import type { FoldProgress, RunBrief } from '../../../src/runtime/index.ts';
import type { Chart } from '../widgets/chart/series.ts';

/** What curves are drawn over: epochs, or the time on the clock since a fold began, in seconds, pauses and stops included. */
export type Axis = 'epochs' | 'time';

export const otherAxis: Readonly<Record<Axis, Axis>> = { epochs: 'time', time: 'epochs' };

/** When the first step of a fold that counts began, in milliseconds since 1970. */
export function beginOf({ steps: [first], started }: FoldProgress): number {
  return first === undefined ? started.time : first.time - first.stepMs;
}

/** The whole of an axis for the folds that are shown: all epochs that are to be trained, or the time so far. */
export function wholeOf(
  folds: readonly FoldProgress[],
  axis: Axis,
  { epochs }: Pick<RunBrief, 'epochs'>,
): { readonly from: number; readonly to: number } {
  if (axis === 'epochs') {
    return {
      from: 0,
      to: Math.max(...(folds.length > 0 ? folds.map(({ started }) => started.epochs) : [epochs])),
    };
  }
  const seconds = folds.map((fold) => {
    const last = Math.max(fold.steps.at(-1)?.time ?? 0, fold.epochs.at(-1)?.time ?? 0);
    return (last - beginOf(fold)) / 1000;
  });
  return { from: 0, to: Math.max(1, ...seconds) };
}

/** How an axis is labelled: times in the unit in which there are a few of them. */
export function labelOf(axis: Axis, { to }: { readonly to: number }): Pick<Chart['x'], 'label' | 'unit'> {
  if (axis === 'epochs') return { label: 'epoch', unit: 1 };
  if (to < 180) return { label: 's', unit: 1 };
  return to < 3 * 3600 ? { label: 'min', unit: 60 } : { label: 'h', unit: 3600 };
}
