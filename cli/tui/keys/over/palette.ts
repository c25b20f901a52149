import type { Session, Step } from '../../session/session.ts';
import { type Action, type Binding, bindingsIn } from '../binding.ts';

/** Keys of the list of actions. @param entries the actions that pass what is typed, the best first */
export function paletteKeys(
  entries: (session: Session, text: string) => readonly Action[],
): readonly Binding[] {
  const choose = (session: Session, by: number): Step => {
    const { palette } = session;
    if (palette === null) return [session, []];
    const last = Math.max(0, entries(session, palette.text).length - 1);
    const chosen = Math.max(0, Math.min(last, palette.chosen + by));
    return [{ ...session, palette: { ...palette, chosen } }, []];
  };
  const close = (session: Session): Step => [{ ...session, palette: null }, []];
  return bindingsIn('palette', [
    {
      keys: ['down', 'ctrl+n', 'tab'],
      shown: '↓ ^n tab',
      description: 'next action',
      footer: ['↑↓', 'choose'],
      run: (session) => choose(session, 1),
    },
    {
      keys: ['up', 'ctrl+p', 'shift+tab'],
      shown: '↑ ^p S-tab',
      description: 'previous action',
      run: (session) => choose(session, -1),
    },
    {
      keys: ['return'],
      shown: 'enter',
      description: 'do it',
      footer: ['enter', 'do it'],
      run: (session) => {
        const { palette } = session;
        const chosen = palette === null ? undefined : entries(session, palette.text)[palette.chosen];
        return chosen?.run({ ...session, palette: null }) ?? close(session);
      },
    },
    {
      keys: ['escape', 'ctrl+c'],
      shown: 'esc ^c',
      description: 'leave the list',
      footer: ['esc', 'back'],
      run: close,
    },
    // Above that of the text: whoever takes away more than there is wants to be gone.
    {
      keys: ['backspace'],
      shown: '',
      description: 'leave the list',
      when: ({ palette }) => palette?.text === '',
      run: close,
    },
  ]);
}
