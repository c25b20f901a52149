import fs, { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { basename, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  createFolderAtomically,
  isTemporary,
  writeAtomically,
  writeFolderAtomically,
} from '../../src/runtime/storage/atomic.ts';
import { inFolder } from '../support/folder.ts';

const test = suite('writes that survive a power cut');

/** What was asked of the system, in order: which file or folder was synced, and what was renamed to what. */
function asked(act: () => void): readonly string[] {
  const { openSync, fsyncSync, renameSync } = fs;
  const opened = new Map<number, string>();
  const calls: string[] = [];
  const named = (path: unknown) => (isTemporary(basename(String(path))) ? '(draft)' : basename(String(path)));
  Object.assign(fs, {
    openSync: (...words: Parameters<typeof openSync>) => {
      const file = openSync(...words);
      opened.set(file, named(words[0]));
      return file;
    },
    fsyncSync: (file: number) => {
      calls.push(`sync ${opened.get(file)}`);
      fsyncSync(file);
    },
    renameSync: (from: string, to: string) => {
      calls.push(`rename ${named(from)} to ${named(to)}`);
      renameSync(from, to);
    },
  });
  syncBuiltinESMExports();
  try {
    act();
  } finally {
    Object.assign(fs, { openSync, fsyncSync, renameSync });
    syncBuiltinESMExports();
  }
  return calls;
}

test('the bytes of a file are on the disk before it has its name, and the name before anything goes on', () =>
  inFolder((folder) => {
    const inside = basename(folder);
    const calls = asked(() => writeAtomically(join(folder, 'run.json'), '{}'));
    assert.equal(calls, ['sync (draft)', 'rename (draft) to run.json', `sync ${inside}`]);
    const cheap = asked(() => writeAtomically(join(folder, 'cache'), '', { durable: false }));
    assert.equal(cheap, ['rename (draft) to cache']);
  }));

test('so are those of every file of a folder', () =>
  inFolder((folder) => {
    const calls = asked(() => writeFolderAtomically(join(folder, 'epoch-001'), { a: '1', b: '2' }));
    const last = ['sync (draft)', 'rename (draft) to epoch-001', `sync ${basename(folder)}`];
    assert.equal(calls, ['sync a', 'sync b', ...last]);
  }));

test('a write that fails leaves no draft', () =>
  inFolder((folder) => {
    // A folder with something in it cannot be replaced by a file.
    mkdirSync(join(folder, 'there', 'inside'), { recursive: true });
    assert.throws(() => writeAtomically(join(folder, 'there'), 'text'));
    assert.throws(() => writeAtomically(join(folder, 'there'), 'text', { durable: false }));
    assert.throws(() => createFolderAtomically(join(folder, 'new'), { 'a\0b': '' }));
    assert.equal(readdirSync(folder), ['there']);
  }));

test('a folder is made once, whole, and an empty one is filled', () =>
  inFolder((folder) => {
    const place = join(folder, 'run');
    assert.ok(createFolderAtomically(place, { 'spec/a.cmrnet': 'a', 'run.json': '1' }));
    assert.not.ok(createFolderAtomically(place, { 'run.json': '2' }));
    assert.is(readFileSync(join(place, 'run.json'), 'utf8'), '1');
    assert.equal(readdirSync(folder), ['run']);
    mkdirSync(join(folder, 'empty'));
    assert.ok(createFolderAtomically(join(folder, 'empty'), { 'run.json': '3' }));
    writeFileSync(join(folder, 'file'), '');
    assert.throws(() => createFolderAtomically(join(folder, 'file', 'run'), {}), /ENOTDIR/);
  }));

test('a folder that another process makes in the meantime stays as it is', () =>
  inFolder((folder) => {
    const place = join(folder, 'run');
    const { renameSync } = fs;
    // The other one is done just before this one puts its own in place.
    Object.assign(fs, {
      renameSync: (from: string, to: string) => {
        Object.assign(fs, { renameSync });
        syncBuiltinESMExports();
        mkdirSync(place);
        writeFileSync(join(place, 'run.json'), 'of the other');
        renameSync(from, to);
      },
    });
    syncBuiltinESMExports();
    try {
      assert.not.ok(createFolderAtomically(place, {}));
    } finally {
      Object.assign(fs, { renameSync });
      syncBuiltinESMExports();
    }
    assert.is(readFileSync(join(place, 'run.json'), 'utf8'), 'of the other');
    assert.equal(readdirSync(folder), ['run']);
  }));

test.run();
