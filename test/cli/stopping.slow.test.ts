import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { EpochEvent, RunEvent } from '../../src/runtime/runs/journal/events.ts';
import { readEvents } from '../../src/runtime/runs/journal/journal.ts';
import { isTraining } from '../../src/runtime/runs/record/at-work.ts';
import { inFolder } from '../support/folder.ts';

const cmrc = resolve('cli/cmrc.js');
const spec = readFileSync('test/cli/train.txtar', 'utf8').split('-- tiny.cmrnet --\n')[1]!;
const epochs = 25;

interface Ended {
  readonly code: number | null;
  readonly output: string;
}

function start(folder: string, ...words: string[]): { process: ChildProcess; ended: Promise<Ended> } {
  const child = spawn(process.execPath, [cmrc, 'train', ...words], { cwd: folder });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text));
  return { process: child, ended: once(child, 'close').then(([code]) => ({ code, output })) };
}

const newRun = (name: string) => [
  'tiny.cmrnet',
  '--run',
  name,
  '--fold',
  '1',
  '--backend',
  'cpu',
  '--epochs',
  String(epochs),
];

/** Waits until a run has said something. */
async function until(
  run: string,
  said: (events: readonly RunEvent[]) => boolean,
): Promise<readonly RunEvent[]> {
  const end = Date.now() + 60_000;
  for (;;) {
    const events = readEvents(join(run, 'events.jsonl'));
    if (said(events)) return events;
    if (Date.now() > end) throw new Error(`waited in vain; last event ${JSON.stringify(events.at(-1))}`);
    await new Promise((wake) => setTimeout(wake, 20));
  }
}

/** What training computed, epoch by epoch; times and memory may differ. */
function numbers(run: string): readonly unknown[] {
  const events = readEvents(join(run, 'events.jsonl')).filter(
    (event): event is EpochEvent => event.type === 'epoch',
  );
  const last = new Map(events.map((event) => [event.epoch, event]));
  return [...last.values()].map(({ epoch, loss, heads, heldOut }) => ({ epoch, loss, heads, heldOut }));
}

const test = suite('a run that is interrupted');

test('Ctrl-C keeps the last epoch; a killed process loses its epoch; going on gives the same numbers', () =>
  inFolder(async (folder) => {
    writeFileSync(join(folder, 'tiny.cmrnet'), spec);
    const whole = start(folder, ...newRun('whole'));
    assert.is((await whole.ended).code, 0);

    const run = join(folder, 'broken');
    const first = start(folder, ...newRun('broken'));
    await until(run, (events) => events.some(({ type }) => type === 'epoch'));
    first.process.kill('SIGINT');
    const stopped = await first.ended;
    assert.is(stopped.code, 0, stopped.output);
    assert.match(stopped.output, /stopping after the current step/);
    assert.match(stopped.output, /go on with: cmrc train --resume broken/);
    assert.is(readEvents(join(run, 'events.jsonl')).at(-1)?.type, 'stopped');

    const before = readEvents(join(run, 'events.jsonl')).length;
    const second = start(folder, '--resume', 'broken');
    const events = await until(
      run,
      (all) => all.slice(before).filter(({ type }) => type === 'epoch').length > 1,
    );
    const worker = events.findLast((event) => event.type === 'started');
    assert.ok(worker?.type === 'started' && worker.epoch > 0, 'it goes on from its checkpoint');
    process.kill(worker.type === 'started' ? worker.pid : 0, 'SIGKILL');
    const killed = await second.ended;
    assert.is(killed.code, 3, killed.output);
    assert.match(killed.output, /CMR919.*ended without a word \(SIGKILL: someone ended it/);

    const third = await start(folder, '--resume', 'broken').ended;
    assert.is(third.code, 0, third.output);
    assert.equal(numbers(run), numbers(join(folder, 'whole')));
  }));

test('a run is trained by one process at a time', () =>
  inFolder(async (folder) => {
    writeFileSync(join(folder, 'tiny.cmrnet'), spec);
    const first = start(folder, ...newRun('busy'));
    await until(join(folder, 'busy'), (events) => events.length > 0);
    const second = await start(folder, '--resume', 'busy').ended;
    assert.is(second.code, 3);
    assert.match(second.output, /CMR913.*is already being trained by process \d+/);
    first.process.kill('SIGINT');
    assert.is((await first.ended).code, 0);
  }));

test('who starts a run may leave it', () =>
  inFolder(async (folder) => {
    writeFileSync(join(folder, 'tiny.cmrnet'), spec);
    const { code, output } = await start(folder, ...newRun('left'), '--epochs', '2', '--detach').ended;
    assert.is(code, 0);
    assert.match(output, /watch: cmrc tui left/);
    const run = join(folder, 'left');
    await until(run, (events) => events.some(({ type }) => type === 'finished') && !isTraining(run));
    assert.ok(existsSync(join(run, 'evaluation.json')));
  }));

test.run();
