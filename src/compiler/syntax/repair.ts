import { type Entry, type Parsed, parseTokens } from '../../../grammar/parser.ts';
import {
  Apply,
  CloseParenthesis,
  Colon,
  Comma,
  Ellipsis,
  Equals,
  From,
  Identifier,
  In,
  inventToken,
  Minus,
  Of,
  OpenParenthesis,
  Or,
  Output,
  Plus,
  retypeToken,
  Slash,
  Star,
  signs,
  type Terminal,
  To,
  type Token,
  words,
} from '../../../grammar/tokens.ts';
import type { Advice } from '../diagnostics/diagnostic.ts';
import { distance, suggestions } from '../diagnostics/suggest.ts';
import { brackets, closers } from './brackets.ts';
import { spanOfToken } from './concrete.ts';

/** A small change of the tokens after which the parser gets further. */
export type Repair = { readonly tokens: readonly Token[] } & (
  | { readonly kind: 'sign'; readonly help: Advice<'pipe' | 'sign'> }
  | { readonly kind: 'keyword'; readonly help: Advice<'keyword' | 'spelling'>; readonly misspelt: Token }
  | { readonly kind: 'parentheses'; readonly help: Advice<'parentheses'> }
  | { readonly kind: 'type'; readonly help: Advice<'type'>; readonly untyped: Token }
);

/** How many tokens further the parser must get: fewer could be chance. */
const minGain = 2;

/**
 * The change at a failure that brings the parser furthest: a keyword spelt right, a sign replaced, added or removed.
 * @param at index of the token that the parser could not take
 * @param fitting names of the token types that it would have taken
 * @param reported index of the last failure before, which is dealt with
 */
export function findRepair(
  entry: Entry,
  tokens: readonly Token[],
  at: number,
  fitting: readonly string[],
  reported: number,
  path: string,
): Repair | undefined {
  const minLeft = tokens.length - at - minGain;
  let best: { readonly repair: Repair; readonly left: number } | undefined;
  for (const repair of candidates(tokens, at, fitting, path)) {
    const left = tokensLeft(entry, repair.tokens, reported);
    if ((left < 0 || left <= minLeft) && (best === undefined || left < best.left)) best = { repair, left };
    if (left < 0) break;
  }
  return best?.repair;
}

/** How many tokens are left at the first failure after an index; -1 when there is none. */
function tokensLeft(entry: Entry, tokens: readonly Token[], after: number): number {
  const failing = parseAfter(entry, tokens, after).failures.map((failure) => indexOf(tokens, failure.token));
  const next = failing.filter((index) => index > after).sort((a, b) => a - b)[0];
  return next === undefined ? -1 : tokens.length - next;
}

/** Parses tokens up to the first failure after an index; the tree is whole when there is none. */
export function parseAfter(entry: Entry, tokens: readonly Token[], after: number): Parsed {
  return parseTokens(entry, tokens, (failing) => indexOf(tokens, failing) > after);
}

/** The index of a token; that of the end of the text is the number of tokens. */
export function indexOf(tokens: readonly Token[], token: Token): number {
  const index = tokens.indexOf(token);
  return index === -1 ? tokens.length : index;
}

function* candidates(
  tokens: readonly Token[],
  at: number,
  fitting: readonly string[],
  path: string,
): Generator<Repair> {
  yield* spellings(tokens, at, path);
  yield* spellings(tokens, at - 1, path);
  const found = tokens[at];
  if (found === undefined) return;
  if (fitting.length === 1 && fitting[0] === Colon.name) yield* types(tokens, at, path);
  yield* parentheses(tokens, at, path);
  const wanted = [...signs, ...joints].filter((type) => fitting.includes(type.name));
  if (fitting.includes(Identifier.name) && words.includes(found.tokenType)) {
    const help = { message: `\`${found.image}\` has a meaning of its own: choose another name` };
    yield { kind: 'sign', tokens: tokens.with(at, retypeToken(found, Identifier)), help };
  }
  if (found.tokenType === Or) yield replacement(tokens, at, Apply, path);
  for (const type of wanted)
    if (exchangeable(found.tokenType, type)) yield replacement(tokens, at, type, path);
  for (const type of wanted) {
    if (!brackets.has(type) || fitting.length === 1) yield insertion(tokens, at, type, path);
  }
  if (tokens[at - 1]?.tokenType === Colon) yield replacement(tokens, at - 1, Equals, path);
  if (tokens[at - 1]?.tokenType === Equals) yield replacement(tokens, at - 1, Colon, path);
  if (signs.includes(found.tokenType) && !isDoubled(tokens, at)) yield removal(tokens, at, path);
  if (found.tokenType === Equals && at > 0) yield removal(tokens, at - 1, path);
}

/** The words that join two parts of a line, and may have been left out. */
const joints: readonly Terminal[] = [Of, In, From];

/** Whether one sign may have been written for another: a bracket only for its like. */
function exchangeable(found: Terminal, wanted: Terminal): boolean {
  if (!signs.includes(found) || !signs.includes(wanted)) return false;
  return brackets.has(found) === brackets.has(wanted) && closers.has(found) === closers.has(wanted);
}

/** The keywords that a name at an index may have been meant to be. */
function* spellings(tokens: readonly Token[], at: number, path: string): Generator<Repair> {
  const token = tokens[at];
  if (token?.tokenType !== Identifier) return;
  const close = suggestions(token.image, words.map(signOf));
  for (const word of close) {
    const type = words.find((keyword) => signOf(keyword) === word)!;
    // A letter too many or too few may belong to the word beside it, as in `sweepW idths`.
    const sameLength = token.image.length === word.length;
    const isSure = close.length === 1 && sameLength && word.length >= 4 && distance(token.image, word) === 1;
    yield {
      kind: 'keyword',
      tokens: tokens.with(at, retypeToken(token, type)),
      misspelt: token,
      help: {
        message: `did you mean \`${word}\`?`,
        fix: isSure ? 'keyword' : 'spelling',
        edits: [{ span: spanOfToken(token, path), text: word }],
      },
    };
  }
}

/** The type of a parameter that has none: nothing is said about it later, and offered is that of the next one. */
function* types(tokens: readonly Token[], at: number, path: string): Generator<Repair> {
  const untyped = tokens[at - 1];
  const ends = [Comma, CloseParenthesis, Equals, In].includes(tokens[at]!.tokenType);
  if (untyped?.tokenType !== Identifier || !ends) return;
  const offset = untyped.endOffset! + 1;
  const next = tokens[at + 1]?.tokenType === Identifier && tokens[at + 2]?.tokenType === Colon;
  const type = next ? tokens[at + 3]?.image : undefined;
  const message = `write \`${untyped.image}: ${type ?? 'int'}\``;
  const edits = [{ span: { file: path, start: offset, end: offset }, text: `: ${type}` }];
  yield {
    kind: 'type',
    tokens: tokens.toSpliced(at, 0, inventToken(Colon, offset), inventToken(Identifier, offset)),
    untyped,
    help: type === undefined ? { message: `${message}, or another type` } : { message, fix: 'type', edits },
  };
}

/** Parentheses around `x |> f()` where a sign of arithmetic follows: `|>` binds loosest. */
function* parentheses(tokens: readonly Token[], at: number, path: string): Generator<Repair> {
  if (!arithmetic.includes(tokens[at]!.tokenType)) return;
  const from = startOfPipe(tokens, at);
  const [first, last] = [tokens[from ?? at]!, tokens[at - 1]!];
  if (from === undefined) return;
  const [start, end] = [first.startOffset, last.endOffset! + 1];
  yield {
    kind: 'parentheses',
    tokens: tokens
      .toSpliced(at, 0, inventToken(CloseParenthesis, end))
      .toSpliced(from, 0, inventToken(OpenParenthesis, start)),
    help: {
      message: `put what stands before \`${tokens[at]!.image}\` in parentheses`,
      fix: 'parentheses',
      edits: [
        { span: { file: path, start, end: start }, text: '(' },
        { span: { file: path, start: end, end }, text: ')' },
      ],
    },
  };
}

/** Where the expression begins that ends before an index; undefined where it has no `|>`. */
function startOfPipe(tokens: readonly Token[], at: number): number | undefined {
  let depth = 0;
  let applies = false;
  for (let index = at - 1; index >= 0; index--) {
    const { tokenType } = tokens[index]!;
    if (depth === 0 && tokenType === Apply) applies = true;
    if (closers.has(tokenType)) depth++;
    const begins = brackets.has(tokenType) ? --depth < 0 : depth === 0 && beforeValue.includes(tokenType);
    if (begins) return applies ? index + 1 : undefined;
  }
  return undefined;
}

/** What an expression stands behind. */
const beforeValue: readonly Terminal[] = [Equals, Comma, Output, To, In, Ellipsis];

const arithmetic: readonly Terminal[] = [Plus, Minus, Star, Slash];

/** Whether a sign of arithmetic follows another: then one was meant that the language does not have. */
function isDoubled(tokens: readonly Token[], at: number): boolean {
  return (
    arithmetic.includes(tokens[at]!.tokenType) && arithmetic.includes(tokens[at - 1]?.tokenType as Terminal)
  );
}

function replacement(tokens: readonly Token[], at: number, type: Terminal, path: string): Repair {
  const token = tokens[at]!;
  const sign = signOf(type);
  return {
    kind: 'sign',
    tokens: tokens.with(at, retypeToken(token, type)),
    help: {
      message: `write \`${sign}\` instead of \`${token.image}\``,
      fix: token.tokenType === Or && type === Apply ? 'pipe' : 'sign',
      edits: [{ span: spanOfToken(token, path), text: sign }],
    },
  };
}

function insertion(tokens: readonly Token[], at: number, type: Terminal, path: string): Repair {
  const sign = signOf(type);
  const before = tokens[at - 1];
  const offset = before === undefined ? tokens[at]!.startOffset : before.endOffset! + 1;
  const closesBlock = sign === '}';
  const spaced = words.includes(type) || sign === '=' || sign === '|>';
  const text = closesBlock ? '\n}' : spaced ? ` ${sign}` : sign;
  return {
    kind: 'sign',
    tokens: tokens.toSpliced(at, 0, inventToken(type, offset)),
    help: {
      message: `add \`${sign}\``,
      fix: 'sign',
      edits: [{ span: { file: path, start: offset, end: offset }, text }],
    },
  };
}

function removal(tokens: readonly Token[], at: number, path: string): Repair {
  const token = tokens[at]!;
  return {
    kind: 'sign',
    tokens: tokens.toSpliced(at, 1),
    help: {
      message: `remove \`${token.image}\``,
      fix: 'sign',
      edits: [{ span: spanOfToken(token, path), text: '' }],
    },
  };
}

function signOf(type: Terminal): string {
  return String(type.PATTERN);
}

/** The innermost bracket that is still open before an index. */
export function unclosed(tokens: readonly Token[], before: number): Token | undefined {
  const open: Token[] = [];
  for (const token of tokens.slice(0, before)) {
    if (brackets.has(token.tokenType)) open.push(token);
    else if (open.length > 0 && brackets.get(open.at(-1)!.tokenType) === token.tokenType) open.pop();
  }
  return open.at(-1);
}
