import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Bag, type RunPlan } from '../../src/compiler/index.ts';
import { epochName, epochOf, runName } from '../../src/runtime/runs/record/folder.ts';
import { createRun, listRuns, type NewRun, openRun } from '../../src/runtime/runs/record/store.ts';
import {
  createFolders,
  isTemporary,
  writeAtomically,
  writeFolderAtomically,
} from '../../src/runtime/storage/atomic.ts';
import { systemProblem } from '../../src/runtime/storage/problems.ts';
import { inFolder } from '../support/folder.ts';

const plan = {
  version: 1,
  experiment: 'Demo',
  source: 'specs/demo.cmrnet',
  network: {},
} as unknown as RunPlan;
const now = new Date(2021, 1, 25, 12, 0, 0);

function request(folder: string, more: Partial<NewRun> = {}): NewRun {
  return {
    folder,
    plan,
    workingFolder: '.',
    folds: [1],
    backend: null,
    overrides: [],
    versions: { cmrnet: '0.1.0', node: 'v20' },
    sources: [{ path: 'specs/demo.cmrnet', text: 'cmrnet 1\n' }],
    now,
    ...more,
  };
}

const codes = (bag: Bag) => bag.sorted().map(({ code }) => code);

const store = suite('run directories');

store('a run comes back as it was made, with copies of its specs', () =>
  inFolder((parent) => {
    const bag = new Bag();
    const folder = join(parent, 'demo');
    const made = createRun(request(folder), bag);
    assert.equal(openRun(folder, bag), made);
    assert.is(readFileSync(join(folder, 'spec', 'demo.cmrnet'), 'utf8'), 'cmrnet 1\n');
    assert.equal(codes(bag), []);
  }),
);

store('specs of one name in two folders both have a copy', () =>
  inFolder((parent) => {
    const sources = ['a/x.cmrnet', '../b/x.cmrnet', 'y.cmrnet'].map((path) => ({ path, text: path }));
    const folder = join(parent, 'demo');
    createRun(request(folder, { sources }), new Bag());
    assert.equal(readdirSync(join(folder, 'spec')).sort(), ['a__x.cmrnet', 'b__x.cmrnet', 'y.cmrnet']);
  }),
);

store('a folder that holds files is not written into', () =>
  inFolder((parent) => {
    const bag = new Bag();
    writeFileSync(join(parent, 'thesis.txt'), 'mine');
    assert.is(createRun(request(parent), bag), null);
    assert.equal(codes(bag), ['CMR912']);
    assert.equal(readdirSync(parent), ['thesis.txt']);
  }),
);

store('an empty folder may become a run', () =>
  inFolder((parent) => assert.ok(createRun(request(parent), new Bag()) !== null)),
);

store('what is no run, and what is a broken one, is told apart', () =>
  inFolder((parent) => {
    const reasons: Record<string, string | null> = {
      missing: null,
      'not-json': '{"version"',
      older: '{"version": 2}',
      newer: '{"version": 4}',
      partial: '{"version": 3, "folds": []}',
    };
    const found = Object.entries(reasons).map(([name, text]) => {
      const folder = join(parent, name);
      mkdirSync(folder);
      if (text !== null) writeFileSync(join(folder, 'run.json'), text);
      const bag = new Bag();
      assert.is(openRun(folder, bag), null);
      return [name, codes(bag)[0]];
    });
    assert.equal(Object.fromEntries(found), {
      missing: 'CMR910',
      'not-json': 'CMR911',
      older: 'CMR911',
      newer: 'CMR911',
      partial: 'CMR911',
    });
  }),
);

store('runs are listed newest first, broken ones left out', () =>
  inFolder((parent) => {
    for (const [name, minutes] of [
      ['a', 1],
      ['b', 3],
      ['c', 2],
    ] as const) {
      createRun(request(join(parent, name), { now: new Date(now.getTime() + minutes * 60_000) }), new Bag());
    }
    mkdirSync(join(parent, 'broken'));
    writeFileSync(join(parent, 'broken', 'run.json'), '{');
    assert.equal(
      listRuns(parent).map(({ folder }) => folder),
      ['b', 'c', 'a'].map((name) => join(parent, name)),
    );
    assert.equal(listRuns(join(parent, 'nowhere')), []);
  }),
);

store('names sort by time and suit a shell', () => {
  assert.is(runName('Demo', now), 'Demo-20210225-120000');
  assert.is(runName('SerialRates[3]', now), 'SerialRates.3-20210225-120000');
  assert.is(epochName(7), 'epoch-007');
  assert.equal(['epoch-007', 'epoch-1234', 'epoch-7', '.epoch-007.1-1.partial'].map(epochOf), [
    7,
    1234,
    null,
    null,
  ]);
});

store.run();

const atomic = suite('atomic writes');

atomic('leave nothing but the file', () =>
  inFolder((parent) => {
    const path = join(parent, 'deep', 'file.json');
    writeAtomically(path, 'one');
    writeAtomically(path, 'two');
    assert.is(readFileSync(path, 'utf8'), 'two');
    assert.equal(readdirSync(join(parent, 'deep')), ['file.json']);
  }),
);

atomic('a folder is replaced as a whole', () =>
  inFolder((parent) => {
    const folder = join(parent, 'checkpoint');
    writeFolderAtomically(folder, { a: '1', b: '2' });
    writeFolderAtomically(folder, { b: '3' });
    assert.equal(readdirSync(folder), ['b']);
    assert.equal(readdirSync(parent), ['checkpoint']);
  }),
);

atomic('a failed write leaves the old content and no rest', () =>
  inFolder((parent) => {
    const folder = join(parent, 'checkpoint');
    writeFolderAtomically(folder, { a: 'old' });
    assert.throws(() => writeFolderAtomically(folder, { a: 'new', 'no/such/folder': 'x' }));
    assert.is(readFileSync(join(folder, 'a'), 'utf8'), 'old');
    assert.equal(readdirSync(parent), ['checkpoint']);
    assert.ok(isTemporary('.checkpoint.12-3.partial'));
  }),
);

atomic('the refusals of the system are told in codes, and our own mistakes are not', async () => {
  const refusal = (code: string) => Object.assign(new Error('refused'), { code });
  assert.is(systemProblem(refusal('ENOSPC'), 'x').code, 'CMR917');
  assert.is(systemProblem(refusal('EACCES'), 'x').code, 'CMR918');
  assert.match(systemProblem(refusal('EROFS'), 'x').message, /read-only/);
  const read = (run: () => unknown) => {
    try {
      run();
    } catch (error) {
      return systemProblem(error, 'x').message.replace(/^`.*` /, '');
    }
    return 'nothing was refused';
  };
  await inFolder((root) => {
    const [none, file] = [join(root, 'none'), join(root, 'file')];
    writeFileSync(file, '');
    assert.is(
      read(() => readdirSync(none)),
      'cannot be read: no such file or folder',
    );
    assert.is(
      read(() => readFileSync(none)),
      'cannot be read: no such file or folder',
    );
    assert.is(
      read(() => readFileSync(root)),
      'cannot be read: it is a folder',
    );
    assert.is(
      read(() => writeFileSync(root, '')),
      'cannot be written: it is a folder',
    );
    assert.is(
      read(() => writeAtomically(join(file, 'a'), '')),
      'cannot be written: a part of the path is a file',
    );
    assert.is(
      read(() => mkdirSync(file)),
      'cannot be written: a file of that name is in the way',
    );
  });
  const draft = join('runs', '.run.json.12-3.partial');
  const drafted = systemProblem(Object.assign(refusal('EROFS'), { path: draft, syscall: 'open' }), draft);
  assert.match(drafted.message, 'run.json` cannot be written: the file system is read-only');
  assert.not.match(drafted.message, 'partial');
  assert.throws(() => systemProblem(new TypeError('ours'), 'x'), /ours/);
  assert.throws(() => systemProblem(refusal('ERR_INVALID_ARG_TYPE'), 'x'), /refused/);
});

atomic('folders are made one by one, and one that cannot be made is an error at once', () =>
  inFolder((root) => {
    createFolders(join(root, 'a', 'b', 'c'));
    createFolders(join(root, 'a', 'b', 'c'));
    assert.equal(readdirSync(join(root, 'a', 'b')), ['c']);
    writeFileSync(join(root, 'file'), '');
    assert.throws(() => createFolders(join(root, 'file', 'inside', 'deep')), /ENOTDIR/);
  }),
);

atomic.run();
