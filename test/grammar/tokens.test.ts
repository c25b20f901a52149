import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { CmrnetParser } from '../../grammar/parser.ts';
import { Identifier, isSoft, makeLexer, type Token, tokenize, words } from '../../grammar/tokens.ts';

const tokens = suite('tokens');

const table: readonly (readonly [text: string, expected: string])[] = [
  ['block Unit', 'Block Identifier'],
  ['blocks inputs lets', 'Identifier Identifier Identifier'],
  ['cmrnet 1', 'Cmrnet Number'],
  ['a.b..c...d', 'Identifier Dot Identifier To Identifier Ellipsis Identifier'],
  ['4..64', 'Number To Number'],
  ['4 .. 64', 'Number To Number'],
  ['x |> f | g', 'Identifier Apply Identifier Or Identifier'],
  ['-15deg .. 10%', 'Minus Number To Number'],
  ['3px 4mm 5ms 6GB 7MB 8', 'Number Number Number Number Number Number'],
  ['2 GB 3 MB', 'Number Number'],
  ['2  GB', 'Number Identifier'],
  ['2 GBs', 'Number Identifier'],
  ['15degrees', 'Number'],
  ['1e-7 0.003 2.5e3', 'Number Number Number'],
  ['"a \\"quoted\\" word"', 'String'],
  ["'single'", 'SingleQuoted'],
  ['"open\nx', 'Unterminated Identifier'],
  ['// x\ny /// z', 'Identifier'],
  ['# x\n/* y */ ; z', 'Identifier'],
  ['_ _x x_1', 'Identifier Identifier Identifier'],
];

for (const [text, expected] of table) {
  tokens(`${JSON.stringify(text)} is ${expected}`, () => {
    assert.is(
      tokenize(text)
        .tokens.map((token) => token.tokenType.name)
        .join(' '),
      expected,
    );
  });
}

tokens('a soft keyword is a name too, a reserved word is none', () => {
  const soft = words.filter(isSoft).map((word) => word.PATTERN);
  assert.equal(soft, ['cmrnet', 'from', 'of', 'step', 'vary', 'report', 'plot', 'by', 'loss']);
  for (const word of words) assert.is(isSoft(word), word.CATEGORIES?.includes(Identifier));
});

tokens('everything in a text is a token, a comment, a stray, unknown or blank', () => {
  const pieces = fc.constantFrom(
    'block',
    'x',
    '1',
    '2.5%',
    ' ',
    '\n',
    '..',
    '|>',
    '"',
    "'",
    '//',
    '{',
    '\\',
    '?',
    '#',
    ';',
  );
  const text = fc.oneof(
    fc.array(pieces, { maxLength: 30 }).map((parts) => parts.join('')),
    fc.string({ unit: 'binary', maxLength: 60 }),
  );
  fc.assert(
    fc.property(text, (written) => assert.is(rejoined(written), written)),
    { seed: 3, numRuns: 500 },
  );
});

for (const name of ['blocks', 'paper', 'ablations']) {
  tokens(`the tokens of specs/${name}.cmrnet make up its text`, () => {
    const text = readFileSync(new URL(`../../specs/${name}.cmrnet`, import.meta.url), 'utf8');
    assert.is(rejoined(text), text);
    assert.equal(tokenize(text).unknown, []);
    assert.equal(tokenize(text).strays, []);
  });
}

/** The text as the tokens have it, with blanks where there are none. */
function rejoined(text: string): string {
  const { tokens: seen, comments, strays, unknown } = tokenize(text);
  const parts = [...seen, ...comments, ...strays].map((token: Token) => ({
    start: token.startOffset,
    image: token.image,
  }));
  for (const { offset, length } of unknown)
    parts.push({ start: offset, image: text.slice(offset, offset + length) });
  parts.sort((a, b) => a.start - b.start);
  let out = '';
  for (const { start, image } of parts) {
    const gap = text.slice(out.length, start);
    assert.is(gap.trim(), '', 'a gap between tokens');
    out += gap + image;
  }
  const end = text.slice(out.length);
  assert.is(end.trim(), '', 'a gap at the end');
  return out + end;
}

tokens("chevrotain's own checks find nothing wrong with the vocabulary and the grammar", () => {
  assert.equal(makeLexer({ skipValidations: false }).lexerDefinitionErrors, []);
  assert.not.throws(() => new CmrnetParser({ skipValidations: false }));
});

tokens.run();
