import { topOf } from '../drawing/cursor.ts';
import { chosenLine, fitted, line } from '../drawing/lines.ts';
import { paletteEntries } from '../keys/keymap.ts';
import type { Session } from '../session/session.ts';
import type { Theme } from '../theme/theme.ts';
import { frame } from '../widgets/frame.ts';
import { typedSpans } from './footer.ts';

/** The list of actions that pass what is typed, laid over the lines of a view. */
export function withPalette(session: Session, theme: Theme, lines: readonly string[]): readonly string[] {
  const { palette } = session;
  if (palette === null) return lines;
  const { columns } = session.screen;
  const width = Math.min(72, columns);
  const height = Math.min(lines.length, 18);
  const entries = paletteEntries(session, palette.text);
  const room = height - 3;
  const top = topOf(palette.chosen, entries.length, room);
  const rows = entries
    .slice(top, top + room)
    .map((entry, index) =>
      top + index === palette.chosen
        ? chosenLine(theme, entrySpans(entry, width - 2), width - 2)
        : line(theme, entrySpans(entry, width - 2), width - 2),
    );
  const content = [
    line(theme, [['key', ' : '], ...typedSpans(palette, width - 7)], width - 2),
    ...(rows.length > 0 ? rows : [line(theme, [['quiet', '   no action is called so']], width - 2)]),
  ];
  const box = frame(theme, [['title', 'actions']], content, width, height);
  const left = Math.floor((columns - width) / 2);
  const rest = columns - left - width;
  return lines.map((text, index) =>
    index < box.length ? ' '.repeat(left) + box[index] + ' '.repeat(rest) : text,
  );
}

function entrySpans(
  { name, shown, description, leadsTo }: ReturnType<typeof paletteEntries>[number],
  width: number,
): readonly (string | readonly ['key' | 'quiet', string])[] {
  return [
    ' ',
    fitted(name, 22),
    ' ',
    ['key', fitted(shown, 7)],
    [
      'quiet',
      fitted(leadsTo === null ? description : `in ${leadsTo}: ${description}`, Math.max(0, width - 32)),
    ],
  ];
}
