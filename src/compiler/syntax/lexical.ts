import {
  Cmrnet,
  Dot,
  Equals,
  Identifier,
  inventToken,
  NumberLiteral,
  OpenBrace,
  type Terminal,
  type Token,
  type Tokens,
  tokenize,
  units,
} from '../../../grammar/tokens.ts';
import type { Bag } from '../diagnostics/diagnostic.ts';
import { distance } from '../diagnostics/suggest.ts';
import type { SourceFile } from '../source/source-file.ts';
import type { Span } from '../source/span.ts';
import { balanced } from './balance.ts';
import { brackets, closers } from './brackets.ts';
import { spanOfToken } from './concrete.ts';
import { unitOf } from './expressions.ts';
import { reportStray, reportValue } from './malformed.ts';

/** The edition that this compiler reads and writes. */
export const edition = '1';

/** The tokens for the parser, and the comments that it does not see. */
export interface Lexed {
  readonly tokens: readonly Token[];
  readonly comments: readonly Token[];
  /** Characters that are no token. */
  readonly strange: readonly Span[];
}

/** With more strange characters than that a text is no spec, and what comes behind them is not read. */
const maxStrange = 300;

/** The tokens of a text, up to the last strange character that is worth telling. */
function readable(read: Tokens): Tokens {
  const { tokens, comments, strays, unknown } = read;
  const places = [...strays.map(({ startOffset }) => startOffset), ...unknown.map(({ offset }) => offset)];
  const end = places.length > maxStrange ? places.sort((a, b) => a - b)[maxStrange]! : undefined;
  if (end === undefined) return read;
  const before = (token: Token) => token.startOffset < end;
  return {
    tokens: tokens.filter(before),
    comments: comments.filter(before),
    strays: strays.filter(before),
    unknown: unknown.filter(({ offset }) => offset < end),
  };
}

/** Cuts a text into tokens, reports what is wrong with single ones, and hands on what the parser can read. */
export function lex(source: SourceFile, bag: Bag): Lexed {
  const { tokens, comments, strays, unknown } = readable(tokenize(source.text));
  const place = (start: number, end: number): Span => ({ file: source.path, start, end });
  const percents = new Set<number>();
  const strange: Span[] = [];
  for (const { offset, length } of unknown) {
    const characters = source.text.slice(offset, offset + length);
    if (characters === '%' && numberBefore(tokens, source.text, offset) !== undefined) percents.add(offset);
    else strange.push(place(offset, offset + length));
  }
  for (const stray of strays) reportStray(stray, tokens, source, bag);
  const joined = joinPoints(joinUnits(tokens, percents, source, bag), source, bag);
  for (const token of joined) reportValue(token, source, bag);
  return { tokens: balanced(shallow(joined, source, bag), source, bag), comments, strange };
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
      help: [{ message: `write \`${number.image}${unit}\``, fix: 'join', edits: [{ span: gap, text: '' }] }],
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

/** Joins a point to the digits behind it, as in `.5`, where no value stands before it, and reports it. */
function joinPoints(tokens: readonly Token[], source: SourceFile, bag: Bag): readonly Token[] {
  const out: Token[] = [];
  for (const token of tokens) {
    const point = out.at(-1);
    const joins =
      token.tokenType === NumberLiteral &&
      point?.tokenType === Dot &&
      point.endOffset! + 1 === token.startOffset &&
      !endsValue(out.at(-2));
    if (!joins) {
      out.push(token);
      continue;
    }
    const joined = { ...token, startOffset: point.startOffset, image: `0.${token.image}` };
    bag.report('bareFraction', {
      at: spanOfToken(joined, source.path),
      arguments: { written: `.${token.image}` },
      help: [
        {
          message: `write \`${joined.image}\``,
          fix: 'zero',
          edits: [{ span: { ...spanOfToken(point, source.path), end: point.startOffset }, text: '0' }],
        },
      ],
    });
    out[out.length - 1] = joined;
  }
  return out;
}

/** Whether a value may end with a token, so that a point behind it names a part of that value. */
function endsValue(token: Token | undefined): boolean {
  const type = token?.tokenType;
  return type === Identifier || type === NumberLiteral || (type !== undefined && closers.has(type));
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
        fix: 'edition',
        edits: [{ span, text: `cmrnet ${edition}\n\n` }],
      },
    ],
  });
  return [inventToken(Cmrnet, start), inventToken(NumberLiteral, start), ...tokens];
}
