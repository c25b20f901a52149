import type { Effect, Prompt, PromptKind, Session, Step, Typed } from '../session.ts';
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
      return done(`to epoch ${value}: who trains it now ends the step first`, {
        kind: 'epochs',
        folder: subject,
        value,
      });
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

/** What is typed after a key; takes text and cursor. */
type Edit = (text: string, cursor: number) => Typed;

/** Keys while something is typed, besides those that are text. */
export const typingKeys: readonly {
  readonly keys: readonly string[];
  readonly shown: string;
  readonly description: string;
  readonly edit: Edit;
}[] = [
  {
    keys: ['left'],
    shown: '←',
    description: 'a character back',
    edit: (text, cursor) => ({ text, cursor: Math.max(0, cursor - 1) }),
  },
  {
    keys: ['right'],
    shown: '→',
    description: 'a character on',
    edit: (text, cursor) => ({ text, cursor: Math.min(text.length, cursor + 1) }),
  },
  {
    keys: ['home', 'ctrl+a'],
    shown: 'Home ^a',
    description: 'to the start',
    edit: (text) => ({ text, cursor: 0 }),
  },
  {
    keys: ['end', 'ctrl+e'],
    shown: 'End ^e',
    description: 'to the end',
    edit: (text) => ({ text, cursor: text.length }),
  },
  {
    keys: ['backspace'],
    shown: 'Bksp',
    description: 'take a character away',
    edit: (text, cursor) => without(text, cursor, Math.max(0, cursor - 1)),
  },
  {
    keys: ['ctrl+w'],
    shown: '^w',
    description: 'take a word away',
    edit: (text, cursor) => without(text, cursor, text.slice(0, cursor).replace(/\S+\s*$/, '').length),
  },
  {
    keys: ['ctrl+u'],
    shown: '^u',
    description: 'take all before the cursor away',
    edit: (text, cursor) => without(text, cursor, 0),
  },
];

/** A text without what stands between a place and the cursor. */
function without(text: string, cursor: number, from: number): Typed {
  return { text: text.slice(0, from) + text.slice(cursor), cursor: from };
}

/** Text after a key, or null when the key is not for typing. */
export function typed<T extends Typed>(line: T, key: string): T | null {
  const { text, cursor } = line;
  const known = typingKeys.find(({ keys }) => keys.includes(key));
  if (known !== undefined) return { ...line, ...known.edit(text, cursor) };
  // What was pasted comes in one piece; the names of other keys are no text.
  if (key === '' || key.startsWith('ctrl+') || namedKeys.has(key)) return null;
  return { ...line, text: text.slice(0, cursor) + key + text.slice(cursor), cursor: cursor + key.length };
}

/** Keys with names that do nothing to a text. */
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
