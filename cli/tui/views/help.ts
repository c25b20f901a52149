import { keymap, type Place } from '../keymap.ts';
import { typingKeys } from '../keys/prompts.ts';
import type { Area } from '../layout.ts';
import { fitted, line, type Span } from '../lines.ts';
import type { Session, ViewName } from '../session.ts';
import { viewNames } from '../session.ts';
import type { Theme } from '../theme.ts';
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
  const others = [...viewNames.filter((name) => name !== view), 'help'] as const;
  return [
    [['title', ` ${view}`]],
    ...entries(view),
    [],
    [['title', ' everywhere']],
    ...entries('all'),
    ...others.flatMap((name) => {
      const own = entries(name);
      return own.length === 0 ? [] : [[], [['title', ` ${name}`]] as const, ...own];
    }),
    [],
    [['title', ' while something is typed']],
    ...typingKeys.map(helpLine),
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
