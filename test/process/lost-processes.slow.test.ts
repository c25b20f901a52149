import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { EpochEvent, RunEvent } from '../../src/runtime/runs/journal/events.ts';
import { readEvents } from '../../src/runtime/runs/journal/journal.ts';
import { isTraining } from '../../src/runtime/runs/record/at-work.ts';
import { runFiles } from '../../src/runtime/runs/record/folder.ts';
import { inFolder } from '../support/folder.ts';

const test = suite('processes that are killed, and studies that begin together');

const spec = readFileSync('test/cli/train.txtar', 'utf8').split('-- tiny.cmrnet --\n')[1]!;

interface Ended {
  readonly code: number | null;
  readonly output: string;
}

function cmrc(folder: string, ...words: string[]): { process: ChildProcess; ended: Promise<Ended> } {
  const child = spawn(process.execPath, [resolve('cli/cmrc.js'), ...words], { cwd: folder });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text));
  return { process: child, ended: once(child, 'close').then(([code]) => ({ code, output })) };
}

/** Waits until something is so, and fails at once where it cannot come any more, or after two minutes. */
async function until(
  what: string,
  isSo: () => boolean,
  lost: () => string | null = () => null,
): Promise<void> {
  for (const end = Date.now() + 120_000; !isSo(); await setTimeout(20)) {
    const reason = Date.now() > end ? 'two minutes are over' : lost();
    if (reason !== null) throw new Error(`waited in vain: ${what}: ${reason}`);
  }
}

const said = (run: string, type: RunEvent['type']) =>
  readEvents(runFiles.events(run)).filter((event) => event.type === type);

/** Processes of this machine whose command names a folder. */
function processesOf(run: string): readonly string[] {
  return readdirSync('/proc').filter((name) => {
    try {
      return /^\d+$/.test(name) && readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0').includes(run);
    } catch {
      return false;
    }
  });
}

(process.platform === 'linux' ? test : test.skip)(
  'whoever starts a fold may be killed at once: the fold ends with it, nothing is told as failed, and the run goes on',
  () =>
    inFolder(async (folder) => {
      writeFileSync(join(folder, 'tiny.cmrnet'), spec);
      const run = join(folder, 'orphaned');
      const words = ['--run', run, '--fold', '1', '--backend', 'cpu', '--epochs', '500'];
      const started = await cmrc(folder, 'train', 'tiny.cmrnet', ...words, '--detach').ended;
      assert.is(started.code, 0, started.output);
      const supervisor = JSON.parse(readFileSync(runFiles.lock(run), 'utf8')).pid as number;
      await until('the process of the fold', () => processesOf(run).length === 2);
      // It has only begun: it loads its modules, and nobody there listens yet.
      process.kill(supervisor, 'SIGKILL');
      const second = cmrc(folder, 'train', '--resume', run);
      let early: string | null = null;
      void second.ended.then(({ code, output }) => (early = `it ended with ${code}: ${output}`));
      await until(
        'the end of the orphan, and going on',
        () => said(run, 'epoch').length > 2,
        () => early,
      );
      second.process.kill('SIGINT');
      const ended = await second.ended;
      assert.is(ended.code, 0, ended.output);
      await until('the end of all', () => processesOf(run).length === 0);
      assert.not.ok(isTraining(run));
      assert.equal(said(run, 'failed'), []);
      const epochs = said(run, 'epoch').map((event) => (event as EpochEvent).epoch);
      assert.is(new Set(epochs).size, epochs.length, 'the orphan trained nothing');
    }),
);

test('two studies that begin in one second both end well, and each trial is made once', () =>
  inFolder(async (folder) => {
    const study = '\nsweep Rates of Tiny {\n  train.epochs = 2\n  vary train.batch in [1, 2]\n}\n';
    const name = /experiment (\w+)/.exec(spec)![1]!;
    writeFileSync(join(folder, 'tiny.cmrnet'), spec + study.replace('of Tiny', `of ${name}`));
    const words = ['sweep', 'tiny.cmrnet', '--backend', 'cpu', '--jobs', '1'];
    const both = [cmrc(folder, ...words), cmrc(folder, ...words)];
    for (const { code, output } of await Promise.all(both.map(({ ended }) => ended))) {
      assert.is(code, 0, output);
      assert.match(output, /(\d+) of \1 trials finished/);
    }
    const runs = readdirSync(join(folder, 'runs')).filter((run) => run.startsWith('trial-'));
    assert.is(runs.length, 2);
    for (const run of runs) {
      const folds = said(join(folder, 'runs', run), 'finished').map(({ fold }) => fold);
      assert.is(new Set(folds).size, folds.length, 'no fold was trained twice');
    }
  }));

test.run();
