import { line, wrapped } from '../drawing/lines.ts';
import type { Session } from '../session/session.ts';
import type { Theme } from '../theme/theme.ts';
import { frame } from '../widgets/frame.ts';

/** A view with what is wrong with the text being typed over its last lines, right above that text. */
export function withAnswer(
  { prompt }: Session,
  theme: Theme,
  body: readonly string[],
  width: number,
): readonly string[] {
  const [title, ...rest] = prompt?.answer?.lines ?? [];
  if (title === undefined || rest.length === 0) return body;
  const shown = rest.flatMap((text) => wrapped(text, width - 4)).slice(0, Math.min(12, body.length - 2));
  const content = shown.map((text) => line(theme, [' ', text], width - 2));
  const panel = frame(theme, [['bad', title]], content, width, shown.length + 2);
  return [...body.slice(0, body.length - panel.length), ...panel];
}
