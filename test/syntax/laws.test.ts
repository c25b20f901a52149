import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Bag } from '../../src/compiler/diagnostics/diagnostic.ts';
import { applyFixes } from '../../src/compiler/diagnostics/fix.ts';
import { renderDiagnostics } from '../../src/compiler/diagnostics/render.ts';
import { SourceFile } from '../../src/compiler/source/source-file.ts';
import type { Span } from '../../src/compiler/source/span.ts';
import { parseFile, parseOverride } from '../../src/compiler/syntax/parse.ts';
import { walk } from '../../src/compiler/syntax/walk.ts';
import { fileText } from './generator.ts';

const specs = ['blocks', 'paper', 'ablations'].map((name) =>
  readFileSync(new URL(`../../specs/${name}.cmrnet`, import.meta.url), 'utf8'),
);

/** Parsing ends, finds places inside the text, and says the same in what it renders and mends. */
function copes(text: string): void {
  const source = new SourceFile('test.cmrnet', text);
  const sources = new Map([[source.path, source]]);
  const bag = new Bag();
  const file = parseFile(source.path, text, bag);
  const inside = ({ file: path, start, end }: Span) =>
    path === source.path && 0 <= start && start <= end && end <= text.length;
  for (const node of walk(file)) assert.ok(inside(node.span), `${node.kind} at ${JSON.stringify(node.span)}`);
  for (const item of bag.sorted()) {
    const edits = item.help.flatMap((help) => help.edits ?? []);
    const spans = [item.primary, ...item.secondary, ...edits].map(({ span }) => span);
    for (const span of spans) assert.ok(inside(span), `${item.code} at ${JSON.stringify(span)}`);
    assert.not.match(item.message, /Expecting|Redundant|token sequences/i);
    assert.not.match(item.message, /undefined|\[object/);
  }
  assert.is.not(renderDiagnostics(bag.sorted(), sources) === '', bag.sorted().length > 0);
  assert.not.throws(() => applyFixes(bag.sorted(), sources));
}

const laws = suite('parsing');

laws('copes with any text', () => {
  const text = fc.oneof(fc.string({ maxLength: 80 }), fc.string({ unit: 'binary', maxLength: 80 }));
  fc.assert(fc.property(text, copes), { seed: 21, numRuns: 300 });
});

laws('copes with any tokens in any order', () => {
  const words =
    'cmrnet 1 block network dataset sweep of compare import from input output let stage head serial in';
  const signs =
    '{ } ( ) [ ] , : = + - * / . .. ... |> | @ " \' # ; x width "s" 2% 3 GB true step vary report by';
  const token = fc.constantFrom(...words.split(' '), ...signs.split(' '));
  const text = fc.array(token, { maxLength: 40 }).map((tokens) => `cmrnet 1\n${tokens.join(' ')}`);
  fc.assert(fc.property(text, copes), { seed: 22, numRuns: 150 });
});

laws('copes with any edit of a valid file', () => {
  const place = fc.double({ min: 0, max: 1, noNaN: true });
  const piece = fc.oneof(
    fc.constantFrom('', '', '{', '}', '(', ')', '"', '=', ',', 'let ', 'x ', '|>', '..', '\n', '//'),
    fc.string({ maxLength: 5 }),
  );
  const edit = fc.tuple(place, fc.integer({ min: 0, max: 12 }), piece);
  const original = fc.oneof(
    fc.constantFrom(...specs),
    fileText.filter((text) => text.length < 4000),
  );
  const edited = fc.tuple(original, fc.array(edit, { minLength: 1, maxLength: 3 })).map(([text, edits]) =>
    edits.reduce((out, [where, length, insert]) => {
      const at = Math.floor(where * out.length);
      return out.slice(0, at) + insert + out.slice(at + length);
    }, text),
  );
  fc.assert(fc.property(edited, copes), { seed: 23, numRuns: 80 });
});

laws('copes with any override', () => {
  const text = fc.oneof(
    fc.string({ maxLength: 30 }),
    fc
      .array(fc.constantFrom('a', '.', '=', '[', ']', '2', '%', '{', '}', '"', ' '), { maxLength: 12 })
      .map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(text, (written) => {
      const bag = new Bag();
      const setting = parseOverride(written, bag);
      assert.ok(setting !== undefined || bag.hasErrors);
    }),
    { seed: 24, numRuns: 200 },
  );
});

laws('copes with brackets and chains of any length', () => {
  for (const [open, close] of ['()', '[]', '{}'] as unknown as [string, string][]) {
    copes(`cmrnet 1\nvariant V of W { a = ${open.repeat(3000)}${close.repeat(3000)} }`);
    copes(`cmrnet 1\nvariant V of W { a ${open.repeat(3000)}`);
  }
  copes(
    `cmrnet 1\nvariant V of W { a = ${'1 + '.repeat(3000)}1 b = ${'x |> '.repeat(3000)}f c = x${'.y'.repeat(3000)} }`,
  );
});

laws.run();
