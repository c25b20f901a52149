// Kills training at random moments and goes on, until the numbers of a run that was never disturbed have to be there, bit by
// bit: `npm run chaos -- --backend onnx --kills 200 [--seed 7]`. Every second kill waits for a checkpoint to be written.
// Then two sweeps of one spec run at once and are interrupted together: `--interrupts 10`. The seed is printed.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  watch,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { RunEvent } from '../src/runtime/runs/journal/events.ts';
import { readEvents } from '../src/runtime/runs/journal/journal.ts';
import { runFiles } from '../src/runtime/runs/record/folder.ts';
import { checkpointEpochs } from '../src/runtime/runs/results/checkpoint.ts';
import { isTemporary } from '../src/runtime/storage/atomic.ts';

const { values } = parseArgs({
  options: {
    backend: { type: 'string', default: 'onnx' },
    kills: { type: 'string', default: '200' },
    interrupts: { type: 'string', default: '10' },
    seed: { type: 'string', default: String(Date.now() % 1e6) },
    minutes: { type: 'string', default: '120' },
  },
});
const spec = resolve('benchmark/chaos.cmrnet');
const cmrc = resolve('cli/cmrc.js');
const worker = resolve('dist/src/runtime/process/worker.js');
const folder = mkdtempSync(join(tmpdir(), 'cmrnet-chaos-'));
const end = Date.now() + Number(values.minutes) * 60_000;
const random = generator(Number(values.seed));
let wrong = 0;

console.log(`seed ${values.seed}, in ${folder}`);
await killAndResume(Number(values.kills));
await twoSweeps(Number(values.interrupts));
if (wrong === 0) rmSync(folder, { recursive: true, force: true });
process.exit(wrong === 0 ? 0 : 1);

async function killAndResume(wanted: number): Promise<void> {
  if (wanted === 0) return;
  const whole = join(folder, 'whole');
  const words = ['--experiment', 'Killed', '--run', whole, '--fold', '1', '--backend', values.backend];
  await run('train', spec, ...words);
  const expected = numbersOf(whole);
  let [kills, during, chains] = [0, 0, 0];
  let patience = 2000;
  while (kills < wanted && Date.now() < end) {
    const broken = join(folder, `broken-${chains}`);
    mkdirSync(broken);
    for (const name of ['run.json', 'spec'])
      cpSync(join(whole, name), join(broken, name), { recursive: true });
    for (let finished = false; !finished && Date.now() < end; ) {
      const isLast = kills >= wanted;
      const begun = Date.now();
      const before = readEvents(runFiles.events(broken)).length;
      const child = spawn(process.execPath, [worker, broken, '--fold', '1'], { stdio: 'ignore' });
      const ended = once(child, 'exit');
      if (!isLast) {
        const moment = kills % 2 === 0 ? atCheckpoint(broken, 1 + Math.floor(3 * random())) : null;
        await Promise.race([ended, moment ?? setTimeout(patience * random())]);
      }
      const killed = !isLast && child.kill('SIGKILL');
      const [, signal] = await ended;
      const fresh = readEvents(runFiles.events(broken)).slice(before);
      const started = fresh.find(({ type }) => type === 'started');
      // Where processes start slowly, kills come later, so that most of them meet training.
      if (started !== undefined) patience = 1.5 * (started.time - begun) + 500;
      finished = fresh.at(-1)?.type === 'finished';
      if (killed && signal === 'SIGKILL' && !finished) {
        kills += 1;
        if (isWriting(broken)) during += 1;
        if (kills % 10 === 0)
          console.log(`${kills} kills, ${during} during a checkpoint, ${chains} runs done`);
      } else if (!finished) {
        wrong += 1;
        console.log(`${broken} ended with ${signal ?? 'a code'} and ${JSON.stringify(fresh.at(-1))}`);
        return;
      }
    }
    if (numbersOf(broken) === expected) rmSync(broken, { recursive: true });
    else if (Date.now() < end) {
      wrong += 1;
      console.log(`WRONG: ${broken} differs from ${whole}`);
    }
    chains += 1;
  }
  console.log(
    `${values.backend}: ${kills} kills, ${during} during a checkpoint, ${chains} runs, ${wrong} of them with other numbers`,
  );
}

/** What training computed and kept: the epochs' numbers and the bytes of the last checkpoint. */
function numbersOf(run: string): string {
  const epochs = new Map<number, string>();
  for (const event of readEvents(runFiles.events(run))) {
    if (event.type !== 'epoch') continue;
    const { epoch, loss, heads, heldOut } = event;
    epochs.set(epoch, JSON.stringify([epoch, loss, heads, heldOut]));
  }
  const last = join(run, runFiles.checkpoint(1, checkpointEpochs(run, 1).at(-1) ?? 0));
  const hash = createHash('sha256');
  for (const name of ['weights.safetensors', 'optimizer.safetensors']) {
    const path = join(last, name);
    hash.update(existsSync(path) ? readFileSync(path) : 'none');
  }
  return `${[...epochs.values()].join('\n')}\n${hash.digest('hex')}`;
}

/** Resolves while a checkpoint is being written, the given one from now on. */
async function atCheckpoint(run: string, count: number): Promise<void> {
  const parent = runFiles.checkpoints(run, 1);
  mkdirSync(parent, { recursive: true });
  const watcher = watch(parent);
  const seen = new Set<string>();
  try {
    for await (const [, name] of eventsOf(watcher)) {
      if (isTemporary(String(name))) seen.add(String(name));
      if (seen.size >= count) return;
    }
  } finally {
    watcher.close();
  }
}

async function* eventsOf(watcher: ReturnType<typeof watch>): AsyncGenerator<unknown[]> {
  for (;;) yield await once(watcher, 'change');
}

/** Whether a checkpoint was left half-written. */
function isWriting(run: string): boolean {
  const parent = runFiles.checkpoints(run, 1);
  return existsSync(parent) && readdirSync(parent).some(isTemporary);
}

async function twoSweeps(interrupts: number): Promise<void> {
  if (interrupts === 0) return;
  const runs = join(folder, 'runs');
  const words = [
    'sweep',
    spec,
    '--runs',
    runs,
    '--backend',
    values.backend,
    '--jobs',
    '1',
    '--sweep',
    'Batches',
  ];
  const slowest: number[] = [];
  for (let round = 0; round < interrupts && Date.now() < end; round += 1) {
    const both = [start(...words), start(...words)];
    await Promise.race([setTimeout(500 + 6000 * random()), Promise.all(both.map(({ ended }) => ended))]);
    const asked = Date.now();
    for (const { child } of both) child.kill('SIGINT');
    const codes = await Promise.all(both.map(({ ended }) => ended));
    slowest.push(Date.now() - asked);
    if (codes.some((code) => code !== 0 && code !== null))
      fault(`round ${round} ended with ${codes.join(', ')}`);
  }
  const codes = await Promise.all([start(...words), start(...words)].map(({ ended }) => ended));
  if (codes.some((code) => code !== 0)) fault(`the last sweeps ended with ${codes.join(', ')}`);
  const trials = readdirSync(runs).filter((name) => name.startsWith('trial-'));
  const finished = trials.map((name) => ofType(join(runs, name), 'finished').length);
  if (trials.length !== 4 || finished.some((count) => count !== 1))
    fault(`${trials.length} trials, finished ${finished.join(', ')} times`);
  console.log(
    `two sweeps, interrupted ${slowest.length} times: ${trials.length} trials, each finished ${finished.join(', ')} times; the slowest end ${Math.max(0, ...slowest)} ms`,
  );
}

function ofType(run: string, type: RunEvent['type']): readonly RunEvent[] {
  return readEvents(runFiles.events(run)).filter((event) => event.type === type);
}

function start(...words: string[]) {
  const child = spawn(process.execPath, [cmrc, ...words], { cwd: folder, stdio: 'ignore' });
  return { child, ended: once(child, 'exit').then(([code]) => code as number | null) };
}

async function run(...words: string[]): Promise<void> {
  const code = await start(...words).ended;
  if (code !== 0) throw new Error(`cmrc ${words.join(' ')} ended with ${code}`);
}

function fault(what: string): void {
  wrong += 1;
  console.log(`WRONG: ${what}`);
}

/** Numbers from 0 to below 1, the same for a seed. */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    // mulberry32
    state = (state + 0x6d2b79f5) >>> 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}
