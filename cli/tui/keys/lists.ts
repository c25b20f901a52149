import type { Session } from '../session/session.ts';
import type { Binding, Place } from './binding.ts';

/** The keys with which vim, less and htop move through a list, for one view. */
export function listKeys(
  place: Place,
  move: (session: Session, by: number) => Session,
  noun: string,
  when: (session: Session) => boolean = () => true,
): readonly Binding[] {
  const binding = (
    keys: readonly string[],
    shown: string,
    description: string,
    by: (session: Session) => number,
    footer: Binding['footer'] = null,
  ): Binding => ({
    keys,
    shown,
    name: null,
    description,
    footer,
    views: [place],
    when,
    run: (session) => [move(session, by(session)), []],
  });
  return [
    binding(['down', 'j', 'ctrl+n'], '↓ j', `next ${noun}`, () => 1),
    binding(['up', 'k'], '↑ k', `previous ${noun}`, () => -1, ['↑↓', noun]),
    binding(['pagedown', 'ctrl+f', 'ctrl+d'], 'PgDn ^f', 'a page further', pageOf),
    binding(['pageup', 'ctrl+b', 'ctrl+u'], 'PgUp ^b', 'a page back', (session) => -pageOf(session)),
    binding(['home', 'g'], 'Home g', `first ${noun}`, () => Number.NEGATIVE_INFINITY),
    binding(['end', 'G'], 'End G', `last ${noun}`, () => Number.POSITIVE_INFINITY),
  ];
}

/** How far a page is. */
export function pageOf({ screen }: Session): number {
  return Math.max(1, screen.rows - 6);
}
