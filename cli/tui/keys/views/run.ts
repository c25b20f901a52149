import type { Session, Step } from '../../session/session.ts';
import { curvesOf } from '../../state/curves.ts';
import type { RunState } from '../../state/run.ts';
import { panned, zoomed } from '../../state/zoom.ts';
import { nextOverlay } from '../../widgets/overlay.ts';
import type { Binding } from '../binding.ts';
import { listKeys } from '../lists.ts';

type Change = (run: RunState, session: Session) => Partial<RunState>;

const change =
  (how: Change) =>
  (session: Session): Step =>
    session.run === null
      ? [session, []]
      : [{ ...session, run: { ...session.run, ...how(session.run, session) } }, []];

const inCurves = ({ run }: Session) => run !== null && run.panel === 'curves';
const inLog = ({ run }: Session) => run !== null && run.panel === 'log';
const manyFolds = (session: Session) => inCurves(session) && (session.run?.brief.folds.length ?? 0) > 1;

const smoothings = [0, 0.6, 0.9, 0.98] as const;

function wrap(index: number, count: number): number {
  return ((index % count) + count) % count;
}

function neighbourFold(run: RunState, step: number): number {
  const { folds } = run.brief;
  const at = folds.indexOf(run.fold ?? run.progress.current);
  return folds[wrap(at + step, folds.length)] ?? 1;
}

/** How far the log is scrolled back, kept inside of it. */
function scrolled(run: RunState, by: number): number {
  return Math.max(0, Math.min(run.scroll + by, run.progress.log.length - 1));
}

function binding(
  keys: readonly string[],
  shown: string,
  name: string | null,
  description: string,
  footer: Binding['footer'],
  when: (session: Session) => boolean,
  how: Change,
): Binding {
  return { keys, shown, name, description, footer, views: ['run'], when, run: change(how) };
}

/** Keys of the view of one run. */
export const runKeys: readonly Binding[] = [
  binding(['down', 'j'], '↓ j', null, 'next curve', null, inCurves, (run) => ({
    curve: wrap(run.curve + 1, curvesOf(run.brief).length),
  })),
  binding(['up', 'k'], '↑ k', null, 'previous curve', ['↑↓', 'curve'], inCurves, (run) => ({
    curve: wrap(run.curve - 1, curvesOf(run.brief).length),
  })),
  binding(
    [' '],
    'space',
    'pin curve',
    'keep this curve beside others, or let it go',
    ['space', 'pin'],
    inCurves,
    (run) => {
      const { name } = curvesOf(run.brief)[run.curve]!;
      const pinned = new Set(run.pinned);
      if (!pinned.delete(name)) pinned.add(name);
      return { pinned };
    },
  ),
  binding(['right'], '→', null, 'next fold', null, manyFolds, (run) => ({
    fold: neighbourFold(run, 1),
    allFolds: false,
  })),
  binding(['left'], '←', null, 'previous fold', ['←→', 'fold'], manyFolds, (run) => ({
    fold: neighbourFold(run, -1),
    allFolds: false,
  })),
  binding(['a'], 'a', 'all folds', 'all folds in one chart, or one', null, manyFolds, (run) => ({
    allFolds: !run.allFolds,
  })),
  binding(
    ['+', '='],
    '+',
    'zoom in',
    'fewer epochs in the chart; the mouse wheel does it too',
    ['+-', 'zoom'],
    inCurves,
    (run) => ({
      window: zoomed(run, 0.5, 1),
    }),
  ),
  binding(['-'], '-', 'zoom out', 'more epochs in the chart', null, inCurves, (run) => ({
    window: zoomed(run, 2, 1),
  })),
  binding(['['], '[', null, 'earlier epochs, when zoomed', null, inCurves, (run) => ({
    window: panned(run, -0.25),
  })),
  binding([']'], ']', null, 'later epochs, when zoomed', null, inCurves, (run) => ({
    window: panned(run, 0.25),
  })),
  binding(['0'], '0', null, 'all epochs', null, inCurves, () => ({ window: null })),
  binding(
    ['m'],
    'm',
    'smooth',
    'smooth the curves: not, a little, more, most',
    ['m', 'smooth'],
    inCurves,
    (run) => ({
      smoothing:
        smoothings[((smoothings as readonly number[]).indexOf(run.smoothing) + 1) % smoothings.length]!,
    }),
  ),
  binding(['y'], 'y', 'log scale', 'heights as logarithms, or not', ['y', 'log scale'], inCurves, (run) => ({
    log: !run.log,
  })),
  binding(['z'], 'z', 'zoom image', 'the heart, or the whole image', null, inCurves, (run) => ({
    zoom: !run.zoom,
  })),
  binding(['o'], 'o', 'mask overlay', 'mask in colours, in letters, or none', null, inCurves, (run) => ({
    overlay: nextOverlay[run.overlay],
  })),
  binding(
    ['l'],
    'l',
    'log',
    'the whole log, or the curves',
    ['l', 'log'],
    ({ run }) => run !== null,
    (run) => ({
      panel: run.panel === 'log' ? 'curves' : 'log',
      scroll: 0,
    }),
  ),
  ...listKeys(
    'run',
    (session, by) =>
      session.run === null
        ? session
        : { ...session, run: { ...session.run, scroll: scrolled(session.run, -by) } },
    'entry of the log',
    inLog,
  ),
];
