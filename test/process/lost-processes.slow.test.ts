import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { EpochEvent, RunEvent } from '../../src/runtime/runs/journal/events.ts';
import { readEvents } from '../../src/runtime/runs/journal/journal.ts';
import { progressOf } from '../../src/runtime/runs/journal/progress-of.ts';
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

const worker = resolve('dist/src/runtime/process/worker.js');
const inNamespace = ['unshare', '-rpf', '--mount-proc'] as const;

/** A run that was made and not trained, and the same one trained to its end by one process. */
async function twoRuns(folder: string): Promise<{ readonly run: string; readonly whole: string }> {
  writeFileSync(join(folder, 'tiny.cmrnet'), spec);
  const [run, whole] = [join(folder, 'lost'), join(folder, 'whole')];
  const words = ['--run', whole, '--fold', '1', '--backend', 'cpu', '--epochs', '4'];
  const made = await cmrc(folder, 'train', 'tiny.cmrnet', ...words).ended;
  assert.is(made.code, 0, made.output);
  mkdirSync(run);
  for (const part of ['run.json', 'data.json', 'spec'])
    if (existsSync(join(whole, part))) cpSync(join(whole, part), join(run, part), { recursive: true });
  return { run, whole };
}

/** The process of a fold alone, as in a container of its own where there is one. */
function foldOf(folder: string, run: string, around: readonly string[] = []) {
  const [program, ...words] = [...around, process.execPath, worker, run, '--fold', '1'];
  const child = spawn(program!, words, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text));
  return { process: child, ended: once(child, 'close').then(([code]) => ({ code, output })) };
}

const hasCheckpoint = (run: string) => existsSync(join(run, runFiles.checkpoint(1, 1)));
const weightsOf = (run: string) =>
  readFileSync(join(run, runFiles.checkpoint(1, 4), 'weights.safetensors')).toString('base64');

test('whoever was suspended and lost its fold says so when it wakes, and writes nothing', () =>
  inFolder(async (folder) => {
    const { run } = await twoRuns(folder);
    const first = foldOf(folder, run);
    await until('a checkpoint', () => hasCheckpoint(run));
    first.process.kill('SIGSTOP');
    const lock = runFiles.foldLock(run, 1);
    writeFileSync(lock, JSON.stringify({ ...JSON.parse(readFileSync(lock, 'utf8')), token: 'f'.repeat(16) }));
    const before = readdirSync(runFiles.checkpoints(run, 1));
    first.process.kill('SIGCONT');
    const { code, output } = await first.ended;
    assert.is(code, 3, output);
    assert.match(output, 'CMR970');
    assert.equal(readdirSync(runFiles.checkpoints(run, 1)), before);
    const last = readEvents(runFiles.events(run)).at(-1);
    assert.ok(last?.type === 'notice' && last.code === 'CMR970', JSON.stringify(last));
  }));

const { status } = spawnSync(inNamespace[0], [...inNamespace.slice(1), 'true']);
(status === 0 ? test : test.skip)(
  'of two containers one has a fold; whoever takes it over from one that sleeps trains to the same numbers',
  () =>
    inFolder(async (folder) => {
      const { run, whole } = await twoRuns(folder);
      const first = foldOf(folder, run, inNamespace);
      await until('a checkpoint', () => hasCheckpoint(run));
      const [inside] = processesOf(run).filter((number) => Number(number) !== first.process.pid);
      process.kill(Number(inside), 'SIGSTOP');
      const refused = await foldOf(folder, run, inNamespace).ended;
      assert.is(refused.code, 4, refused.output);
      const stopped = await cmrc(folder, 'stop', run).ended;
      assert.match(stopped.output, 'CMR935');
      // As if it had slept for eleven minutes.
      const then = new Date(Date.now() - 11 * 60_000);
      utimesSync(runFiles.foldLock(run, 1), then, then);
      const second = await foldOf(folder, run, inNamespace).ended;
      assert.is(second.code, 0, second.output);
      process.kill(Number(inside), 'SIGCONT');
      const lost = await first.ended;
      assert.match(lost.output, 'CMR970');
      assert.is(weightsOf(run), weightsOf(whole));
      assert.equal(said(run, 'failed'), []);
      assert.equal(progressOf(run).damages, []);
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
