import type { Effect } from '../../session/effects.ts';
import type { Typed } from '../../session/prompts.ts';
import type { Session, Step } from '../../session/session.ts';
import type { Binding } from '../binding.ts';
import { answerPrompt } from './prompts.ts';

/** What a key does to a text and its cursor. */
type Edit = (text: string, cursor: number) => Typed;

const edits: readonly (readonly [keys: readonly string[], shown: string, description: string, edit: Edit])[] =
  [
    [['left'], '←', 'a character back', (text, cursor) => ({ text, cursor: Math.max(0, cursor - 1) })],
    [
      ['right'],
      '→',
      'a character on',
      (text, cursor) => ({ text, cursor: Math.min(text.length, cursor + 1) }),
    ],
    [['home', 'ctrl+a'], 'Home ^a', 'to the start', (text) => ({ text, cursor: 0 })],
    [['end', 'ctrl+e'], 'End ^e', 'to the end', (text) => ({ text, cursor: text.length })],
    [
      ['backspace'],
      'Bksp',
      'take a character away',
      (text, cursor) => without(text, cursor, Math.max(0, cursor - 1)),
    ],
    [
      ['ctrl+w'],
      '^w',
      'take a word away',
      (text, cursor) => without(text, cursor, text.slice(0, cursor).replace(/\S+\s*$/, '').length),
    ],
    [['ctrl+u'], '^u', 'take all before the cursor away', (text, cursor) => without(text, cursor, 0)],
  ];

/** Keys while something is typed: into the line at the bottom, or into the list of actions. */
export const typingKeys: readonly Binding[] = [
  {
    keys: ['return'],
    shown: 'enter',
    description: 'done; an answer that is wrong keeps the line open',
    views: ['prompt'],
    run: (session) => (session.prompt === null ? [session, []] : answerPrompt(session, session.prompt)),
  },
  {
    keys: ['escape', 'ctrl+c'],
    shown: 'esc ^c',
    description: 'leave it',
    views: ['prompt'],
    run: (session) => [{ ...session, prompt: null }, []],
  },
  ...edits.map(
    ([keys, shown, description, edit]): Binding => ({
      keys,
      shown,
      description,
      views: ['prompt', 'palette'],
      run: (session) => withEdit(session, edit),
    }),
  ),
];

/** Text without what stands between a place and the cursor. */
function without(text: string, cursor: number, from: number): Typed {
  return { text: text.slice(0, from) + text.slice(cursor), cursor: from };
}

/** Names of keys that are no text. */
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

/** What is typed or pasted goes in at the cursor; other keys do nothing. */
export function typeText(session: Session, key: string): Step {
  if (key === '' || key.startsWith('ctrl+') || namedKeys.has(key)) return [session, []];
  return withEdit(session, (text, cursor) => ({
    text: text.slice(0, cursor) + key + text.slice(cursor),
    cursor: cursor + key.length,
  }));
}

/** The line that is typed in, after an edit: a filter is tried while it is typed, and overrides are compiled. */
function withEdit(session: Session, edit: Edit): Step {
  const { prompt, palette, runs } = session;
  if (prompt === null) {
    return palette === null
      ? [session, []]
      : [{ ...session, palette: { ...edit(palette.text, palette.cursor), chosen: 0 } }, []];
  }
  const next = edit(prompt.text, prompt.cursor);
  if (next.text === prompt.text) return [{ ...session, prompt: { ...prompt, ...next } }, []];
  const [spec, experiment] = prompt.subject.split('\n') as [string, string];
  const effects: readonly Effect[] =
    prompt.kind === 'clone' ? [{ kind: 'check', spec, experiment, text: next.text }] : [];
  const filtered = prompt.kind === 'filter' ? { ...runs, filter: next.text, cursor: 0 } : runs;
  return [{ ...session, runs: filtered, prompt: { ...prompt, ...next, answer: null } }, effects];
}
