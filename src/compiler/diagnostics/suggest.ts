import type { Span } from '../source/span.ts';
import type { Advice } from './diagnostic.ts';
import { meaningOf } from './synonyms.ts';

/** How many suggestions a reader can take in. */
const maxSuggestions = 3;

/**
 * The candidates that are close to a misspelt word, best first, at most three. Close means a Damerau–Levenshtein
 * distance of at most a third of its letters, but 1 for short ones, and never every letter; a word that differs in case
 * only has distance 1.
 */
export function suggestions(word: string, candidates: Iterable<string>): readonly string[] {
  return [...new Set(candidates)]
    .filter((candidate) => candidate !== word && sharesLetters(word, candidate))
    .map((candidate) => ({ candidate, far: distance(word, candidate) }))
    .filter(({ far }) => far <= limitOf(word))
    .sort((a, b) => a.far - b.far || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, maxSuggestions)
    .map(({ candidate }) => candidate);
}

/** How many letters of a word may be wrong. */
function limitOf(word: string): number {
  return Math.max(1, Math.floor(word.length / 3));
}

/** Whether a word has a letter of another, and not too many others: cheap to tell, before the distance is. */
function sharesLetters(word: string, other: string): boolean {
  const limit = limitOf(word);
  if (Math.abs(word.length - other.length) > limit) return false;
  const [letters, others] = [word.toLowerCase(), other.toLowerCase()];
  let missing = 0;
  for (const letter of letters) if (!others.includes(letter)) missing++;
  return missing <= limit && missing < word.length;
}

/**
 * Advice that names what a word of the field is called here, else the candidates close to a misspelt word, or nothing.
 * With a single one it carries the edit.
 * @param at the place of the word
 */
export function didYouMean(
  at: Span,
  word: string,
  candidates: Iterable<string>,
): readonly Advice<'spelling'>[] {
  const names = [...candidates];
  const known = meaningOf(word, names);
  if (known?.say !== undefined) return [{ message: known.say }];
  const close = known ? known.names : suggestions(word, names);
  if (close.length === 0) return [];
  const message = known ? `it is called ${alternatives(close)} here` : `did you mean ${alternatives(close)}?`;
  if (close.length > 1) return [{ message }];
  return [{ message, fix: 'spelling', edits: [{ span: at, text: close[0]! }] }];
}

/** Whether a word that is not there may have been meant as a name. */
export function mayMean(word: string, name: string): boolean {
  return (meaningOf(word, [name])?.names ?? suggestions(word, [name])).length > 0;
}

/** `a`, `b` or `c`, each in backticks. */
export function alternatives(names: readonly string[], joint = 'or'): string {
  const quoted = names.map((name) => `\`${name}\``);
  if (quoted.length < 2) return quoted.join('');
  return `${quoted.slice(0, -1).join(', ')} ${joint} ${quoted.at(-1)}`;
}

/** Insertions, deletions, replacements and swaps of neighbours that turn one word into the other. */
export function distance(from: string, to: string): number {
  if (from === to) return 0;
  const a = from.toLowerCase();
  const b = to.toLowerCase();
  if (a === b) return 1;
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const next = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1];
      let cost = Math.min(last[column]! + 1, next[column - 1]! + 1, last[column - 1]! + (same ? 0 : 1));
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      if (swapped) cost = Math.min(cost, before[column - 2]! + 1);
      next.push(cost);
    }
    before = last;
    last = next;
  }
  return last[b.length]!;
}
