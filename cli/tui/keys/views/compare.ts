import type { Session } from '../../session/session.ts';
import { otherAxis } from '../../state/axis.ts';
import { type CompareState, comparePanels } from '../../state/compare.ts';
import { type Action, type Binding, bindingsIn } from '../binding.ts';
import { listKeys } from '../lists.ts';

const change = (session: Session, compare: Partial<CompareState>): Session => ({
  ...session,
  compare: { ...session.compare, ...compare },
});

const panel = (session: Session, by: number): Session => {
  const at = comparePanels.indexOf(session.compare.panel) + by + comparePanels.length;
  return change(session, { panel: comparePanels[at % comparePanels.length]!, scroll: 0 });
};

const metric = (session: Session, by: number): Session =>
  change(session, { metric: Math.max(0, session.compare.metric + by) });

/** Keys of the comparison. */
export const compareKeys: readonly Binding[] = bindingsIn('compare', [
  {
    keys: ['right', 'l'],
    shown: '→ l',
    name: 'next part',
    description: 'next part: curves, table, tests, spec, folds, measures, confusion, roc, worst cases',
    footer: ['←→', 'part'],
    run: (session) => [panel(session, 1), []],
  },
  {
    keys: ['left', 'h'],
    shown: '← h',
    name: 'previous part',
    description: 'previous part',
    run: (session) => [panel(session, -1), []],
  },
  {
    keys: ['m'],
    shown: 'm',
    name: 'next metric',
    description: 'next metric of curves, tests and folds',
    footer: ['m', 'metric'],
    run: (session) => [metric(session, 1), []],
  },
  {
    keys: ['M'],
    shown: 'M',
    name: 'previous metric',
    description: 'previous metric',
    run: (session) => [metric(session, -1), []],
  },
  {
    keys: ['w'],
    shown: 'w',
    name: 'time axis of curves',
    description: 'curves over the time of training, or over epochs',
    footer: ['w', 'time'],
    when: ({ compare }) => compare.panel === 'curves',
    run: (session) => [change(session, { axis: otherAxis[session.compare.axis] }), []],
  },
  ...listKeys(
    (session, by) => change(session, { scroll: Math.max(0, Math.min(2000, session.compare.scroll + by)) }),
    'line',
  ),
  ...comparePanels.map(
    (name): Action => ({
      keys: [],
      shown: '',
      name: `compare ${name}`,
      description: `the ${name} of the marked runs`,
      run: (session) => [change(session, { panel: name, scroll: 0 }), []],
    }),
  ),
]);
