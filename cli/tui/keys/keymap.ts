import type { Session, Step, ViewName } from '../session/session.ts';
import { helpKeys } from './over/help.ts';
import { paletteKeys } from './over/palette.ts';
import { questionKeys } from './over/question.ts';
import { typingKeys } from './over/typing.ts';
import { sessionKeys } from './session.ts';
import { compareKeys } from './views/compare.ts';
import { imageKeys } from './views/images.ts';
import { networkKeys } from './views/network.ts';
import { planKeys } from './views/plan.ts';
import { runKeys } from './views/run.ts';
import { runsKeys } from './views/runs.ts';
import { specKeys } from './views/specs.ts';
import { steerKeys } from './views/steer.ts';

/** Views, and what takes all keys while it lies over them: a question, a line to type in, the list of actions, the help. */
export type Place = ViewName | 'question' | 'prompt' | 'palette' | 'help';

/** One line of the keymap: drives the input, the footer, the help and the palette. */
export interface Binding {
  /** As {@link keyName} names them. */
  readonly keys: readonly string[];
  /** The keys as shown. */
  readonly shown: string;
  /** A name for the palette; null where a list of actions is no place for it, as for moving about. */
  readonly name: string | null;
  readonly description: string;
  /** Keys and a word for the footer; null leaves it out there. */
  readonly footer: readonly [keys: string, word: string] | null;
  /** Where it is for; `all` is every view, and the help. */
  readonly views: readonly Place[] | 'all';
  /** Whether it does something at the moment; always where it is left out. */
  readonly when?: (session: Session) => boolean;
  readonly run: (session: Session) => Step;
}

/** Every key there is, in the order in which help and footer show them. The first binding that applies wins. */
export const keymap: readonly Binding[] = [
  ...questionKeys,
  ...paletteKeys(paletteEntries),
  ...typingKeys,
  ...runsKeys,
  ...runKeys,
  ...compareKeys,
  ...imageKeys,
  ...specKeys,
  ...planKeys,
  ...networkKeys,
  ...steerKeys,
  ...helpKeys,
  ...sessionKeys,
];

function applies({ views, when }: Binding, session: Session): boolean {
  const place = placeOf(session);
  const here = views === 'all' ? !isOver(place) : views.includes(place);
  return here && (when === undefined || when(session));
}

/** What takes the keys: what lies on top. */
export function placeOf({ question, prompt, palette, help, view }: Session): Place {
  if (question !== null) return 'question';
  if (prompt !== null) return 'prompt';
  if (palette !== null) return 'palette';
  return help === null ? view : 'help';
}

/** Whether nothing but its own keys is heard. */
function isOver(place: Place): boolean {
  return place === 'question' || place === 'prompt' || place === 'palette';
}

/** What a key does at the moment, or null. */
export function bindingFor(session: Session, key: string): Binding | null {
  return keymap.find((binding) => binding.keys.includes(key) && applies(binding, session)) ?? null;
}

/** The bindings that do something at the moment. */
export function bindingsFor(session: Session): readonly Binding[] {
  return keymap.filter((binding) => applies(binding, session));
}

/** The actions that pass what is typed: its letters in their order, the best first. */
export function paletteEntries(
  session: Session,
  text: string,
): readonly (Binding & { readonly name: string })[] {
  const wanted = text.toLowerCase().replace(/\s+/g, '');
  // Those of the view below the list.
  return bindingsFor({ ...session, palette: null })
    .flatMap((binding) => (binding.name === null ? [] : [{ ...binding, name: binding.name }]))
    .map((binding) => ({
      binding,
      // Descriptions are long: letters scattered over them mean nothing.
      score: binding.description.toLowerCase().includes(text.trim().toLowerCase())
        ? Math.max(fuzzy(wanted, binding.name), -20)
        : fuzzy(wanted, binding.name),
    }))
    .filter(({ score }) => score > -100)
    .sort((a, b) => b.score - a.score)
    .map(({ binding }) => binding);
}

/** How well letters fit a text in which they come in this order: starts of words and neighbours count. -1000 if they do not. */
export function fuzzy(letters: string, text: string): number {
  if (letters === '') return 0;
  const low = text.toLowerCase();
  let score = 0;
  let at = -1;
  for (const letter of letters) {
    const next = low.indexOf(letter, at + 1);
    if (next === -1) return -1000;
    score += next === at + 1 ? 4 : next === 0 || low[next - 1] === ' ' ? 3 : -0.2 * Math.min(10, next - at);
    at = next;
  }
  return score - 0.05 * text.length;
}

/** The parts of Ink's key that tell keys apart. */
export interface PressedKey {
  readonly upArrow: boolean;
  readonly downArrow: boolean;
  readonly leftArrow: boolean;
  readonly rightArrow: boolean;
  readonly pageUp?: boolean;
  readonly pageDown?: boolean;
  readonly home?: boolean;
  readonly end?: boolean;
  readonly backspace?: boolean;
  readonly delete?: boolean;
  readonly return: boolean;
  readonly escape: boolean;
  readonly tab: boolean;
  readonly ctrl: boolean;
  readonly shift: boolean;
}

/**
 * The first key of several that came at once, and how many characters it is. While something is typed, text stays in one
 * piece, and ends of lines in the middle of it are spaces: what is pasted must not give an answer and press keys after it.
 */
export function keysIn(text: string, typing: boolean): readonly [name: string, length: number] {
  const plain = /^[^\p{Cc}]+/u.exec(text)?.[0] ?? '';
  if (plain !== '') {
    const piece = typing ? plain : [...plain][0]!;
    return [piece, piece.length];
  }
  const [first] = text;
  if (first === '\r' || first === '\n') return [typing && text.length > 1 ? ' ' : 'return', 1];
  if (first === '\t') return ['tab', 1];
  if (first === '\u001b') return ['escape', 1];
  if (first === '\u007f' || first === '\b') return ['backspace', 1];
  return [`ctrl+${String.fromCharCode(first!.charCodeAt(0) + 96)}`, 1];
}

/** A name for what was pressed: `q`, `ctrl+c`, `up`, `shift+tab`. */
export function keyName(input: string, key: PressedKey): string {
  if (key.upArrow) return 'up';
  if (key.downArrow) return 'down';
  if (key.leftArrow) return 'left';
  if (key.rightArrow) return 'right';
  if (key.pageUp) return 'pageup';
  if (key.pageDown) return 'pagedown';
  if (key.home) return 'home';
  if (key.end) return 'end';
  if (key.return) return 'return';
  if (key.escape) return 'escape';
  // Terminals send DEL for the key that takes the last letter away.
  if (key.backspace || key.delete) return 'backspace';
  if (key.tab) return key.shift ? 'shift+tab' : 'tab';
  return key.ctrl ? `ctrl+${input}` : input;
}
