import { footerBindings } from '../keymap.ts';
import type { State } from '../state.ts';
import { line, type Span, type Theme } from '../theme.ts';

/** The bottom line: a question, an answer, or the keys that do something now. */
export function footer(theme: Theme, state: State): string {
  const keys = footerBindings(state).flatMap(({ footer }): Span[] => [
    ' ',
    ['key', footer![0]],
    ['quiet', ` ${footer![1]}`],
    ' ',
  ]);
  if (state.asking === 'stop') {
    return line(theme, [['warning', ' stop training after the current step? '], ...keys], state.columns);
  }
  if (state.notice !== null) return line(theme, [' ', ['warning', state.notice.text]], state.columns);
  return line(theme, keys, state.columns);
}
