import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { tokenize } from '../../grammar/tokens.ts';
import { Bag } from '../../src/compiler/diagnostics/diagnostic.ts';
import { SourceFile } from '../../src/compiler/source/source-file.ts';
import type * as ast from '../../src/compiler/syntax/ast.ts';
import { formatFile } from '../../src/compiler/syntax/format/format.ts';
import { parseFile } from '../../src/compiler/syntax/parse.ts';
import { fileText } from './generator.ts';
import { meaning } from './trees.ts';

const folder = new URL('../../specs/', import.meta.url);
const specs = readdirSync(folder)
  .filter((name) => name.endsWith('.cmrnet'))
  .map((name) => ({ name, text: readFileSync(new URL(name, folder), 'utf8') }));

/** A text's tree; the text must be free of errors. */
function parsed(text: string): ast.File {
  const bag = new Bag();
  const file = parseFile('test.cmrnet', text, bag);
  assert.equal(bag.sorted(), [], `not free of errors:\n${text}`);
  return file;
}

function format(text: string): string {
  return formatFile(parsed(text), new SourceFile('test.cmrnet', text));
}

/** The words of the comments, sorted: a `///` that documents nothing may become a `//`. */
function remarks(file: ast.File): readonly string[] {
  return file.comments.map(({ text }) => text.replace(/^\/+\s*/, '')).sort();
}

/** The laws of the canonical form. */
function obeysTheLaws(text: string): void {
  const before = parsed(text);
  const formatted = format(text);
  const after = parsed(formatted);
  assert.equal(meaning(after), meaning(before), `another meaning:\n${text}\n-----\n${formatted}`);
  assert.equal(remarks(after), remarks(before), `lost a comment:\n${text}\n-----\n${formatted}`);
  assert.is(format(formatted), formatted, `not idempotent:\n${text}`);
  assert.ok(formatted.endsWith('\n') && !/[ \t]\n/.test(formatted), 'blanks at the end of a line');
}

const form = suite('the canonical form');

for (const { name, text } of specs) {
  form(`leaves specs/${name} as it is`, () => assert.is(format(text), text));
}

const cases: readonly (readonly [sentence: string, text: string, expected: string])[] = [
  [
    'indents by two and aligns `=` in runs of settings',
    'cmrnet 1 dataset D { a=1\n bcd = 2\n\n  e.f=3\ntrain{x=1 yy=2}}',
    'cmrnet 1\n\ndataset D {\n  a   = 1\n  bcd = 2\n\n  e.f = 3\n  train {\n    x  = 1\n    yy = 2\n  }\n}\n',
  ],
  [
    'aligns `let`s with `let`s and `layer`s with `layer`s',
    'cmrnet 1\nblock B() {\nlet a = x\nlet bc: [h,w] = x\nlayer d = U()\nlayer eff = U()\n}',
    'cmrnet 1\n\nblock B {\n  let a          = x\n  let bc: [h, w] = x\n  layer d   = U()\n  layer eff = U()\n}\n',
  ],
  [
    'sorts imports and their names',
    'cmrnet 1\nimport { Z, A } from "./b"\n\nimport { B } from "./a"\n',
    'cmrnet 1\n\nimport { B } from "./a"\nimport { A, Z } from "./b"\n',
  ],
  [
    'puts one blank line between declarations and keeps at most one inside',
    'cmrnet 1\nblock A() {}\nblock B() {\n\n\n  output x\n\n\n  output y\n\n}\n\n\n\nvariant V of W {}',
    'cmrnet 1\n\nblock A {}\n\nblock B {\n  output x\n\n  output y\n}\n\nvariant V of W {}\n',
  ],
  [
    'keeps a list broken that has a comma at its end, and no other',
    'cmrnet 1\nvariant V of W { a = [1,2,]\nb = [1,\n2]\nc = (1,2,) }',
    'cmrnet 1\n\nvariant V of W {\n  a = [\n    1,\n    2,\n  ]\n  b = [1, 2]\n  c = (\n    1,\n    2,\n  )\n}\n',
  ],
  [
    'writes units as the language does',
    'cmrnet 1\nvariant V of W { a = 2GB\nb = - 15deg .. 15deg\nc = 10% }',
    'cmrnet 1\n\nvariant V of W {\n  a = 2 GB\n  b = -15deg .. 15deg\n  c = 10%\n}\n',
  ],
  [
    'keeps comments with what they are about',
    `cmrnet 1 // edition
// about the import
import { A } from "./a" // behind
block B() { // opens
  // before
  let a = x // one
    // two
    |> f( // three
      1, // four
      // five
    )
  // last
} // after
// end`,
    `cmrnet 1 // edition

// about the import
import { A } from "./a" // behind

block B { // opens
  // before
  let a = x // one
    // two
    |> f(
      // three
      1, // four
      // five
    )
  // last
} // after

// end
`,
  ],
  [
    'moves a comment that has no place of its own above the statement',
    'cmrnet 1\nblock B() {\n  let a = // why\n    x[ // index\n 0] * /// strange\n 2\n}',
    'cmrnet 1\n\nblock B {\n  // why\n  // index\n  // strange\n  let a = x[0] * 2\n}\n',
  ],
  [
    'fills the lines of a report evenly',
    `cmrnet 1\nsweep S of P { plot ${Array.from({ length: 5 }, (_, i) => `segmentation.metric_${i}_of_all`).join()} by a.b }`,
    `cmrnet 1

sweep S of P {
  plot segmentation.metric_0_of_all, segmentation.metric_1_of_all, segmentation.metric_2_of_all,
       segmentation.metric_3_of_all, segmentation.metric_4_of_all by a.b
}
`,
  ],
];

for (const [sentence, text, expected] of cases) {
  form(sentence, () => {
    assert.is(format(text), expected);
    obeysTheLaws(text);
  });
}

form('obeys its laws on generated files', () => {
  fc.assert(fc.property(fileText, obeysTheLaws), { seed: 11, numRuns: 60 });
});

form('obeys its laws wherever comments and line breaks are put into the specs', () => {
  const gap = fc.constantFrom('// c', ' // c\n', '\n// c\n', '\n/// d\n', '\n\n// c\n\n', '\n', '\n\n', ' ');
  const edits = fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), gap), {
    minLength: 1,
    maxLength: 6,
  });
  const edited = fc.tuple(fc.constantFrom(...specs), edits);
  fc.assert(
    fc.property(edited, ([{ text }, places]) => {
      obeysTheLaws(insertBetweenTokens(text, places));
    }),
    { seed: 12, numRuns: 60 },
  );
});

/** Puts pieces between tokens, each on lines that end after it if it is a comment. */
function insertBetweenTokens(text: string, places: readonly (readonly [number, string])[]): string {
  const { tokens } = tokenize(text);
  const offsets = places.map(([where, piece]) => ({
    offset: tokens[Math.floor(where * (tokens.length - 1))]!.endOffset! + 1,
    piece: piece.includes('//') && !piece.endsWith('\n') ? `${piece}\n` : piece,
  }));
  return offsets
    .sort((a, b) => b.offset - a.offset)
    .reduce((out, { offset, piece }) => `${out.slice(0, offset)} ${piece}${out.slice(offset)}`, text);
}

form.run();
