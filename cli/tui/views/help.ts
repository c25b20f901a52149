import type { Area } from '../drawing/layout.ts';
import { fitted, line, type Span } from '../drawing/lines.ts';
import type { Place } from '../keys/binding.ts';
import { keymap } from '../keys/keymap.ts';
import type { Session, ViewName } from '../session/session.ts';
import { viewNames } from '../session/session.ts';
import type { Theme } from '../theme/theme.ts';
import { frame } from '../widgets/frame.ts';
import { verdictLetters } from '../widgets/picture.ts';

const marks: readonly (readonly Span[])[] = [
  [['title', 'masks']],
  [['correct', `${verdictLetters.correct} █`], ' in both masks'],
  [['missed', `${verdictLetters.missed} █`], ' in the true mask only'],
  [['false', `${verdictLetters.false} █`], ' in the predicted mask only'],
];

/** Every key from the keymap: those of the view first, then those that work everywhere. */
export function helpView(session: Session, theme: Theme, { width, height }: Area): readonly string[] {
  const lines = helpLines(session.view);
  const room = height - 2;
  const top = Math.max(0, Math.min(session.help ?? 0, lines.length - room));
  const shown = lines.slice(top, top + room).map((spans) => line(theme, spans, width - 2));
  const more =
    lines.length > room
      ? `, ${top + 1} to ${Math.min(lines.length, top + room)} of ${lines.length} lines`
      : '';
  return frame(theme, [['title', `keys${more}`]], shown, width, height);
}

/** How many lines the help of a view has. */
export function helpLines(view: ViewName): readonly (readonly Span[])[] {
  const entries = (name: Place | 'all') =>
    keymap
      .filter(
        ({ views, shown }) =>
          shown !== '' && (name === 'all' ? views === 'all' : views !== 'all' && views.includes(name)),
      )
      .map(helpLine);
  const section = (name: Place, title: string): readonly (readonly Span[])[] => {
    const own = entries(name);
    return own.length === 0 ? [] : [[], [['title', ` ${title}`]], ...own];
  };
  return [
    [['title', ` ${view}`]],
    ...entries(view),
    [],
    [['title', ' everywhere']],
    ...entries('all'),
    ...viewNames.filter((name) => name !== view).flatMap((name) => section(name, name)),
    ...section('help', 'help'),
    ...section('prompt', 'while something is typed'),
    ...section('palette', 'in the list of actions'),
    ...section('question', 'when something is asked'),
    [],
    ...marks.map((spans) => [' ', ...spans]),
  ];
}

function helpLine({
  shown,
  description,
}: {
  readonly shown: string;
  readonly description: string;
}): readonly Span[] {
  return [' ', ['key', fitted(shown, 10)], ' ', description];
}
