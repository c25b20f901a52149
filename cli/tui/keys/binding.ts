import type { Session, Step, ViewName } from '../session/session.ts';

/** Views, and what takes all keys while it lies over them: a question, a line to type in, the list of actions, the help. */
export type Place = ViewName | 'question' | 'prompt' | 'palette' | 'help';

/** Keys and what they do. */
export interface Action {
  /** As {@link keyName} names them. */
  readonly keys: readonly string[];
  /** The keys as shown. */
  readonly shown: string;
  /** A name for the palette; left out where a list of actions is no place for it, as for moving about. */
  readonly name?: string;
  readonly description: string;
  /** Keys and a word for the footer, where it is shown there. */
  readonly footer?: readonly [keys: string, word: string];
  /** Whether it does something at the moment; always where it is left out. */
  readonly when?: (session: Session) => boolean;
  readonly run: (session: Session) => Step;
}

/** One line of the keymap: drives the input, the footer, the help and the palette. */
export interface Binding extends Action {
  /** Where it is for; `all` is every view, and the help. */
  readonly views: readonly Place[] | 'all';
}

/** Actions as lines of the keymap, for a place or for several. */
export function bindingsIn(place: Place | Binding['views'], actions: readonly Action[]): readonly Binding[] {
  const views = typeof place === 'string' && place !== 'all' ? [place] : place;
  return actions.map((action) => ({ ...action, views }));
}
