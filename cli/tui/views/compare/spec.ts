import type { Area } from '../../drawing/layout.ts';
import { line } from '../../drawing/lines.ts';
import type { Session } from '../../session/session.ts';
import type { Theme } from '../../theme/theme.ts';
import { type Found, scrolledLines } from './panel.ts';

export function specPanel(
  session: Session,
  { differences }: Found,
  theme: Theme,
  { width, height }: Area,
): readonly string[] {
  const lines = differences.flatMap((text) => [...text.split('\n'), '']);
  const painted = lines.map((text) =>
    line(
      theme,
      [[/^\s*[-−]/.test(text) ? 'bad' : /^\s*\+/.test(text) ? 'good' : 'plain', ` ${text}`]],
      width,
    ),
  );
  return painted.length === 0
    ? ['', line(theme, [['quiet', ' one row differs from nothing: mark several runs']], width)]
    : scrolledLines(painted, session.compare.scroll, height);
}
