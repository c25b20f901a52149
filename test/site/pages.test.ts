import { readdirSync } from 'node:fs';
import { dirname, posix } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { gatherSite } from '../../site/pages.ts';

const test = suite('the pages of the site');

const { pages, pictures, broken } = gatherSite('.');

test('no link of a page leads nowhere', () => {
  assert.equal(broken, []);
});

test('every code has a page under its code, and every guide and spec has one', () => {
  const names = (folder: string, ending: string) =>
    readdirSync(folder).filter((name) => name.endsWith(ending));
  for (const name of names('src/compiler/diagnostics/explain', '.md')) {
    assert.ok(pages.has(`codes/${name}`), name);
    assert.ok(pages.get('codes/index.md')!.includes(`](./${name})`), name);
  }
  for (const name of names('docs', '.md')) assert.ok(pages.has(`docs/${name}`), name);
  for (const name of names('specs', '.cmrnet')) assert.ok(pages.has(`specs/${name}.md`), name);
});

test('links lead from page to page of the site', () => {
  for (const [path, text] of pages) {
    const prose = text.replace(/^(`{3,})[\s\S]*?^\1$/gm, '').replace(/`[^`\n]+`/g, '');
    for (const [, link] of prose.matchAll(/\]\((?!https?:)([^)#]+)/g)) {
      const target = posix.join(dirname(path), link!);
      assert.ok(pages.has(target) || pictures.has(target), `${path}: ${link}`);
    }
  }
});

test.run();
