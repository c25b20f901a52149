import { line, type Span } from '../drawing/lines.ts';
import type { Theme } from '../theme/theme.ts';

/** A box of exactly `width` × `height` characters around lines that are two narrower, with a title in its top edge. */
export function frame(
  theme: Theme,
  title: readonly Span[],
  content: readonly string[],
  width: number,
  height: number,
): string[] {
  const inner = width - 2;
  const length = title.reduce(
    (sum, span) => sum + [...(typeof span === 'string' ? span : span[1])].length,
    0,
  );
  const room = Math.max(0, inner - 3);
  const words = Math.min(length, room);
  const rule = '─'.repeat(Math.max(0, inner - words - 3));
  const top = theme.paint('frame', '╭─ ') + line(theme, title, words) + theme.paint('frame', ` ${rule}╮`);
  const side = theme.paint('frame', '│');
  const empty = ' '.repeat(inner);
  const body = Array.from({ length: height - 2 }, (_, index) => side + (content[index] ?? empty) + side);
  return [top, ...body, theme.paint('frame', `╰${'─'.repeat(inner)}╯`)];
}
