import { readdirSync } from 'node:fs';
import { suite } from 'uvu';
import { runScript } from '../support/script.ts';

// Each script runs the built program as a user would; `npm test` builds it first.
const test = suite('command line');

for (const name of readdirSync('test/cli').filter((file) => file.endsWith('.txtar'))) {
  test(name.replace('.txtar', '').replaceAll('-', ' '), () => runScript(`test/cli/${name}`));
}

test.run();
