import { existsSync, readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';

const test = suite('the npm package');

const root = new URL('../../', import.meta.url);
const read = (name: string) => JSON.parse(readFileSync(new URL(name, root), 'utf8'));

test('installing it never runs the script of onnxruntime-node, which fetches CUDA files or fails, and warns of nothing', () => {
  const library = 'onnxruntime-node';
  const { allowScripts, optionalDependencies } = read('package.json');
  const { packages } = read('package-lock.json');
  const entries = Object.entries(packages as Record<string, { version: string; hasInstallScript?: true }>);
  const mine = entries.filter(([path]) => path.endsWith(`node_modules/${library}`));
  assert.equal(
    mine.map(([, { version }]) => version),
    [optionalDependencies[library]],
  );
  for (const [path, { hasInstallScript }] of mine) {
    assert.is(hasInstallScript, undefined, `take hasInstallScript away from ${path} in package-lock.json`);
  }
  assert.is(allowScripts[library], false);
  // npm from 11.16 on asks about every package with a script that is not named.
  for (const [path, { hasInstallScript }] of entries) {
    const name = path.replace(/^.*node_modules\//, '');
    if (hasInstallScript) assert.type(allowScripts[name], 'boolean', `${name} is not in allowScripts`);
  }
  assert.not.ok(existsSync(new URL('.npmrc', root)), 'npm warns of keys in .npmrc that it does not know');
});

test('every package that is fetched is known by its checksum, those of other systems too', () => {
  const { packages } = read('package-lock.json');
  const unknown = Object.entries(packages as Record<string, { integrity?: string; link?: true }>)
    .filter(([path, { integrity, link }]) => path !== '' && !link && !/^sha512-/.test(integrity ?? ''))
    .map(([path]) => path);
  assert.equal(unknown, [], '`npm view NAME@VERSION dist` says it');
});

test.run();
