import {
  CloseBrace,
  ForeignComment,
  NumberLiteral,
  OpenBrace,
  SingleQuoted,
  StringLiteral,
  type Token,
  TypographicallyQuoted,
  Unterminated,
  units,
} from '../../../grammar/tokens.ts';
import type { Bag } from '../diagnostics/diagnostic.ts';
import { alternatives, didYouMean } from '../diagnostics/suggest.ts';
import type { SourceFile } from '../source/source-file.ts';
import type { Span } from '../source/span.ts';
import { brackets, closers } from './brackets.ts';
import { spanOfToken } from './concrete.ts';
import { escapes, unitOf } from './expressions.ts';
import { isWritable, numberRange } from './numbers.ts';

// What is wrong with single characters and tokens, whatever stands around them.

/** Reports characters that start no token. */
export function reportCharacters(characters: string, at: Span, bag: Bag): void {
  const quotes = /^[“”„«»‘’‚]+$/.test(characters);
  const sign = lookAlikes.get(characters);
  bag.report('unknownCharacter', {
    at,
    arguments: { characters: `\`${characters}\`` },
    notes: /\p{L}/u.test(characters)
      ? ['names are made of the letters a to z and A to Z, digits and `_`']
      : quotes || sign
        ? []
        : ['strings and comments may hold any character'],
    help: quotes
      ? [
          {
            message: 'strings stand in straight double quotes',
            fix: 'sign',
            edits: [{ span: at, text: '"' }],
          },
        ]
      : sign
        ? [{ message: `write \`${sign}\``, fix: 'sign', edits: [{ span: at, text: sign }] }]
        : [],
  });
}

/** Signs that word processors put for those of the language. */
const lookAlikes: ReadonlyMap<string, string> = new Map([
  ['–', '-'],
  ['−', '-'],
  ['×', '*'],
  ['·', '*'],
  ['…', '..'],
  ['▷', '|>'],
]);

/** Reports a sign or comment of another language. */
export function reportStray(stray: Token, tokens: readonly Token[], source: SourceFile, bag: Bag): void {
  const at = spanOfToken(stray, source.path);
  const { line } = source.position(at.end);
  const { line: first } = source.position(at.start);
  const before = source.text.slice(source.lineStart(first), at.start).trim();
  const behind = source.text.slice(at.end).split('\n', 1)[0]!.trim();
  if (stray.tokenType === ForeignComment) {
    const text = `// ${stray.image.replace(/^#+ ?|^\/\*+ ?| ?\*+\/$/g, '')}`.trimEnd();
    const alone = line === first && behind === '';
    // A `#` may also have slipped into a line of code, of which no part may be lost unseen.
    const isComment = before === '' && /^(#+|\/\*+)(\s|$)/.test(stray.image) && !looksLikeCode.test(text);
    bag.report('foreignComment', {
      at,
      arguments: {},
      help: [
        alone
          ? { message: comments, fix: isComment ? 'comment' : 'line', edits: [{ span: at, text }] }
          : { message: comments },
      ],
    });
    return;
  }
  const ends = (behind === '' || behind.startsWith('//')) && !insideBrackets(stray, tokens);
  bag.report('unknownCharacter', {
    at,
    arguments: { characters: `\`${stray.image}\`` },
    notes: ['statements and settings need no sign at their end'],
    help: [
      {
        message: `remove \`${stray.image}\``,
        fix: ends ? 'semicolon' : 'sign',
        edits: [{ span: at, text: ends ? '' : ' ' }],
      },
    ],
  });
}

/** Signs that prose has none of. */
const looksLikeCode = /[=|{}()[\]@_]|\.\w/;

const comments = 'start each line of a comment with `//`';

/** Whether a value goes on at a place, inside `(` or `[`. */
function insideBrackets(stray: Token, tokens: readonly Token[]): boolean {
  let depth = 0;
  for (const { tokenType, startOffset } of tokens) {
    if (startOffset > stray.startOffset) break;
    if (tokenType === OpenBrace || tokenType === CloseBrace) depth = 0;
    else if (brackets.has(tokenType)) depth++;
    else if (closers.has(tokenType)) depth--;
  }
  return depth > 0;
}

/** Reports a value that is one token but not written as it must be. */
export function reportValue(token: Token, source: SourceFile, bag: Bag): void {
  const at = spanOfToken(token, source.path);
  const { tokenType } = token;
  if (tokenType === Unterminated) reportUnterminated(token, at, bag);
  else if (tokenType === SingleQuoted) reportQuotes('singleQuotes', token, at, bag);
  else if (tokenType === TypographicallyQuoted) reportQuotes('typographicQuotes', token, at, bag);
  else if (tokenType === StringLiteral) reportEscapes(token, at, bag);
  else if (tokenType === NumberLiteral) reportNumber(token, at, bag);
}

function reportUnterminated(token: Token, at: Span, bag: Bag): void {
  const end = at.start + token.image.trimEnd().length;
  bag.report('unterminatedString', {
    at,
    arguments: {},
    label: 'starts here',
    help: [{ message: 'add `"`', fix: 'quote', edits: [{ span: { ...at, start: end, end }, text: '"' }] }],
  });
}

function reportQuotes(name: 'singleQuotes' | 'typographicQuotes', token: Token, at: Span, bag: Bag): void {
  const inner = token.image.slice(1, -1);
  const plain = !/["\\]/.test(inner);
  bag.report(name, {
    at,
    arguments: {},
    help: [
      {
        message: 'use double quotes',
        fix: plain ? 'doubleQuotes' : 'quotes',
        edits: [{ span: at, text: JSON.stringify(inner) }],
      },
    ],
  });
}

function reportEscapes(token: Token, at: Span, bag: Bag): void {
  for (const found of token.image.matchAll(/\\(.)/g)) {
    if (escapes.has(found[1]!)) continue;
    const start = at.start + found.index;
    const letters = [...escapes.keys()].map((letter) => `\\${letter}`);
    bag.report('unknownEscape', {
      at: { ...at, start, end: start + found[0].length },
      arguments: { escape: found[0] },
      notes: [`strings know ${alternatives(letters, 'and')}`],
      help: [
        {
          message: 'write `\\\\` for a backslash',
          fix: 'backslash',
          edits: [{ span: { ...at, start, end: start }, text: '\\' }],
        },
      ],
    });
  }
}

function reportNumber(token: Token, at: Span, bag: Bag): void {
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
