import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { stages } from '../support/stages.ts';
import { matchesGolden } from '../support/golden.ts';

// One folder per case: `main.cmrnet` and a file per stage. Only the files present are compared;
// to follow another stage, create an empty file of its name and run `npm run bless`.
const root = 'test/golden/cases';
const test = suite('golden files of each compiler stage');

for (const name of readdirSync(root).sort()) {
  const folder = `${root}/${name}`;
  const main = `${folder}/main.cmrnet`;
  for (const [file, print] of Object.entries(stages)) {
    if (!existsSync(`${folder}/${file}`)) continue;
    test(`${name}: ${file}`, () => matchesGolden(`${folder}/${file}`, print(main, readFileSync(main, 'utf8'))));
  }
  test(`${name} holds no file that nothing compares`, () => {
    const known = new Set(['main.cmrnet', ...Object.keys(stages)]);
    assert.equal(readdirSync(folder).filter((file) => !known.has(file)), []);
  });
}

test.run();
