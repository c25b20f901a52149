import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { derivedFiles, readHere } from '../../grammar/generate.ts';

const generated = suite('files written from the grammar');

for (const [name, text] of Object.entries(derivedFiles())) {
  generated(`grammar/${name} is up to date`, () => {
    assert.fixture(readHere(name), text, 'run `npm run generate`');
  });
}

generated('the EBNF names every rule once and uses no other', () => {
  const rules = readHere('cmrnet.ebnf')
    .replaceAll(/\(\*[\s\S]*?\*\)/g, '')
    .split(';\n')
    .filter((rule) => rule.trim() !== '');
  const named = rules.map((rule) => rule.split('=')[0]!.trim());
  assert.is(new Set(named).size, named.length);
  for (const rule of rules) {
    const body = rule.slice(rule.indexOf('=') + 1).replaceAll(/"[^"]*"/g, '');
    for (const used of body.match(/[A-Za-z]+/g) ?? []) {
      assert.ok(named.includes(used) || ['NAME', 'NUMBER', 'STRING'].includes(used), `${used} is no rule`);
    }
  }
});

generated('the patterns of the editor grammar are regular expressions', () => {
  const { patterns } = JSON.parse(readHere('cmrnet.tmLanguage.json')) as {
    patterns: Record<string, string>[];
  };
  for (const { match, begin, end } of patterns) {
    for (const source of [match, begin, end])
      if (source !== undefined) assert.not.throws(() => new RegExp(source));
  }
});

generated.run();
