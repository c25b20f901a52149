import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { installEngine } from '../../src/runtime/engines/install/install.ts';
import { readEngine } from '../../src/runtime/engines/installed/record.ts';
import { acquire, type Lock } from '../../src/runtime/storage/lock.ts';
import { inFolder } from '../support/folder.ts';
import { Machine, replace, write, writeLibrary } from './machine.ts';

const test = suite('installing an engine');

test('every step runs once, the engine appears with what it is made of, and nothing half-finished is left', () =>
  inFolder(async (folder) => {
    const machine = new Machine(folder);
    const tensorflow = writeLibrary(join(folder, 'venv', 'site-packages', 'tensorflow'));
    machine.addPython({ tensorflow });
    const engine = await installEngine(machine.workshop, 'tfjs-node');
    assert.equal(machine.codes(), []);
    assert.is(engine?.record.tensorflow, '2.21.0');
    assert.is(engine?.record.library.origin, 'python');
    assert.equal(engine?.record.library.files[0], join(tensorflow, 'libtensorflow_cc.so.2'));
    assert.equal(readdirSync(machine.files.root).sort(), ['packages', 'tfjs-node']);
    assert.equal(readdirSync(folder).sort(), ['cache', 'venv'], 'nothing outside the cache');
  }));

test('a second installation compiles and fetches nothing and only tests', () =>
  inFolder(async (folder) => {
    const machine = new Machine(folder);
    machine.addPython();
    assert.ok(await installEngine(machine.workshop, 'tfjs-node'));
    machine.ran.length = 0;
    assert.ok(await installEngine(machine.workshop, 'tfjs-node'));
    const work = machine.ran.filter((name) => name === 'npm' || name === 'python3 -m pip');
    assert.equal(work, []);
    assert.is(machine.ran.filter((name) => name === 'c++').length, 1, 'the compiler says its version only');
    assert.is(machine.ran.at(-1), process.execPath);
  }));

const failed = { status: 1, errors: 'noise\nerror: no luck today\n' };

/** How a step fails, and what it is told as. */
const failures: Readonly<Record<string, { readonly code: string; break(machine: Machine): () => void }>> = {
  'npm fails': { code: 'CMR940', break: (machine) => replace(machine, 'npm', () => failed) },
  'npm is missing': { code: 'CMR940', break: (machine) => replace(machine, 'npm', null) },
  'npm hangs': { code: 'CMR940', break: (machine) => replace(machine, 'npm', () => ({ failure: 'silent' })) },
  'npm brings something else': {
    code: 'CMR940',
    break: (machine) => replace(machine, 'npm', () => ({ status: 0 })),
  },
  'there is no compiler': { code: 'CMR941', break: (machine) => replace(machine, 'c++', null) },
  'there is no library': { code: 'CMR942', break: (machine) => replace(machine, 'python3', null) },
  'the addon does not compile': {
    code: 'CMR944',
    break: (machine) =>
      replace(machine, 'c++', ([word]) => (word === '--version' ? { status: 0, output: 'c++ 4.8' } : failed)),
  },
  'the self-test finds something': {
    code: 'CMR945',
    break: (machine) => {
      const before = machine.verdict;
      machine.verdict = { version: '2.21.0', gpu: false, wrong: ['correlate differs by 3.1e-1'] };
      return () => {
        machine.verdict = before;
      };
    },
  },
  'the self-test dies': {
    code: 'CMR945',
    break: (machine) => replace(machine, process.execPath, () => ({})),
  },
};

for (const [what, { code, break: damage }] of Object.entries(failures)) {
  test(`where ${what}, ${code} says so, no engine appears, and the next try goes on from there`, () =>
    inFolder(async (folder) => {
      const machine = new Machine(folder);
      machine.addPython();
      const repair = damage(machine);
      assert.is(await installEngine(machine.workshop, 'tfjs-node'), null);
      const [problem] = machine.bag.sorted();
      assert.ok(problem!.help.length > 0, 'it says what to do');
      assert.equal(machine.codes(), [code]);
      assert.is(readEngine(machine.files.engine('tfjs-node')), null);
      assert.not.ok(existsSync(machine.files.work));
      const hadPackages = existsSync(machine.files.packages);
      repair();
      machine.ran.length = 0;
      assert.ok(await installEngine(machine.workshop, 'tfjs-node'), machine.codes().join());
      assert.is(machine.ran.includes('npm'), !hadPackages);
    }));
}

test('an installation that is stopped says so whatever ran, and keeps finished steps', () =>
  inFolder(async (folder) => {
    const machine = new Machine(folder);
    machine.addPython();
    const pip = machine.programs.get('python3')!;
    machine.programs.set('python3', (words, options) => {
      if (words[0] === '-m') machine.stop.abort();
      return pip(words, options);
    });
    assert.is(await installEngine(machine.workshop, 'tfjs-node'), null);
    assert.equal(machine.codes(), ['CMR950']);
    assert.equal(readdirSync(machine.files.packages), ['tfjs-node-4.22.0']);
    assert.not.ok(existsSync(machine.files.libraries));
  }));

test('two installations at once are one too many', () =>
  inFolder(async (folder) => {
    const machine = new Machine(folder);
    const lock = acquire(machine.files.lock) as Lock;
    assert.is(await installEngine(machine.workshop, 'tfjs-node'), null);
    assert.equal(machine.codes(), ['CMR947']);
    lock.release();
  }));

test('a system on which the addon cannot be compiled is told so before anything is fetched', () =>
  inFolder(async (folder) => {
    const machine = new Machine(folder);
    machine.platform = 'win32';
    assert.is(await installEngine(machine.workshop, 'tfjs-node'), null);
    assert.equal(machine.codes(), ['CMR949']);
    assert.equal(machine.ran, []);
  }));

test('a library that the user names must fit', () =>
  inFolder(async (folder) => {
    const machine = new Machine(folder);
    const reasons = new Map<string, RegExp>([
      [join(folder, 'nowhere'), /no such folder/],
      [
        writeLibrary(join(folder, 'old', 'tensorflow'), { version: '1.15.0' }),
        /TensorFlow 1\.15\.0; 2\.7 or newer/,
      ],
    ]);
    write(join(folder, 'headers', 'include', 'tensorflow', 'c', 'c_api.h'));
    reasons.set(join(folder, 'headers'), /no libtensorflow or libtensorflow_cc/);
    for (const [path, reason] of reasons) {
      assert.is(await installEngine(machine.workshop, 'tfjs-node', { path }), null);
      assert.match(machine.bag.sorted()[0]!.message, reason);
      assert.equal(machine.codes(), ['CMR943']);
    }
    const fine = writeLibrary(join(folder, 'venv', 'lib', 'python3.11', 'site-packages', 'tensorflow'));
    const engine = await installEngine(machine.workshop, 'tfjs-node', { path: join(folder, 'venv') });
    assert.is(engine?.record.library.include, join(fine, 'include'));
  }));

test('where no Python helps, the archive of libtensorflow is fetched, and its host may refuse', () =>
  inFolder(async (folder) => {
    const machine = new Machine(folder);
    machine.fetch = async () => new Response('', { status: 403 });
    assert.is(await installEngine(machine.workshop, 'tfjs-node'), null);
    assert.match(machine.bag.sorted()[0]!.message, 'its host answers 403');
    assert.equal(machine.codes(), ['CMR942']);

    const asked: string[] = [];
    machine.environment['TFJS_NODE_CDN_STORAGE'] = 'https://mirror.example/';
    machine.fetch = async (url) => {
      asked.push(String(url));
      return new Response('archive');
    };
    machine.programs.set('tar', (words) => {
      const into = words[words.indexOf('-C') + 1]!;
      write(join(into, 'include', 'tensorflow', 'c', 'c_api.h'));
      for (const name of ['libtensorflow', 'libtensorflow_framework']) {
        for (const end of ['', '.2', '.2.9.1']) write(join(into, 'lib', `${name}.so${end}`));
      }
      return { status: 0 };
    });
    const engine = await installEngine(machine.workshop, 'tfjs-node');
    assert.equal(asked, [
      'https://mirror.example/tensorflow/libtensorflow/libtensorflow-cpu-linux-x86_64-2.9.1.tar.gz',
    ]);
    assert.is(engine?.record.library.version, '2.9.1');
    assert.match(engine!.record.library.files[0]!, /lib\/libtensorflow\.so\.2$/);
    assert.is(engine?.record.library.origin, 'download');
  }));

test('a machine without a GPU is told so before anything is fetched', () =>
  inFolder(async (folder) => {
    const machine = new Machine(folder);
    machine.addPython();
    assert.is(await installEngine(machine.workshop, 'tfjs-node-gpu'), null);
    assert.match(machine.bag.sorted()[0]!.message, 'no NVIDIA driver');
    assert.equal(machine.codes(), ['CMR946']);
    assert.equal(machine.ran, ['nvidia-smi']);

    machine.programs.set('nvidia-smi', () => ({ status: 0, output: 'NVIDIA A100, 81920, 550.54\n' }));
    machine.environment['CUDA_VISIBLE_DEVICES'] = '';
    assert.is(await installEngine(machine.workshop, 'tfjs-node-gpu'), null);
    assert.match(machine.bag.sorted()[0]!.message, 'CUDA_VISIBLE_DEVICES');
    assert.equal(machine.codes(), ['CMR946']);
  }));

test("for a GPU pip brings TensorFlow and the CUDA wheels that it names, and the addon loads CUDA's libraries", () =>
  inFolder(async (folder) => {
    const machine = new Machine(folder);
    machine.addPython({ tensorflow: writeLibrary(join(folder, 'cpu', 'tensorflow')) });
    machine.programs.set('nvidia-smi', () => ({ status: 0, output: 'NVIDIA A100, 81920, 550.54\n' }));
    const python = machine.programs.get('python3')!;
    const wheels: (readonly string[])[] = [];
    machine.programs.set('python3', (words, options) => {
      if (words[0] === '-c') return python(words, options);
      const target = words[words.indexOf('--target') + 1]!;
      wheels.push(words.slice(words.indexOf('--target') + 2));
      writeLibrary(join(target, 'tensorflow'), { cuda: '12.5.1' });
      const wish = (name: string, extra: string) => `Requires-Dist: ${name}; extra == "${extra}"\n`;
      const metadata = wish('nvidia-cudnn-cu12 (<10.0,>=9.3)', 'and-cuda') + wish('somethingelse', 'docs');
      write(join(target, 'tensorflow-2.21.0.dist-info', 'METADATA'), metadata);
      if (wheels.length === 2) write(join(target, 'nvidia', 'cudnn', 'lib', 'libcudnn.so.9'));
      return { status: 0 };
    });
    const compiler = machine.programs.get('c++')!;
    let compiled: readonly string[] = [];
    machine.programs.set('c++', (words, options) => {
      compiled = words;
      return compiler(words, options);
    });
    assert.is(await installEngine(machine.workshop, 'tfjs-node-gpu'), null, 'TensorFlow itself finds no GPU');
    assert.equal(machine.codes(), ['CMR946']);
    assert.equal(wheels, [['tensorflow'], ['nvidia-cudnn-cu12<10.0,>=9.3']]);
    const cudnn = join(machine.files.libraries, 'pip-gpu', 'nvidia', 'cudnn', 'lib');
    assert.ok(compiled.includes(join(cudnn, 'libcudnn.so.9')));
    assert.ok(compiled.includes(`-Wl,-rpath,${cudnn}`));

    machine.verdict = { version: '2.21.0', gpu: true, wrong: [] };
    const engine = await installEngine(machine.workshop, 'tfjs-node-gpu');
    assert.is(engine?.record.library.builtFor, '12.5.1');
    assert.is(wheels.length, 2, 'nothing is fetched again');
  }));

test.run();
