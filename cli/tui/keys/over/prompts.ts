import type { Effect } from '../../session/effects.ts';
import type { Prompt, PromptKind } from '../../session/prompts.ts';
import type { Session, Step } from '../../session/session.ts';
import { withNotice } from '../../session/session.ts';

/** Opens a line to type something in. */
export function openPrompt(
  session: Session,
  kind: PromptKind,
  label: string,
  subject: string,
  text = '',
): Step {
  const prompt: Prompt = { kind, label, subject, text, cursor: text.length, answer: null };
  return [{ ...session, prompt, notice: null }, []];
}

/** What a text that was typed does, by what was asked. An answer that is wrong keeps the line open. */
export function answerPrompt(session: Session, prompt: Prompt): Step {
  const { kind, subject } = prompt;
  const text = prompt.text.trim();
  const closed = { ...session, prompt: null };
  const wrong = (words: string): Step => [
    { ...session, prompt: { ...prompt, answer: { text: words, bad: true } } },
    [],
  ];
  const done = (notice: string, ...effects: readonly Effect[]): Step => [withNotice(closed, notice), effects];
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
