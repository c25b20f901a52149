import { fitted, lengthOf, line, type Span } from '../drawing/lines.ts';
import { bindingsFor } from '../keys/keymap.ts';
import type { Prompt, Typed } from '../session/prompts.ts';
import type { Session } from '../session/session.ts';
import type { Theme } from '../theme/theme.ts';

/** The bottom line: a question, something being typed, an answer, or the keys that do something now. */
export function footer(theme: Theme, session: Session): string {
  const { screen, question, prompt, notice } = session;
  const { columns } = screen;
  if (question !== null) {
    const keys: Span[] = [
      ['key', ' y'],
      ['quiet', ` ${question.yes} `],
      ['key', ' n'],
      ['quiet', ` ${question.no} `],
    ];
    return line(theme, [['warning', ` ${question.text} `], ...keys], columns);
  }
  if (prompt !== null) return promptLine(theme, prompt, columns);
  if (notice !== null) return line(theme, [' ', [notice.bad ? 'bad' : 'warning', notice.text]], columns);
  return keyLine(theme, session, columns);
}

/** The keys that do something now, as many as fit whole; those of every view come last and always fit. */
function keyLine(theme: Theme, session: Session, columns: number): string {
  const shown = bindingsFor(session).flatMap(({ footer: words, views }) =>
    words === undefined ? [] : [{ spans: keySpans(words), everywhere: views === 'all' }],
  );
  const last = shown.filter(({ everywhere }) => everywhere).flatMap(({ spans }) => spans);
  let room = columns - lengthOf(last);
  const first: Span[] = [];
  for (const { spans, everywhere } of shown) {
    const length = lengthOf(spans);
    if (everywhere || length > room) continue;
    first.push(...spans);
    room -= length;
  }
  return line(theme, [...first, ...last], columns);
}

function keySpans([keys, word]: readonly [string, string]): readonly Span[] {
  return [' ', ['key', keys], ['quiet', ` ${word}`], ' '];
}

function promptLine(theme: Theme, prompt: Prompt, columns: number): string {
  const label = ` ${prompt.label} `;
  // What is shown with its place above the line needs no room in it.
  const above = (prompt.answer?.lines?.length ?? 0) > 1;
  const answer = prompt.answer === null || above ? '' : `  ${prompt.answer.text}`;
  const free = Math.max(0, columns - label.length);
  const room = Math.max(Math.ceil(free / 2), free - [...answer].length);
  const spans: Span[] = [['key', label], ...typedSpans(prompt, room)];
  const rest = free - room;
  return line(
    theme,
    [...spans, [prompt.answer?.bad ? 'bad' : 'quiet', fitted(answer, Math.max(0, rest))]],
    columns,
  );
}

/** Text with its cursor, the end of it where there is little room. */
export function typedSpans({ text, cursor }: Typed, width: number): readonly Span[] {
  const start = Math.max(0, cursor - width + 2);
  const shown = `${text} `.slice(start, start + width);
  const at = cursor - start;
  return [
    shown.slice(0, at),
    ['here', shown.slice(at, at + 1)],
    fitted(shown.slice(at + 1), Math.max(0, width - at - 1)),
  ];
}
