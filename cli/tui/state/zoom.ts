import type { FoldProgress } from '../../../src/runtime/index.ts';
import { wholeOf } from './axis.ts';
import { shownFold } from './curves.ts';
import type { RunState } from './run.ts';

/** How much of an axis there is: of the fold shown, or of all in one chart. */
export function wholeAxis(run: RunState): { readonly from: number; readonly to: number } {
  return wholeOf(shownFolds(run), run.axis, run.brief);
}

/** The folds whose curves are drawn. */
export function shownFolds(run: RunState): readonly FoldProgress[] {
  const fold = shownFold(run);
  if (run.allFolds) return [...run.progress.folds.values()];
  return fold === undefined ? [] : [fold];
}

/** The part of the axis shown after zooming by a factor around a place from 0 to 1. */
export function zoomed(run: RunState, factor: number, around = 0.5): RunState['window'] {
  const { to: all } = wholeAxis(run);
  const { from, to } = run.window ?? { from: 0, to: all };
  const centre = from + (to - from) * around;
  const width = Math.max(all / 1000, Math.min(all, (to - from) * factor));
  if (width >= all * 0.999) return null;
  const start = Math.max(0, Math.min(all - width, centre - width * around));
  return { from: start, to: start + width };
}

export function panned(run: RunState, part: number): RunState['window'] {
  if (run.window === null) return null;
  const { to: all } = wholeAxis(run);
  const { from, to } = run.window;
  const start = Math.max(0, Math.min(all - (to - from), from + (to - from) * part));
  return { from: start, to: start + (to - from) };
}
