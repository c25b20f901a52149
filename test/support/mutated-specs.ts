import { tokenize } from '../../grammar/tokens.ts';
import { applyFixes } from '../../src/compiler/diagnostics/fix.ts';
import type { Compilation } from '../../src/compiler/driver/compilation.ts';
import { compile } from '../../src/compiler/driver/compile.ts';
import { graphHash } from '../../src/compiler/ir/hash.ts';
import { type Random, stream } from '../../src/runtime/random/random.ts';
import { specHost } from './spec-host.ts';

/** Where a mutated text stands: it can import the project's own specs. */
const path = 'specs/mutated.cmrnet';

/** A text with one change. */
interface Mutation {
  readonly kind: string;
  readonly text: string;
  /** The sound text that it stands for. */
  readonly meant: string;
}

/** What became of a mutated spec. */
export interface Outcome {
  readonly kind: string;
  readonly text: string;
  /** How many messages it gives, notes left out. */
  readonly messages: number;
  /** Whether it has errors as it was written. */
  readonly wrong: boolean;
  /** How many fixes were made unseen. */
  readonly fixes: number;
  /** The text with them. */
  readonly fixed: string;
  /** Whether it has no errors after them. */
  readonly sound: boolean;
  /** Whether a fix made it mean something that it did not mean before, nor the spec that it was made from. */
  readonly changed: boolean;
}

/**
 * Changes a sound spec at one place, as its number and the seed say, makes all fixes that are sure, and compares what it
 * means: a wrong spec that became sound has to mean what the original means, a sound one what it meant.
 */
export function mutateAndFix(original: string, seed: number, number: number): Outcome {
  const { kind, text, meant } = mutate(original, stream(seed, 'mutated specs', number));
  const before = compiled(text);
  const wrong = hasErrors(before);
  let fixed = text;
  let fixes = 0;
  let after = before;
  for (let round = 0; round < maxRounds; round++) {
    const { texts, applied } = applyFixes(after.diagnostics, after.sources);
    const next = texts.get(path);
    if (next === undefined) break;
    fixed = next;
    fixes += applied.length;
    after = compiled(fixed);
  }
  const sound = !hasErrors(after);
  const needed = fixes > 0 && sound;
  return {
    kind,
    text,
    messages: before.diagnostics.filter(({ severity }) => severity !== 'note').length,
    wrong,
    fixes,
    fixed,
    sound,
    changed: needed && meaningOf(after) !== (wrong ? meaningOfText(meant) : meaningOf(before)),
  };
}

/** More rounds than any text of one mistake takes. */
const maxRounds = 10;

function compiled(text: string): Compilation {
  return compile(path, specHost({ [path]: text }));
}

function hasErrors({ diagnostics }: Compilation): boolean {
  return diagnostics.some(({ severity }) => severity === 'error');
}

const meanings = new Map<string, string>();

function meaningOfText(text: string): string {
  const known = meanings.get(text) ?? meaningOf(compiled(text));
  meanings.set(text, known);
  return known;
}

/** Everything that a spec comes to, without the places in its text. */
function meaningOf({ networks, experiments, sweeps, compares }: Compilation): string {
  return JSON.stringify([
    networks.map(({ name, graph }) => [name, graphHash(graph)]),
    experiments.map(({ name, plan }) => [name, plan]),
    sweeps.map(({ name, cells, reports }) => [name, cells, reports]),
    compares.map(({ name, members, reports }) => [name, members, reports]),
  ]);
}

/** One change of a text: of a character, of a token, or of its style, as people slip. */
export function mutate(text: string, random: Random): Mutation {
  const whole = (limit: number) => Math.floor(random.uniform(0, limit));
  const of = <T>(list: readonly T[]): T => list[whole(list.length)]!;
  const tokens = tokenize(text).tokens.map(({ startOffset, endOffset, image }) => ({
    start: startOffset,
    end: endOffset! + 1,
    image,
  }));
  const replaced = (start: number, end: number, by: string) => text.slice(0, start) + by + text.slice(end);
  const token = of(tokens);
  const next = tokens[tokens.indexOf(token) + 1] ?? token;
  const at = whole(text.length);
  const lines = text.split('\n');
  const row = whole(lines.length);
  const withLine = (line: readonly string[]) => lines.toSpliced(row, 1, ...line).join('\n');
  const words = tokens.filter(({ image }) => /^[A-Za-z_]\w*$/.test(image));
  const strings = tokens.filter(({ image }) => image.startsWith('"'));
  const numbers = tokens.filter(({ image }) => /^\d/.test(image));
  const word = of(words);
  const inWord = word.start + whole(word.image.length);
  const quoted = strings.length > 0 ? of(strings) : token;
  const number = numbers.length > 0 ? of(numbers) : token;
  const inner = quoted.image.slice(1, -1);
  const changes: Readonly<Record<string, () => string>> = {
    'a character removed': () => replaced(at, at + 1, ''),
    'a character doubled': () => replaced(at, at, text.charAt(at)),
    'a character replaced': () => replaced(at, at + 1, of(characters)),
    'a character added': () => replaced(at, at, of(characters)),
    'two characters exchanged': () => replaced(at, at + 2, text.charAt(at + 1) + text.charAt(at)),
    'a token removed': () => replaced(token.start, token.end, ''),
    'a token doubled': () => replaced(token.end, token.end, ` ${token.image}`),
    'a token replaced by another of the text': () => replaced(token.start, token.end, of(tokens).image),
    'a token replaced by a sign or word': () => replaced(token.start, token.end, of(signs)),
    'two tokens exchanged': () =>
      replaced(token.start, next.end, `${next.image}${text.slice(token.end, next.start)}${token.image}`),
    'a letter of a word removed': () => replaced(inWord, inWord + 1, ''),
    'a letter of a word replaced': () => replaced(inWord, inWord + 1, of(letters)),
    'a letter added to a word': () => replaced(inWord, inWord, of(letters)),
    'another case': () => replaced(word.start, word.end, word.image.toUpperCase()),
    'a word cut in two': () => replaced(inWord, inWord, ' '),
    'a line removed': () => withLine([]),
    'a line doubled': () => withLine([lines[row]!, lines[row]!]),
    'a line behind `#`': () => withLine([`# ${lines[row]}`]),
    'a comment behind `#`': () => withLine([`${lines[row]}  # as in the paper`]),
    'a comment between `/*` and `*/`': () => withLine(['/* as in the paper */', lines[row]!]),
    'a semicolon at the end of a line': () => withLine([`${lines[row]};`]),
    'single quotes': () => replaced(quoted.start, quoted.end, `'${inner}'`),
    'typographic quotes': () => replaced(quoted.start, quoted.end, `“${inner}”`),
    'a quote missing': () => replaced(quoted.end - 1, quoted.end, ''),
    'a unit apart': () => replaced(number.start, number.end, number.image.replace(/([a-z%]+)$/, ' $1')),
    'a unit missing': () => replaced(number.start, number.end, number.image.replace(/[a-z%]+$/, '')),
    'a number without its first digit': () => replaced(number.start, number.start + 1, ''),
    '`|` for `|>`': () => text.replace('|>', '|'),
    'no edition': () => text.replace(/^cmrnet 1\n/, ''),
  };
  const kind = of(Object.keys(changes));
  // A line behind `#` is a comment, as in other languages; only the edition is there again.
  const meant = kind === 'a line behind `#`' && row > 0 ? withLine([]) : text;
  return { kind, text: changes[kind]!(), meant };
}

const characters = [...'abcdefxyz0123459.,:;=+-*/|<>(){}[]"\'#@%_ \n“”'];
const letters = [...'abcdefghilmnoprstuw_'];
const signs = [
  ...[
    '|>',
    '|',
    '.',
    '..',
    '...',
    ',',
    ':',
    '=',
    '+',
    '-',
    '*',
    '/',
    '(',
    ')',
    '[',
    ']',
    '{',
    '}',
    ';',
    '#',
    '**',
    '==',
  ],
  ...[
    'let',
    'head',
    'stage',
    'block',
    'network',
    'serial',
    'in',
    'of',
    'if',
    'for',
    'return',
    'true',
    'relu',
    'conv',
  ],
];
