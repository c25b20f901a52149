import { counted, duration } from '../../../text/quantities.ts';
import { movedCursor } from '../../drawing/cursor.ts';
import { goTo } from '../../session/go.ts';
import { type Session, withNotice } from '../../session/session.ts';
import { type Binding, bindingsIn } from '../binding.ts';
import { listKeys } from '../lists.ts';

const hasTrials = ({ plan }: Session) => plan.trials.length > 0;

/** Keys of the plan. */
export const planKeys: readonly Binding[] = bindingsIn('plan', [
  ...listKeys(
    (session, by) => ({
      ...session,
      plan: { ...session.plan, cursor: movedCursor(session.plan.cursor, by, session.plan.trials.length) },
    }),
    'trial',
  ),
  {
    keys: ['S'],
    shown: 'S',
    name: 'queue sweep',
    description:
      'train what is not trained of the sweeps of this spec, one trial after another, in the background',
    footer: ['S', 'train all'],
    when: (session) => hasTrials(session) && session.plan.studies.length > 0,
    run: (session) => {
      const { trials, milliseconds, spec, studies } = session.plan;
      const left = trials.filter(({ state }) => state !== 'finished' && state !== 'diverged').length;
      if (left === 0) return [withNotice(session, 'every trial is finished'), []];
      const question = {
        text: `train ${counted(left, 'trial')}${milliseconds === null ? '' : `, about ${duration(milliseconds)}`}?`,
        yes: 'yes, train',
        no: 'no',
        notice: `training ${studies.join(', ')}`,
        effects: [{ kind: 'sweep', spec: spec!, study: studies.join(', ') } as const],
      };
      return [{ ...session, question }, []];
    },
  },
  {
    keys: ['return'],
    shown: 'enter',
    name: 'open trial',
    description: 'the run of the trial, once it has begun',
    footer: ['enter', 'open'],
    when: hasTrials,
    run: (session) => {
      const trial = session.plan.trials[session.plan.cursor];
      const run = session.runs.all.find(({ folder }) => folder === trial?.folder);
      return run === undefined
        ? [withNotice(session, 'this trial has not begun'), []]
        : [{ ...session, view: 'run' }, [{ kind: 'open', folder: run.folder }]];
    },
  },
  {
    keys: ['r'],
    shown: 'r',
    name: 'predict again',
    description: 'predict time and memory again, from what has been measured since',
    footer: ['r', 'again'],
    run: (session) => goTo({ ...session, plan: { ...session.plan, spec: null } }, 'plan'),
  },
]);
