import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { referencePage } from '../../schemas/generate.ts';
import { compile } from '../../src/compiler/driver/compile.ts';
import { specHost } from '../support/spec-host.ts';

const test = suite('the language reference');
const page = readFileSync('grammar/README.md', 'utf8');
const examples = [...page.matchAll(/```cmrnet\n([\s\S]*?)```/g)].map((match) => match[1]!);

test('has examples', () => {
  assert.ok(examples.length >= 6);
});

test('has the tables of the compiler', () => {
  assert.ok(page === referencePage(page), 'run `npm run generate`');
});

for (const [index, text] of examples.entries()) {
  test(`example ${index + 1} compiles without an error`, () => {
    const path = `grammar/example-${index + 1}.cmrnet`;
    const { diagnostics } = compile(path, specHost({ [path]: text }));
    assert.equal(
      diagnostics.filter((item) => item.severity === 'error').map((item) => `${item.code} ${item.message}`),
      [],
    );
  });
}

test.run();
