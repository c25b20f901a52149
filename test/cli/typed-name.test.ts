import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { typedName, word } from '../../cli/environment/typed-name.ts';
import { inFolder } from '../support/folder.ts';

const test = suite('how commands are typed');

test('with `cmrc` on the PATH they begin with it', () =>
  inFolder((folder) => {
    writeFileSync(join(folder, process.platform === 'win32' ? 'cmrc.cmd' : 'cmrc'), '');
    chmodSync(join(folder, 'cmrc'), 0o755);
    assert.equal(typedName({ PATH: `/nowhere:${folder}` }), { name: 'cmrc', alias: null });
  }));

test('after npx they begin with it', () => {
  const npx = { PATH: '', npm_command: 'exec' };
  const asked = typedName({ ...npx, npm_lifecycle_script: "'cmrc' init" });
  assert.equal(asked, { name: 'npx cmrc', alias: null });
  assert.is(typedName({ ...npx, npm_lifecycle_script: 'tsx "cli/main.ts"' }).name, 'cmrc');
});

test('the alias that is printed makes every next step of `cmrc init` work as it is printed', () =>
  inFolder((folder) => {
    const work = join(folder, 'a folder');
    mkdirSync(work);
    const sh = (script: string) =>
      spawnSync('sh', ['-c', script], { cwd: work, encoding: 'utf8', env: { PATH: process.env['PATH'] } });
    const first = sh(`"${process.execPath}" "${resolve('cli/cmrc.js')}" init 'my heart'`);
    const lines = first.stdout.split('\n').filter((line) => line.startsWith('  '));
    const steps = lines.map((line) => line.trim().split(/ {2,}/)[0]!);
    assert.match(steps[0]!, /^alias cmrc=/);
    // The last one trains, which other tests do.
    const { stdout, stderr, status } = sh(steps.slice(0, -1).join('\n'));
    assert.is(status, 0, stderr);
    assert.match(stdout, 'no errors');
    assert.match(readFileSync(join(work, 'my heart', 'heart.cmrnet'), 'utf8'), /^cmrnet 1/);
  }));

test('a word of a shell is quoted where it needs it', () => {
  assert.equal(['specs/a.cmrnet', 'my heart', "it's"].map(word), [
    'specs/a.cmrnet',
    "'my heart'",
    `'it'\\''s'`,
  ]);
});

test.run();
