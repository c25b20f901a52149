import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { engineNames } from '../../src/compiler/index.ts';
import { openBackend } from '../../src/runtime/engines/choice/backend.ts';
import { inFolder } from '../support/folder.ts';

const run = promisify(execFile);

/** What a fresh process prints; a process that does not end by itself fails the test. */
async function inProcess(code: string): Promise<string> {
  const module = JSON.stringify(new URL('../../src/runtime/engines/choice/backend.ts', import.meta.url).href);
  const text = `const { openBackend } = await import(${module});\n${code}`;
  const { stdout } = await run(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', text], {
    timeout: 30_000,
  });
  return stdout.trim();
}

test('a name that no backend has is refused with the names there are', async () => {
  const { backend, diagnostics } = await openBackend({ name: 'gpu' });
  assert.is(backend, null);
  assert.is(diagnostics[0]!.code, 'CMR901');
  for (const name of engineNames) assert.match(diagnostics[0]!.help[0]!.message, name);
});

test('a backend whose package is not installed is refused with how to install it', async () => {
  const { backend, diagnostics } = await openBackend({ name: 'tfjs-node-gpu' });
  // A machine that has the package opens it: then there is nothing to refuse.
  if (backend !== null) return;
  assert.is(diagnostics[0]!.code, 'CMR902');
  assert.match(diagnostics[0]!.help[0]!.message, 'cmrc backend install --gpu');
  assert.match(diagnostics[0]!.help[0]!.message, 'npm install @tensorflow/tfjs-node-gpu@');
});

test('an installed engine whose library is gone is passed over with a warning, and refused when it is named', async () => {
  const printed = await inFolder(async (cache) => {
    const folder = join(cache, 'engines', 'tfjs-node');
    const gone = join(cache, 'libtensorflow_cc.so.2');
    const library = { include: cache, files: [gone], cuda: [], version: '2.21.0', origin: 'folder' };
    const facts = { packages: cache, library, tensorflow: '2.21.0', packageVersion: '4.22.0' };
    const record = { version: 1, name: 'tfjs-node', system: `${process.platform}-${process.arch}`, ...facts };
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'engine.json'), JSON.stringify(record));
    writeFileSync(join(folder, 'tfjs_binding.node'), '');
    writeFileSync(
      join(cache, 'engines', 'selection.json'),
      JSON.stringify({ version: 1, order: ['tfjs-node', 'wasm'] }),
    );
    return inProcess(`
      process.env.CMRNET_CACHE = ${JSON.stringify(cache)};
      const named = await openBackend({ name: 'tfjs-node' });
      const first = await openBackend({ threads: 1 });
      const told = (answer) => [answer.backend?.name ?? null, ...answer.diagnostics.map(({ code, message }) => code + ' ' + message)];
      console.log(JSON.stringify([told(named), told(first)]).replaceAll(${JSON.stringify(gone)}, 'LIBRARY'));
    `);
  });
  assert.equal(JSON.parse(printed), [
    [null, 'CMR902 the backend `tfjs-node` cannot be loaded: `LIBRARY` is gone'],
    ['wasm', 'CMR951 the installed engine `tfjs-node` does not start: `LIBRARY` is gone'],
  ]);
});

test('the wasm backend computes on the threads asked for and lets the process end', async () => {
  const printed = await inProcess(
    `
    const { backend } = await openBackend({ name: 'wasm', threads: 3 });
    const { default: tf } = await import('@tensorflow/tfjs-core');
    const ones = tf.ones([1, 64, 64, 8]);
    const sum = tf.conv2d(ones, tf.ones([3, 3, 8, 1]), 1, 'valid').max().dataSync()[0];
    console.log(JSON.stringify({ ...backend, sum }));
  `
      .replace('.max()', '')
      .replace('tf.conv2d(', 'tf.max(tf.conv2d(')
      .replace("'valid')", "'valid'))"),
  );
  const { name, threads, sum } = JSON.parse(printed);
  assert.equal({ name, threads, sum }, { name: 'wasm', threads: 3, sum: 72 });
});

test('when threads cannot start, the wasm backend runs on one and says so', async () => {
  const printed = await inProcess(`
    const threads = await import('node:worker_threads');
    const { syncBuiltinESMExports } = await import('node:module');
    threads.default.Worker = class { constructor() { throw new Error('no threads here'); } };
    syncBuiltinESMExports();
    const { backend, diagnostics } = await openBackend({ name: 'wasm', threads: 2 });
    console.log(JSON.stringify({ threads: backend.threads, code: diagnostics[0].code, message: diagnostics[0].message }));
  `);
  assert.equal(JSON.parse(printed), {
    threads: 1,
    code: 'CMR903',
    message: 'the wasm backend runs on one thread: no threads here',
  });
});

test('an uncaught error after opening the wasm backend is an ordinary one', async () => {
  const failed = await inProcess(`await openBackend({ name: 'wasm' }); throw new Error('ours');`).catch(
    (error: { stderr: string }) => error.stderr,
  );
  assert.match(failed, 'Error: ours');
  assert.ok(failed.length < 2000, `${failed.length} characters`);
});

test.run();
