import { shownFold } from './curves.ts';
import type { RunState } from './run.ts';

/** The epochs shown after zooming by a factor around a place from 0 to 1. */
export function zoomed(run: RunState, factor: number, around = 0.5): RunState['window'] {
  const all = shownFold(run)?.started.epochs ?? run.brief.epochs;
  const { from, to } = run.window ?? { from: 0, to: all };
  const centre = from + (to - from) * around;
  const width = Math.max(all / 1000, Math.min(all, (to - from) * factor));
  if (width >= all * 0.999) return null;
  const start = Math.max(0, Math.min(all - width, centre - width * around));
  return { from: start, to: start + width };
}

export function panned(run: RunState, part: number): RunState['window'] {
  if (run.window === null) return null;
  const all = shownFold(run)?.started.epochs ?? run.brief.epochs;
  const { from, to } = run.window;
  const start = Math.max(0, Math.min(all - (to - from), from + (to - from) * part));
  return { from: start, to: start + (to - from) };
}
