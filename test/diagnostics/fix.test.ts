import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Bag, type Diagnostic, type Edit } from '../../src/compiler/diagnostics/diagnostic.ts';
import { applyEdits, applyFixes } from '../../src/compiler/diagnostics/fix.ts';
import { SourceFile } from '../../src/compiler/source/source-file.ts';
import { parseFile } from '../../src/compiler/syntax/parse.ts';

const fixes = suite('fixes');

function edit(start: number, end: number, text: string, file = 'a'): Edit {
  return { span: { file, start, end }, text };
}

function offering(...helps: readonly (readonly Edit[])[]): Diagnostic {
  return {
    code: 'CMR101',
    name: 'n',
    severity: 'error',
    message: 'm',
    primary: { span: { file: 'a', start: 0, end: 0 }, text: '' },
    secondary: [],
    notes: [],
    help: helps.map((edits) => ({ message: 'h', edits, applicability: 'sure' as const })),
  };
}

/** The text after as many rounds of fixing as change something. */
function fixed(text: string): { readonly text: string; readonly left: readonly string[] } {
  for (let current = text; ; ) {
    const bag = new Bag();
    parseFile('a', current, bag);
    const found = bag.sorted();
    const { texts } = applyFixes(found, new Map([['a', new SourceFile('a', current)]]));
    const next = texts.get('a');
    if (next === undefined) return { text: current, left: found.map((item) => item.message) };
    assert.is.not(next, current);
    current = next;
  }
}

fixes('edits are made where they point, in any order', () => {
  assert.is(applyEdits('abcdef', [edit(4, 5, 'X'), edit(0, 1, ''), edit(2, 2, '--')]), 'b--cdXf');
});

fixes('edits without overlap leave the rest of the text as it is', () => {
  const cuts = fc.uniqueArray(fc.nat(20), { maxLength: 8 });
  fc.assert(
    fc.property(cuts, (places) => {
      const text = 'abcdefghijklmnopqrstu';
      const edits = places.map((place) => edit(place, place + 1, '.'));
      const expected = [...text].map((letter, index) => (places.includes(index) ? '.' : letter)).join('');
      assert.is(applyEdits(text, edits), expected);
    }),
    { seed: 1 },
  );
});

fixes('a help that overlaps an earlier one waits, as a whole', () => {
  const sources = new Map([['a', new SourceFile('a', 'abcdef')]]);
  const first = offering([edit(1, 3, 'X')]);
  const second = offering([edit(2, 4, 'Y'), edit(5, 6, 'Z')]);
  const third = offering([edit(3, 4, 'W')]);
  const { texts, applied } = applyFixes([first, second, third], sources);
  assert.is(texts.get('a'), 'aXWef');
  assert.equal(applied, [first, third]);
});

fixes('a diagnostic with several ways to mend it, or with places elsewhere, is left to people', () => {
  const sources = new Map([['a', new SourceFile('a', 'abc')]]);
  const either = offering([edit(0, 1, 'X')], [edit(0, 1, 'Y')]);
  const elsewhere = offering([edit(0, 1, 'X', 'b')]);
  const outside = offering([edit(2, 9, 'X')]);
  const { texts, applied } = applyFixes([either, elsewhere, outside], sources);
  assert.is(texts.size, 0);
  assert.equal(applied, []);
});

fixes('a suggestion that may not be what was meant is left to people', () => {
  const sources = new Map([['a', new SourceFile('a', 'abc')]]);
  const unsure: Diagnostic = {
    ...offering(),
    help: [{ message: 'h', edits: [edit(0, 1, 'X')], applicability: 'maybe' }],
  };
  const { texts, applied } = applyFixes([unsure], sources);
  assert.is(texts.size, 0);
  assert.equal(applied, []);
});

fixes('an edit that chooses between meanings is not made', () => {
  const guesses = ['a = 8 ** 2', 'a = .5', 'a = [1 2]', 'a = 1;5', 'a = [1; -5]', 'a = 1 # + 2'];
  for (const guess of guesses) {
    const text = `cmrnet 1\n\nvariant V of W {\n  ${guess}\n}\n`;
    assert.is(fixed(text).text, text);
  }
  for (const text of ['cmrnet 2\n', 'cmrnet 1\n\nsweepW idths of W {\n}\n']) {
    assert.is(fixed(text).text, text);
  }
});

const mended: readonly (readonly [sentence: string, text: string, expected: string])[] = [
  [
    'slips of spelling and signs',
    'cmrent 1\nnetwrok A() {\n  input x: [h, w, c]\n  outptu x | relu()\n}\n',
    'cmrnet 1\nnetwork A() {\n  input x: [h, w, c]\n  output x |> relu()\n}\n',
  ],
  [
    'signs of other languages',
    "# hi\nvariant V of W {\n  a = 'x';\n  b = “y”\n  d = 15 deg\n}\n",
    'cmrnet 1\n\n// hi\nvariant V of W {\n  a = "x"\n  b = "y"\n  d = 15deg\n}\n',
  ],
  [
    'an import in the wrong place',
    'cmrnet 1\nvariant V of W {}\nimport { W } from "./w"\n',
    'cmrnet 1\n\nimport { W } from "./w"\nvariant V of W {}\n',
  ],
];

for (const [sentence, text, expected] of mended) {
  fixes(`mend ${sentence}`, () => {
    const result = fixed(text);
    assert.equal(result.left, []);
    assert.is(result.text.replaceAll(' :', ':'), expected);
  });
}

fixes.run();
