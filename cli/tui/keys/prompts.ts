import type { Effect, Prompt, PromptKind, Session, Step } from '../session.ts';
import { noticed } from '../session.ts';

/** Opens a line to type something in. */
export function asked(session: Session, kind: PromptKind, label: string, subject: string, text = ''): Step {
  const prompt: Prompt = { kind, label, subject, text, cursor: text.length, answer: null };
  return [{ ...session, prompt, notice: null }, []];
}

/** What a text that was typed does, by what was asked. An answer that is wrong keeps the line open. */
export function answered(session: Session, prompt: Prompt): Step {
  const { kind, subject } = prompt;
  const text = prompt.text.trim();
  const closed = { ...session, prompt: null };
  const wrong = (words: string): Step => [
    { ...session, prompt: { ...prompt, answer: { text: words, bad: true } } },
    [],
  ];
  const done = (notice: string, ...effects: readonly Effect[]): Step => [noticed(closed, notice), effects];
  if (text === '' && kind !== 'filter') return [closed, []];
  switch (kind) {
    case 'filter':
      return [{ ...closed, runs: { ...session.runs, filter: text, cursor: 0 } }, []];
    case 'note':
      return done('noted', { kind: 'note', folder: subject, text });
    case 'tag':
      return done(`tagged ${text}`, { kind: 'tag', folder: subject, text });
    case 'rate': {
      const value = Number(text);
      if (!(value > 0 && Number.isFinite(value))) return wrong('a number above 0 is needed');
      return done(`learning rate ${value} from the next step on; the record says so`, {
        kind: 'rate',
        folder: subject,
        value,
      });
    }
    case 'epochs': {
      const value = Number(text);
      if (!(Number.isInteger(value) && value > 0)) return wrong('a whole number is needed');
      return done(`going on to epoch ${value}`, { kind: 'epochs', folder: subject, value });
    }
    case 'clone': {
      if (prompt.answer?.bad !== false) return wrong(prompt.answer?.text ?? 'not checked yet');
      const [spec, experiment] = subject.split('\n') as [string, string];
      return done('starting', { kind: 'train', spec, experiment, overrides: overridesIn(text) });
    }
    default:
      return kind satisfies never;
  }
}

/** Overrides are told apart by semicolons, as commas stand inside of lists. */
export function overridesIn(text: string): readonly string[] {
  return text
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** Text after a key, or null when the key is not for typing. */
export function typed<T extends { readonly text: string; readonly cursor: number }>(
  line: T,
  key: string,
): T | null {
  const { text, cursor } = line;
  switch (key) {
    case 'left':
      return { ...line, cursor: Math.max(0, cursor - 1) };
    case 'right':
      return { ...line, cursor: Math.min(text.length, cursor + 1) };
    case 'home':
    case 'ctrl+a':
      return { ...line, cursor: 0 };
    case 'end':
    case 'ctrl+e':
      return { ...line, cursor: text.length };
    case 'backspace':
      if (cursor === 0) return line;
      return { ...line, text: text.slice(0, cursor - 1) + text.slice(cursor), cursor: cursor - 1 };
    case 'ctrl+u':
      return { ...line, text: text.slice(cursor), cursor: 0 };
    case 'ctrl+w': {
      const kept = text.slice(0, cursor).replace(/\S+\s*$/, '');
      return { ...line, text: kept + text.slice(cursor), cursor: kept.length };
    }
    default:
      // What was pasted comes in one piece; the names of other keys are no text.
      if (key === '' || key.startsWith('ctrl+') || namedKeys.has(key)) return null;
      return { ...line, text: text.slice(0, cursor) + key + text.slice(cursor), cursor: cursor + key.length };
  }
}

const namedKeys: ReadonlySet<string> = new Set([
  'up',
  'down',
  'pageup',
  'pagedown',
  'return',
  'escape',
  'tab',
  'shift+tab',
]);
