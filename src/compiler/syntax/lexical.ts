import {
  CloseBrace,
  CloseBracket,
  CloseParenthesis,
  Cmrnet,
  Dot,
  Equals,
  ForeignComment,
  Identifier,
  inventToken,
  NumberLiteral,
  OpenBrace,
  OpenBracket,
  OpenParenthesis,
  SingleQuoted,
  StringLiteral,
  type Terminal,
  type Token,
  tokenize,
  Unterminated,
  units,
} from '../../../grammar/tokens.ts';
import type { Bag } from '../diagnostics/diagnostic.ts';
import { alternatives, didYouMean, distance } from '../diagnostics/suggest.ts';
import type { SourceFile } from '../source/source-file.ts';
import type { Span } from '../source/span.ts';
import { spanOfToken } from './concrete.ts';
import { escapes, unitOf } from './expressions.ts';
import { isWritable, numberRange } from './numbers.ts';

/** The edition that this compiler reads and writes. */
export const edition = '1';

/** The tokens for the parser, and the comments that it does not see. */
export interface Lexed {
  readonly tokens: readonly Token[];
  readonly comments: readonly Token[];
  /** Where something stands that is no token, which is reported. */
  readonly strange: readonly number[];
}

/** Cuts a text into tokens, reports what is wrong with single ones, and hands on what the parser can read. */
export function lex(source: SourceFile, bag: Bag): Lexed {
  const { tokens, comments, strays, unknown } = tokenize(source.text);
  const place = (start: number, end: number): Span => ({ file: source.path, start, end });
  const percents = new Set<number>();
  for (const { offset, length } of unknown) {
    const characters = source.text.slice(offset, offset + length);
    if (characters === '%' && numberBefore(tokens, source.text, offset) !== undefined) percents.add(offset);
    else unknownCharacters(characters, place(offset, offset + length), bag);
  }
  for (const stray of strays) strayToken(stray, place(stray.startOffset, stray.endOffset! + 1), bag);
  const joined = joinUnits(tokens, percents, source, bag);
  for (const token of joined) valueToken(token, source, bag);
  const strange = unknown.map(({ offset }) => offset).filter((offset) => !percents.has(offset));
  return { tokens: shallow(joined, source, bag), comments, strange };
}

function unknownCharacters(characters: string, at: Span, bag: Bag): void {
  const quotes = /^[“”„«»]+$/.test(characters);
  bag.report('unknownCharacter', {
    at,
    arguments: { characters: `\`${characters}\`` },
    notes: /\p{L}/u.test(characters)
      ? ['names are made of the letters a to z and A to Z, digits and `_`']
      : quotes
        ? []
        : ['strings and comments may hold any character'],
    help: quotes
      ? [{ message: 'strings stand in straight double quotes', edits: [{ span: at, text: '"' }] }]
      : [],
  });
}

function strayToken(token: Token, at: Span, bag: Bag): void {
  if (token.tokenType === ForeignComment) {
    const text = `// ${token.image.replace(/^#+ ?|^\/\*+ ?| ?\*+\/$/g, '')}`;
    const edits = text.includes('\n') ? {} : { edits: [{ span: at, text: text.trimEnd() }] };
    bag.report('foreignComment', {
      at,
      arguments: {},
      help: [{ message: 'start each line of a comment with `//`', ...edits }],
    });
    return;
  }
  bag.report('unknownCharacter', {
    at,
    arguments: { characters: `\`${token.image}\`` },
    notes: ['statements and settings need no sign at their end'],
    help: [{ message: `remove \`${token.image}\``, edits: [{ span: at, text: '' }] }],
  });
}

/** Reports a value that is one token but not written as it must be. */
function valueToken(token: Token, source: SourceFile, bag: Bag): void {
  const at = spanOfToken(token, source.path);
  if (token.tokenType === Unterminated) {
    const span = { ...at, start: at.start + token.image.trimEnd().length };
    const help = [{ message: 'add `"`', edits: [{ span: { ...span, end: span.start }, text: '"' }] }];
    bag.report('unterminatedString', { at, arguments: {}, label: 'starts here', help });
  } else if (token.tokenType === SingleQuoted) {
    const text = JSON.stringify(token.image.slice(1, -1));
    const help = [{ message: 'use double quotes', edits: [{ span: at, text }] }];
    bag.report('singleQuotes', { at, arguments: {}, help });
  } else if (token.tokenType === StringLiteral) {
    for (const found of token.image.matchAll(/\\(.)/g)) {
      if (escapes.has(found[1]!)) continue;
      const start = at.start + found.index;
      bag.report('unknownEscape', {
        at: { ...at, start, end: start + found[0].length },
        arguments: { escape: found[0] },
        notes: [
          `strings know ${alternatives(
            [...escapes.keys()].map((letter) => `\\${letter}`),
            'and',
          )}`,
        ],
        help: [
          {
            message: 'write `\\\\` for a backslash',
            edits: [{ span: { ...at, start, end: start }, text: '\\' }],
          },
        ],
      });
    }
  } else if (token.tokenType === NumberLiteral) {
    const unit = unitOf(token);
    if (!isWritable(token.image.slice(0, token.image.length - unit.length))) {
      bag.report('numberTooLarge', {
        at,
        arguments: {},
        notes: [numberRange],
        help: [{ message: 'write a smaller number' }],
      });
    }
    if (unit === '' || units.some((other) => other === unit)) return;
    const span = { ...at, start: at.end - unit.length };
    bag.report('unknownUnit', {
      at: span,
      arguments: { unit },
      notes: [`the units are ${alternatives(units, 'and')}`],
      help: didYouMean(span, unit, units),
    });
  }
}

/** Joins a unit that stands apart from its number, as in `15 deg`, to one token, and reports it. */
function joinUnits(
  tokens: readonly Token[],
  percents: ReadonlySet<number>,
  source: SourceFile,
  bag: Bag,
): readonly Token[] {
  const out: Token[] = [];
  for (const [index, token] of tokens.entries()) {
    const number =
      token.tokenType === Identifier ? numberBefore(out, source.text, token.startOffset) : undefined;
    const setting = openers.has(tokens[index + 1]?.tokenType);
    if (number === undefined || setting || !isUnit(token.image)) out.push(token);
    else out[out.length - 1] = joinUnit(number, token.startOffset, token.image, source, bag);
  }
  for (const offset of percents) {
    const index = out.findLastIndex((token) => token.startOffset < offset);
    out[index] = joinUnit(out[index]!, offset, '%', source, bag);
  }
  return out;
}

/** Whether a word is a unit or a slip away from one. */
function isUnit(word: string): boolean {
  return units.some((unit) => distance(word, unit) <= 1);
}

/** What follows the first name of a setting. */
const openers: ReadonlySet<Terminal | undefined> = new Set([Equals, Dot, OpenBrace]);

function joinUnit(number: Token, offset: number, unit: string, source: SourceFile, bag: Bag): Token {
  const start = number.endOffset! + 1;
  const gap = { file: source.path, start, end: offset };
  if (units.some((other) => other === unit)) {
    bag.report('detachedUnit', {
      at: { ...gap, start: offset, end: offset + unit.length },
      arguments: { unit },
      help: [{ message: `write \`${number.image}${unit}\``, edits: [{ span: gap, text: '' }] }],
    });
  }
  return { ...number, image: number.image + unit, endOffset: offset + unit.length - 1 };
}

/** The number without a unit that an offset follows on the same line. */
function numberBefore(tokens: readonly Token[], text: string, offset: number): Token | undefined {
  const before = tokens.findLast((token) => token.startOffset < offset);
  if (before?.tokenType !== NumberLiteral || unitOf(before) !== '') return undefined;
  return /^[ \t]+$/.test(text.slice(before.endOffset! + 1, offset)) ? before : undefined;
}

/** How deep brackets may nest: the parser and every later phase descend them. */
const maxDepth = 64;

/** The tokens with nothing but a hole inside brackets that are too deep, which are reported. */
function shallow(tokens: readonly Token[], source: SourceFile, bag: Bag): readonly Token[] {
  const out: Token[] = [];
  let depth = 0;
  for (const token of tokens) {
    if (closers.has(token.tokenType)) depth = Math.max(0, depth - 1);
    if (depth <= maxDepth) out.push(token);
    if (!brackets.has(token.tokenType)) continue;
    depth++;
    if (depth !== maxDepth + 1) continue;
    bag.report('nestedTooDeeply', {
      at: spanOfToken(token, source.path),
      arguments: { limit: maxDepth },
      help: [{ message: 'name parts of it with `let`, or write a `block`' }],
    });
    out.push(inventToken(NumberLiteral, token.endOffset! + 1));
  }
  return out;
}

/** The opening brackets, each with its closing one. */
export const brackets: ReadonlyMap<Terminal, Terminal> = new Map([
  [OpenBrace, CloseBrace],
  [OpenParenthesis, CloseParenthesis],
  [OpenBracket, CloseBracket],
]);

/** The closing brackets. */
export const closers: ReadonlySet<Terminal> = new Set(brackets.values());

/** The tokens with an edition before them; where the text has none, it is reported and two tokens are invented. */
export function withEdition(tokens: readonly Token[], source: SourceFile, bag: Bag): readonly Token[] {
  const [first, second] = tokens;
  if (first?.tokenType === Cmrnet) return tokens;
  // A misspelt `cmrnet` is left to the parser, which finds the word that was meant.
  if (first?.tokenType === Identifier && second?.tokenType === NumberLiteral) return tokens;
  const start = source.text.startsWith('\uFEFF') ? 1 : 0;
  const span = { file: source.path, start, end: start };
  bag.report('missingEdition', {
    at: first === undefined ? span : { ...span, start: first.startOffset, end: first.endOffset! + 1 },
    arguments: {},
    help: [
      {
        message: `start the file with \`cmrnet ${edition}\``,
        edits: [{ span, text: `cmrnet ${edition}\n\n` }],
      },
    ],
  });
  return [inventToken(Cmrnet, start), inventToken(NumberLiteral, start), ...tokens];
}
