import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { RunEvent } from '../../src/runtime/runs/journal/events.ts';
import { readEvents } from '../../src/runtime/runs/journal/journal.ts';
import { isTraining } from '../../src/runtime/runs/record/at-work.ts';
import { runFiles } from '../../src/runtime/runs/record/folder.ts';
import { inFolder } from '../support/folder.ts';

const spec = readFileSync('test/cli/train.txtar', 'utf8').split('-- tiny.cmrnet --\n')[1]!;

/** Waits until something is so; training has its own pace on a machine that is busy with other tests. */
async function until(what: string, isSo: () => boolean): Promise<void> {
  const end = Date.now() + 60_000;
  while (!isSo()) {
    if (Date.now() > end) throw new Error(`waited in vain: ${what}`);
    await new Promise((wake) => setTimeout(wake, 20));
  }
}

/** Runs commands in a folder: how they end, and what they say. */
function commandsIn(folder: string) {
  return async (
    ...words: string[]
  ): Promise<{ readonly code: number; readonly output: string; readonly errors: string }> => {
    const child = spawn(process.execPath, [resolve('cli/cmrc.js'), ...words], { cwd: folder });
    let [output, errors] = ['', ''];
    child.stdout.on('data', (text) => (output += text));
    child.stderr.on('data', (text) => (errors += text));
    const [code] = (await once(child, 'close')) as [number];
    return { code, output, errors };
  };
}

const test = suite('commands on a run at work');

test('it waits, goes on with another rate, is extended and stopped; the record and the log say what happened', () =>
  inFolder(async (folder) => {
    writeFileSync(join(folder, 'tiny.cmrnet'), spec);
    const cmrc = commandsIn(folder);
    const value = async (...words: string[]) => {
      const { code, output, errors } = await cmrc(...words, '--format', 'json');
      assert.is(code, 0, errors);
      return JSON.parse(output).run;
    };
    const run = join(folder, 'runs', 'live');
    const events = (type: RunEvent['type']) =>
      readEvents(runFiles.events(run)).filter((event) => event.type === type);
    const started = ['--run', 'runs/live', '--fold', '1', '--backend', 'cpu', '--epochs', '9000', '--detach'];
    assert.is((await cmrc('train', 'tiny.cmrnet', ...started)).code, 0);
    await until('the first epoch', () => events('epoch').length > 0);

    assert.is((await value('pause', 'runs/live')).asked.paused, true);
    await until('the pause', () => events('paused').length === 1);
    assert.is((await value('note', 'runs/live', 'it', 'waits')).state, 'paused');

    // Refused before anything is stopped.
    const refused = await cmrc('extend', 'runs/live', '0');
    assert.is(refused.code, 2);
    assert.ok(isTraining(run));

    assert.is((await value('rate', 'runs/live', '0.002')).asked.learningRate, 0.002);
    assert.is((await value('resume', 'runs/live')).asked.paused, false);
    await until('the other rate', () => events('changed').length === 1 && events('continued').length === 1);

    const before = events('started').length;
    const longer = await value('extend', 'runs/live', '9500');
    assert.equal([longer.state, longer.asked.epochs], ['training', 9500]);
    await until('going on', () => events('started').length > before);
    const last = events('started').at(-1);
    assert.ok(last?.type === 'started' && last.epoch > 0 && last.epochs === 9500, 'from its last checkpoint');

    assert.is((await cmrc('delete', 'runs/live')).code, 3, 'it is being trained');
    assert.match((await cmrc('stop', 'runs/live')).output, /stops after its current step/);
    await until('the stop', () => !isTraining(run));
    assert.is((await value('tag', 'runs/live', 'kept')).state, 'stopped');
  }));

test.run();
