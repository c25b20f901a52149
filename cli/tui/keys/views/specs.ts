import { movedCursor } from '../../drawing/cursor.ts';
import { chosenExperiment } from '../../session/chosen.ts';
import { goTo } from '../../session/go.ts';
import { type Session, type Step, withNotice } from '../../session/session.ts';
import type { SpecsState } from '../../state/specs.ts';
import { type Binding, bindingsIn } from '../binding.ts';
import { listKeys, pageOf } from '../lists.ts';
import { openPrompt } from '../over/prompts.ts';

const change = (session: Session, specs: Partial<SpecsState>): Session => ({
  ...session,
  specs: { ...session.specs, ...specs },
});

const isSound = (session: Session) => chosenExperiment(session) !== undefined;

function move(session: Session, by: number): Session {
  const { compiled, cursor, scroll } = session.specs;
  const count = compiled?.experiments.length ?? 0;
  if (count === 0) {
    const last = Math.max(0, (compiled?.lines.length ?? 0) - pageOf(session));
    return change(session, { scroll: Math.max(0, Math.min(last, scroll + by)) });
  }
  return change(session, { cursor: movedCursor(cursor, by, count) });
}

function otherFile(session: Session, by: number): Step {
  const { files, path } = session.specs;
  if (files.length === 0) return [withNotice(session, 'there is no spec here'), []];
  const at = Math.max(0, files.indexOf(path ?? ''));
  const next = files[(at + by + files.length) % files.length]!;
  return [
    change(session, { path: next, compiled: null, cursor: 0, scroll: 0 }),
    [{ kind: 'openSpec', path: next }],
  ];
}

/** Keys of the specs. */
export const specKeys: readonly Binding[] = bindingsIn('specs', [
  ...listKeys(move, 'experiment'),
  {
    keys: ['right', 'l'],
    shown: '→ l',
    name: 'next spec',
    description: 'the next file',
    footer: ['←→', 'file'],
    run: (session) => otherFile(session, 1),
  },
  {
    keys: ['left', 'h'],
    shown: '← h',
    name: 'previous spec',
    description: 'the file before',
    run: (session) => otherFile(session, -1),
  },
  {
    keys: ['return'],
    shown: 'enter',
    name: 'network of experiment',
    description: 'the layers of the experiment',
    footer: ['enter', 'network'],
    when: isSound,
    run: (session) => goTo(session, 'network'),
  },
  {
    keys: ['t'],
    shown: 't',
    name: 'train',
    description: 'train the experiment as it is written',
    footer: ['t', 'train'],
    when: isSound,
    run: (session) => {
      const { name, plan } = chosenExperiment(session)!;
      const effect = { kind: 'train', spec: session.specs.path!, experiment: name, overrides: [] } as const;
      const folds = plan.evaluate.folds.count;
      const question = {
        text: `train ${name}: ${plan.train.epochs} epochs, ${folds} fold${folds === 1 ? '' : 's'}?`,
        yes: 'yes, train',
        no: 'no',
        notice: `starting ${name}`,
        effects: [effect],
      };
      return [{ ...session, question }, []];
    },
  },
  {
    keys: ['C'],
    shown: 'C',
    name: 'train with a change',
    description: 'train it with overrides such as `train.epochs = 4; model.width = 8`',
    footer: ['C', 'change'],
    when: isSound,
    run: (session) => {
      const { name } = chosenExperiment(session)!;
      return openPrompt(session, 'clone', `${name} with:`, `${session.specs.path}\n${name}`);
    },
  },
  {
    keys: ['S'],
    shown: 'S',
    name: 'plan of the spec',
    description: 'the trials of its sweeps with time and memory',
    footer: ['S', 'plan'],
    when: isSound,
    run: (session) => goTo(session, 'plan'),
  },
]);
