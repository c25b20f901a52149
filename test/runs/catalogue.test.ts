import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Bag } from '../../src/compiler/diagnostics/diagnostic.ts';
import { Catalogue } from '../../src/runtime/runs/catalogue/catalogue.ts';
import { deleteRun } from '../../src/runtime/runs/catalogue/trash.ts';
import { runFiles } from '../../src/runtime/runs/record/folder.ts';
import { sealedLine, sealedText } from '../../src/runtime/storage/seal.ts';
import { inFolder } from '../support/folder.ts';
import { stepEvent } from '../support/recorded-run.ts';
import { recordRuns } from '../support/recorded-runs.ts';

const recorded = mkdtempSync(join(tmpdir(), 'cmrnet-test-'));
recordRuns(recorded);
process.once('exit', () => rmSync(recorded, { recursive: true, force: true }));

const read = (parent: string) => new Catalogue(parent).readAll();
const memory = (parent: string) => join(parent, '.cache', 'catalogue');

/** Runs that were read once, and what was read. */
async function readOnce(
  use: (parent: string, first: ReturnType<typeof read>) => void | Promise<void>,
): Promise<void> {
  await inFolder(async (parent) => {
    cpSync(recorded, parent, { recursive: true });
    const half = stepEvent(2, 4, 1, 10, Date.now());
    // A loss that is no number, as what is remembered has to keep it.
    writeFileSync(
      runFiles.events(join(parent, 'Wide-20210225-170000')),
      `${JSON.stringify({ ...half, loss: 'NaN' })}\n`,
      { flag: 'a' },
    );
    // Whole seconds, which can be set again.
    for (const name of readdirSync(parent)) utimesSync(runFiles.record(join(parent, name)), 1e9, 1e9);
    const first = read(parent);
    assert.is(first.length, 7);
    await use(parent, first);
  });
}

function change(folder: string, part: object): void {
  const { seal: _, ...record } = JSON.parse(readFileSync(runFiles.record(folder), 'utf8'));
  writeFileSync(runFiles.record(folder), sealedText({ ...record, ...part }));
}

const test = suite('what a list remembers of runs');

test('is what was read, and spares opening their records', () =>
  readOnce((parent, first) => {
    for (const { folder } of first) {
      const path = runFiles.record(folder);
      writeFileSync(path, ' '.repeat(statSync(path).size));
      utimesSync(path, 1e9, 1e9);
    }
    assert.equal(read(parent), first);
    const diverged = first.find(({ folder }) => folder.endsWith('170000'))!.progress.folds.get(2);
    assert.ok(Number.isNaN(diverged?.steps.at(-1)?.loss));
  }));

test('costs nothing but time when it is damaged, of another version, gone, or cannot be kept', () =>
  readOnce((parent, first) => {
    const files = readdirSync(memory(parent)).map((name) => join(memory(parent), name));
    assert.is(files.length, 7);
    const damages: readonly ((text: string) => string)[] = [
      (text) => text.slice(0, text.length / 2),
      (text) => text.replace('"seed":', '"sead":'),
      (text) => text.replace(/catalogue \d+/, 'catalogue 999'),
      () => '',
    ];
    for (const [index, file] of files.entries()) {
      writeFileSync(file, damages[index % damages.length]!(readFileSync(file, 'utf8')));
    }
    assert.equal(read(parent), first);
    rmSync(memory(parent), { recursive: true });
    writeFileSync(memory(parent), 'a file where a folder should be');
    assert.equal(read(parent), first);
  }));

test('gives way to what files say now: more events, another journal, another record', () =>
  readOnce((parent, first) => {
    const [one, other, third] = first as [(typeof first)[0], (typeof first)[0], (typeof first)[0]];
    const more = { ...stepEvent(1, 9, 1, 10, Date.now()), type: 'finished' };
    writeFileSync(runFiles.events(one.folder), `${sealedLine(JSON.stringify(more))}\n`, { flag: 'a' });
    // Another run in its place: its journal may have the number of the one that was removed.
    const start = readFileSync(runFiles.events(other.folder), 'utf8').split('\n')[0]!;
    writeFileSync(runFiles.events(other.folder), `${start}\n${' '.repeat(100_000)}\n`);
    change(other.folder, { created: 1 });
    change(third.folder, { overrides: ['train.epochs=9'] });
    const now = new Map(read(parent).map((run) => [run.folder, run]));
    assert.is(now.get(one.folder)!.progress.folds.get(1)!.state, 'finished');
    assert.is(now.get(other.folder)!.progress.folds.get(1)!.epochs.length, 0);
    assert.equal(now.get(third.folder)!.brief.overrides, ['train.epochs=9']);
    assert.equal(now.get(third.folder)!.progress, third.progress);
  }));

test('does not depend on the form of a record', () =>
  readOnce((parent, first) => {
    rmSync(memory(parent), { recursive: true });
    // On one line layers are not found where they are looked for.
    for (const { folder } of first) change(folder, {});
    assert.equal(read(parent), first);
  }));

test('is left by whoever trained a run, too', () =>
  readOnce((parent, first) => {
    rmSync(memory(parent), { recursive: true });
    for (const { folder } of first) new Catalogue(parent).remember(basename(folder));
    for (const { folder } of first) {
      const path = runFiles.record(folder);
      writeFileSync(path, ' '.repeat(statSync(path).size));
      utimesSync(path, 1e9, 1e9);
    }
    assert.equal(read(parent), first);
  }));

test('leaves out records that cannot be read, and names them', () =>
  readOnce((parent, first) => {
    change(first[0]!.folder, { version: 2 });
    const catalogue = new Catalogue(parent);
    assert.is(catalogue.readAll().length, 6);
    assert.equal(catalogue.damaged(), [{ folder: first[0]!.folder, reason: 'its version is 2, not 3 or 4' }]);
  }));

test('goes with the run', () =>
  readOnce((parent, first) => {
    deleteRun(first[0]!.folder, new Bag());
    assert.is(read(parent).length, 6);
    assert.is(readdirSync(memory(parent)).length, 6);
  }));

test.run();
