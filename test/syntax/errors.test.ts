import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { textCodes } from '../../src/compiler/diagnostics/codes/text.ts';
import { Bag } from '../../src/compiler/diagnostics/diagnostic.ts';
import { renderDiagnostics } from '../../src/compiler/diagnostics/render.ts';
import { SourceFile } from '../../src/compiler/source/source-file.ts';
import { parseFile } from '../../src/compiler/syntax/parse.ts';
import { isReadable } from '../../src/compiler/syntax/readable.ts';

// Mistakes in the text as people see them: `===== what it is about`, `----- source`, `----- errors`.
const path = fileURLToPath(new URL('../errors/1xx.txt', import.meta.url));

interface Case {
  readonly title: string;
  readonly source: string;
  readonly errors: string;
}

function read(text: string): readonly Case[] {
  return text
    .split(/^===== /m)
    .slice(1)
    .map((part) => {
      const [head = '', errors = ''] = part.split('----- errors\n');
      const [title = '', source = ''] = head.split('\n----- source\n');
      return { title, source, errors };
    });
}

function rendered(text: string): string {
  const source = new SourceFile('spec.cmrnet', text);
  const bag = new Bag();
  if (isReadable(source, bag)) parseFile(source.path, text, bag);
  return `${renderDiagnostics(bag.sorted(), new Map([[source.path, source]]))}\n`;
}

if (process.env['UPDATE_GOLDEN'] === '1') {
  const parts = read(readFileSync(path, 'utf8')).map(
    ({ title, source }) => `===== ${title}\n----- source\n${source}----- errors\n${rendered(source)}`,
  );
  writeFileSync(path, parts.join(''));
}

const errors = suite('errors in the text');
const cases = read(readFileSync(path, 'utf8'));

for (const { title, source, errors: expected } of cases) {
  errors(title, () => assert.fixture(rendered(source), expected));
}

errors('every code of the text is shown', () => {
  const shown = cases.map((item) => item.errors).join('');
  // What only thousands of mistakes show has a test of its own.
  const { tooManyMistakes: _, ...short } = textCodes;
  for (const { code } of Object.values(short)) assert.ok(shown.includes(`[${code}]`), `${code} is not shown`);
});

errors.run();
