import { metricPath, partsOfMetric } from '../../../../src/compiler/index.ts';
import { withStructurePaths } from '../../../text/metric-names.ts';
import type { Session, Step } from '../../session/session.ts';
import { otherAxis } from '../../state/axis.ts';
import { nextStructure } from '../../state/case-order.ts';
import { curvesOf, shownFold } from '../../state/curves.ts';
import type { RunState } from '../../state/run.ts';
import { panned, zoomed } from '../../state/zoom.ts';
import { nextOverlay } from '../../widgets/overlay.ts';
import { type Binding, bindingsIn } from '../binding.ts';
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

/** The structures whose masks the newest image has one by one. */
function shownStructures(run: RunState | null): readonly string[] {
  const fold = run === null ? undefined : shownFold(run);
  const preview = fold === undefined ? null : run?.previews.get(fold.fold);
  return Object.keys(preview?.parts ?? {});
}

/** The curves of the structures of the chosen curve's metric; none where it is of something else. */
function structureCurves({ brief, curve }: RunState): readonly string[] {
  const { heldOut } = curvesOf(brief)[curve]!;
  const { head, metric } = partsOfMetric(heldOut ?? '');
  return metric === '' ? [] : withStructurePaths(brief, metricPath(head, metric)).slice(1);
}

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

/** Keys of the view of one run. */
export const runKeys: readonly Binding[] = bindingsIn('run', [
  {
    keys: ['down', 'j'],
    shown: '↓ j',
    name: 'next curve',
    description: 'next curve',
    when: inCurves,
    run: change((run) => ({
      curve: wrap(run.curve + 1, curvesOf(run.brief).length),
    })),
  },
  {
    keys: ['up', 'k'],
    shown: '↑ k',
    name: 'previous curve',
    description: 'previous curve',
    footer: ['↑↓', 'curve'],
    when: inCurves,
    run: change((run) => ({
      curve: wrap(run.curve - 1, curvesOf(run.brief).length),
    })),
  },
  {
    keys: [' '],
    shown: 'space',
    name: 'pin curve',
    description: 'keep this curve beside others, or let it go',
    footer: ['space', 'pin'],
    when: inCurves,
    run: change((run) => {
      const { name } = curvesOf(run.brief)[run.curve]!;
      const pinned = new Set(run.pinned);
      if (!pinned.delete(name)) pinned.add(name);
      return { pinned };
    }),
  },
  {
    keys: ['s'],
    shown: 's',
    name: 'pin structures',
    description: 'keep the curves of all structures of this metric beside it, or let them go',
    when: (session) => inCurves(session) && structureCurves(session.run!).length > 0,
    run: change((run) => {
      const names = structureCurves(run);
      const all = names.every((name) => run.pinned.has(name));
      const others = [...run.pinned].filter((name) => !names.includes(name));
      return { pinned: new Set(all ? others : [...others, ...names]) };
    }),
  },
  {
    keys: ['right'],
    shown: '→',
    name: 'next fold',
    description: 'next fold',
    when: manyFolds,
    run: change((run) => ({
      fold: neighbourFold(run, 1),
      allFolds: false,
    })),
  },
  {
    keys: ['left'],
    shown: '←',
    name: 'previous fold',
    description: 'previous fold',
    footer: ['←→', 'fold'],
    when: manyFolds,
    run: change((run) => ({
      fold: neighbourFold(run, -1),
      allFolds: false,
    })),
  },
  {
    keys: ['a'],
    shown: 'a',
    name: 'all folds',
    description: 'all folds in one chart, or one',
    when: manyFolds,
    run: change((run) => ({
      allFolds: !run.allFolds,
    })),
  },
  {
    keys: ['+', '='],
    shown: '+',
    name: 'zoom in',
    description: 'less of the axis in the chart; the mouse wheel does it too',
    footer: ['+-', 'zoom'],
    when: inCurves,
    run: change((run) => ({
      window: zoomed(run, 0.5, 1),
    })),
  },
  {
    keys: ['-'],
    shown: '-',
    name: 'zoom out',
    description: 'more of the axis in the chart',
    when: inCurves,
    run: change((run) => ({
      window: zoomed(run, 2, 1),
    })),
  },
  {
    keys: ['['],
    shown: '[',
    name: 'earlier',
    description: 'what came before, when zoomed',
    when: inCurves,
    run: change((run) => ({
      window: panned(run, -0.25),
    })),
  },
  {
    keys: [']'],
    shown: ']',
    name: 'later',
    description: 'what came after, when zoomed',
    when: inCurves,
    run: change((run) => ({
      window: panned(run, 0.25),
    })),
  },
  {
    keys: ['0'],
    shown: '0',
    name: 'whole axis',
    description: 'the whole axis',
    when: inCurves,
    run: change(() => ({ window: null })),
  },
  {
    keys: ['m'],
    shown: 'm',
    name: 'smooth',
    description: 'smooth the curves: not, a little, more, most',
    footer: ['m', 'smooth'],
    when: inCurves,
    run: change((run) => ({
      smoothing:
        smoothings[((smoothings as readonly number[]).indexOf(run.smoothing) + 1) % smoothings.length]!,
    })),
  },
  {
    keys: ['y'],
    shown: 'y',
    name: 'log scale',
    description: 'heights as logarithms, or not',
    footer: ['y', 'log scale'],
    when: inCurves,
    run: change((run) => ({
      log: !run.log,
    })),
  },
  {
    keys: ['w'],
    shown: 'w',
    name: 'time axis',
    description: 'curves over the time on the clock since the fold began, or over epochs',
    footer: ['w', 'time'],
    when: inCurves,
    run: change((run) => ({ axis: otherAxis[run.axis], window: null })),
  },
  {
    keys: ['z'],
    shown: 'z',
    name: 'zoom image',
    description: 'the heart, or the whole image',
    when: inCurves,
    run: change((run) => ({
      zoom: !run.zoom,
    })),
  },
  {
    keys: ['o'],
    shown: 'o',
    name: 'mask overlay',
    description: 'mask in colours, in letters, or none',
    when: inCurves,
    run: change((run) => ({
      overlay: nextOverlay[run.overlay],
    })),
  },
  {
    keys: ['v'],
    shown: 'v',
    name: 'structure of the image',
    description: 'the mask of the next structure, or of all',
    when: (session) => inCurves(session) && shownStructures(session.run).length > 0,
    run: change((run) => ({
      structure: nextStructure(shownStructures(run), run.structure),
    })),
  },
  {
    keys: ['l'],
    shown: 'l',
    name: 'log',
    description: 'the whole log, or the curves',
    footer: ['l', 'log'],
    when: ({ run }) => run !== null,
    run: change((run) => ({
      panel: run.panel === 'log' ? 'curves' : 'log',
      scroll: 0,
    })),
  },
  ...listKeys(
    (session, by) =>
      session.run === null
        ? session
        : { ...session, run: { ...session.run, scroll: scrolled(session.run, -by) } },
    'entry of the log',
    inLog,
  ),
]);
