import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { engineNames } from '../../src/compiler/index.ts';
import { installEngine } from '../../src/runtime/engines/install/install.ts';
import { engineFiles } from '../../src/runtime/engines/installed/cache.ts';
import { runCommand } from '../../src/runtime/engines/installed/command.ts';
import { chooseEngines, engineStates, removeEngine } from '../../src/runtime/engines/installed/manage.ts';
import { readSelection } from '../../src/runtime/engines/installed/record.ts';
import { prepareProcess } from '../../src/runtime/engines/tf/start/load.ts';
import { inFolder } from '../support/folder.ts';
import { Machine, writeLibrary } from './machine.ts';

const test = suite('installed engines');

test('removing takes away all that the installation brought, and only that', () =>
  inFolder(async (folder) => {
    const machine = new Machine(folder);
    machine.addPython();
    await installEngine(machine.workshop, 'tfjs-node');
    assert.ok(chooseEngines(machine.files, ['tfjs-node'], engineNames, machine.bag));
    assert.ok(removeEngine(machine.files, 'tfjs-node', machine.bag)! > 0);
    assert.not.ok(existsSync(machine.files.engine('tfjs-node')));
    assert.equal(engineStates(machine.files, ['tfjs-node'])[0]!.state, 'absent');
    assert.not.ok(existsSync(join(machine.files.libraries, 'pip-cpu')));
    assert.equal(readSelection(machine.files), [], 'the choice goes too');
    assert.is(removeEngine(machine.files, 'tfjs-node', machine.bag), null);
    assert.equal(machine.codes(), ['CMR948']);
  }));

test("removing leaves a Python's own library where it is", () =>
  inFolder(async (folder) => {
    const machine = new Machine(folder);
    const tensorflow = writeLibrary(join(folder, 'venv', 'tensorflow'));
    machine.addPython({ tensorflow });
    await installEngine(machine.workshop, 'tfjs-node');
    removeEngine(machine.files, 'tfjs-node', machine.bag);
    assert.ok(existsSync(join(tensorflow, 'libtensorflow_cc.so.2')));
  }));

test('only engines that are there can be chosen, and no choice is the order of cmrnet', () =>
  inFolder((folder) => {
    const { files, bag } = new Machine(folder);
    assert.not.ok(chooseEngines(files, ['tfjs-node-gpu', 'cuda'], engineNames, bag));
    assert.equal(
      bag.sorted().map(({ code }) => code),
      ['CMR948', 'CMR901'],
    );
    const machine = new Machine(folder);
    assert.ok(chooseEngines(files, ['cpu', 'wasm'], engineNames, machine.bag));
    assert.equal(readSelection(files), ['cpu', 'wasm']);
    assert.ok(chooseEngines(files, [], engineNames, machine.bag));
    assert.equal(readSelection(files), []);
  }));

test('the cache is where the system keeps what can be made anew, or where the user says', () => {
  const root = (environment: Record<string, string>, platform: NodeJS.Platform = 'linux') =>
    engineFiles({ environment, platform }).root;
  assert.is(root({ CMRNET_CACHE: '/a' }), join('/a', 'engines'));
  assert.is(root({ XDG_CACHE_HOME: '/b' }), join('/b', 'cmrnet', 'engines'));
  assert.match(root({}), join('.cache', 'cmrnet', 'engines'));
  assert.match(root({}, 'darwin'), join('Library', 'Caches', 'cmrnet'));
});

test('a program that is silent for too long is ended with what it started, and a missing one is told', async () => {
  const begin = Date.now();
  const silent = await runCommand('sh', ['-c', 'sleep 60; echo late'], { silentMs: 200 });
  assert.is(silent.failure, 'silent');
  assert.ok(Date.now() - begin < 10_000);
  assert.is((await runCommand('no-such-program-at-all', [], { silentMs: 1000 })).failure, 'missing');
  const stop = new AbortController();
  setTimeout(() => stop.abort(), 50);
  const stopped = await runCommand('sleep', ['60'], { silentMs: 60_000, signal: stop.signal });
  assert.is(stopped.failure, 'stopped');
});

test("what newer versions of Node dropped is there for the package again, and the user's own settings win", () => {
  const util = createRequire(import.meta.url)('node:util') as Record<string, unknown>;
  const before = { isNullOrUndefined: util['isNullOrUndefined'], isArray: util['isArray'] };
  const { TF_FORCE_GPU_ALLOW_GROWTH: growth } = process.env;
  try {
    delete util['isNullOrUndefined'];
    delete util['isArray'];
    process.env['TF_FORCE_GPU_ALLOW_GROWTH'] = 'false';
    prepareProcess();
    const isNothing = util['isNullOrUndefined'] as (value: unknown) => boolean;
    assert.equal([null, undefined, 0, ''].map(isNothing), [true, true, false, false]);
    assert.is((util['isArray'] as (value: unknown) => boolean)([]), true);
    assert.is(process.env['TF_FORCE_GPU_ALLOW_GROWTH'], 'false');
  } finally {
    Object.assign(util, before);
    if (growth === undefined) delete process.env['TF_FORCE_GPU_ALLOW_GROWTH'];
    else process.env['TF_FORCE_GPU_ALLOW_GROWTH'] = growth;
  }
});

test.run();
