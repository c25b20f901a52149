import type { Session, Step } from '../../session/session.ts';
import type { Binding } from '../binding.ts';

/** Keys of the list of actions. @param entries the actions that pass what is typed, the best first */
export function paletteKeys(
  entries: (session: Session, text: string) => readonly Binding[],
): readonly Binding[] {
  const choose = (session: Session, by: number): Step => {
    const { palette } = session;
    if (palette === null) return [session, []];
    const last = Math.max(0, entries(session, palette.text).length - 1);
    const chosen = Math.max(0, Math.min(last, palette.chosen + by));
    return [{ ...session, palette: { ...palette, chosen } }, []];
  };
  const binding = (
    keys: readonly string[],
    shown: string,
    description: string,
    footer: Binding['footer'],
    run: Binding['run'],
    when?: Binding['when'],
  ): Binding => ({
    keys,
    shown,
    name: null,
    description,
    footer,
    views: ['palette'],
    run,
    ...(when === undefined ? {} : { when }),
  });
  const close = (session: Session): Step => [{ ...session, palette: null }, []];
  return [
    binding(['down', 'ctrl+n', 'tab'], '↓ ^n tab', 'next action', ['↑↓', 'choose'], (session) =>
      choose(session, 1),
    ),
    binding(['up', 'ctrl+p', 'shift+tab'], '↑ ^p S-tab', 'previous action', null, (session) =>
      choose(session, -1),
    ),
    binding(['return'], 'enter', 'do it', ['enter', 'do it'], (session) => {
      const { palette } = session;
      const chosen = palette === null ? undefined : entries(session, palette.text)[palette.chosen];
      return chosen?.run({ ...session, palette: null }) ?? close(session);
    }),
    binding(['escape', 'ctrl+c'], 'esc ^c', 'leave the list', ['esc', 'back'], close),
    // Above that of the text: whoever takes away more than there is wants to be gone.
    binding(['backspace'], '', 'leave the list', null, close, ({ palette }) => palette?.text === ''),
  ];
}
