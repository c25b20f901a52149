import type { Session } from '../session/session.ts';
import type { Action } from './binding.ts';

/** The keys with which vim, less and htop move through a list. */
export function listKeys(
  move: (session: Session, by: number) => Session,
  noun: string,
  when: NonNullable<Action['when']> = () => true,
): readonly Action[] {
  const actions: readonly Action[] = [
    {
      keys: ['down', 'j', 'ctrl+n'],
      shown: '↓ j',
      description: `next ${noun}`,
      run: (session) => [move(session, 1), []],
    },
    {
      keys: ['up', 'k'],
      shown: '↑ k',
      description: `previous ${noun}`,
      footer: ['↑↓', noun],
      run: (session) => [move(session, -1), []],
    },
    {
      keys: ['pagedown', 'ctrl+f', 'ctrl+d'],
      shown: 'PgDn ^f',
      description: 'a page further',
      run: (session) => [move(session, pageOf(session)), []],
    },
    {
      keys: ['pageup', 'ctrl+b', 'ctrl+u'],
      shown: 'PgUp ^b',
      description: 'a page back',
      run: (session) => [move(session, -pageOf(session)), []],
    },
    {
      keys: ['home', 'g'],
      shown: 'Home g',
      description: `first ${noun}`,
      run: (session) => [move(session, Number.NEGATIVE_INFINITY), []],
    },
    {
      keys: ['end', 'G'],
      shown: 'End G',
      description: `last ${noun}`,
      run: (session) => [move(session, Number.POSITIVE_INFINITY), []],
    },
  ];
  return actions.map((action) => ({ ...action, when }));
}

/** How far a page is. */
export function pageOf({ screen }: Session): number {
  return Math.max(1, screen.rows - 6);
}
