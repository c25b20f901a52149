import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { codes } from '../../src/compiler/diagnostics/codes.ts';
import { kebab } from '../../src/compiler/diagnostics/diagnostic.ts';
import { compile } from '../../src/compiler/driver/compile.ts';
import { specHost } from '../support/spec-host.ts';

const folder = 'src/compiler/diagnostics/explain';
const test = suite('explanation pages');

/** What only a text that is too long for a page shows, and what only images and the command line can. */
const beyondPages = ['tooManyMistakes', 'largeBatch', 'limitedData'];

/** The first fenced block below a heading, and its language. */
function example(page: string, heading: string): { language: string; text: string } | undefined {
  const match = new RegExp(`## ${heading}\\n[\\s\\S]*?\`\`\`(\\w*)\\n([\\s\\S]*?)\`\`\``).exec(page);
  return match ? { language: match[1]!, text: match[2]! } : undefined;
}

/** The codes that compiling a text reports. The text can import the project's own specs by `./name.cmrnet`. */
function reported(text: string): string[] {
  return compile('specs/example.cmrnet', specHost({ 'specs/example.cmrnet': text })).diagnostics.map(
    (item) => `${item.severity} ${item.code}`,
  );
}

for (const [name, entry] of Object.entries(codes)) {
  test(`${entry.code} (${kebab(name)}) is explained, and its examples do what they say`, () => {
    const path = `${folder}/${entry.code}.md`;
    assert.ok(existsSync(path), `${path} is missing`);
    const page = readFileSync(path, 'utf8');
    assert.match(page, new RegExp(`^# ${entry.code}: `));
    const failing = example(page, 'Fails');
    if (failing?.language !== 'cmrnet') {
      // What no spec can show, such as a damaged file, is shown as the terminal prints it.
      const fits = Number(entry.code.slice(3)) < 700 && !beyondPages.includes(name);
      assert.not(fits, 'a `## Fails` example is missing');
      assert.match(page, /```text\n/);
      return;
    }
    const failures = reported(failing.text);
    assert.ok(
      failures.includes(`${entry.severity} ${entry.code}`),
      `the failing example reports ${failures.join(', ') || 'nothing'}`,
    );
    const others = failures.filter((item) => item.startsWith('error') && !item.endsWith(entry.code));
    assert.equal(others, [], 'the failing example has other errors');
    const corrected = example(page, 'Corrected');
    assert.ok(corrected, 'a `## Corrected` example is missing');
    const left = reported(corrected.text).filter(
      (item) => item.startsWith('error') || item.endsWith(entry.code),
    );
    assert.equal(left, [], 'the corrected example still fails');
  });
}

test('no page explains a code that does not exist', () => {
  const known = new Set<string>(Object.values(codes).map((entry) => entry.code));
  const orphans = readdirSync(folder).filter((file) => !known.has(file.replace('.md', '')));
  assert.equal(orphans, []);
});

test('no two diagnostics share a code', () => {
  const numbers = Object.values(codes).map((entry) => entry.code);
  assert.equal(new Set(numbers).size, numbers.length);
});

test.run();
