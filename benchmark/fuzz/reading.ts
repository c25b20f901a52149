// The process that reads changed files. A thread of it reads, and this one counts the processor seconds that a file takes:
// a thread in a loop cannot be asked to stop, but ended.
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { stream } from '../../src/runtime/random/random.ts';
import { threadEntry } from '../../src/runtime/threads/entry.ts';
import { mutate } from './mutators.ts';
import { originals } from './originals.ts';

export interface FuzzTask {
  readonly first: number;
  readonly last: number;
  readonly seed: number;
  readonly from: readonly string[];
  readonly format: string | null;
  readonly keep: string | null;
  readonly mostSeconds: number;
}

export type FuzzMessage =
  | { readonly kind: 'folder'; readonly folder: string }
  /** Said again and again, so that a machine that is busy is not taken for one that sleeps. */
  | { readonly kind: 'alive' }
  | { readonly kind: 'begun'; readonly index: number; readonly format: string; readonly from: string }
  /** `wrong` says what may not be. */
  | { readonly kind: 'done'; readonly outcome: string; readonly wrong?: string };

export interface FuzzRequest {
  readonly path: string;
  readonly format: string;
}

const task = JSON.parse(process.argv[2]!) as FuzzTask;
const say = (message: FuzzMessage) => process.send?.(message);
process.on('unhandledRejection', () => process.exit(86));

const folder = mkdtempSync(join(tmpdir(), 'cmrnet-fuzz-'));
say({ kind: 'folder', folder });
const start = () => new Worker(threadEntry(import.meta.url, 'reader'));
let reader = start();
setInterval(() => say({ kind: 'alive' }), 5000).unref();

/** The outcome, or null for a file that takes too long. Waking up and loading libraries, which the first file pays, do not count. */
async function read(
  request: FuzzRequest,
  mostSeconds = task.mostSeconds,
): Promise<{ readonly outcome: string; readonly wrong?: string } | null> {
  return new Promise((resolve) => {
    const before = process.cpuUsage();
    const timer = setInterval(() => {
      const { user, system } = process.cpuUsage(before);
      if ((user + system) / 1e6 > mostSeconds) settle(null);
    }, 250);
    const settle = (found: { readonly outcome: string; readonly wrong?: string } | null) => {
      clearInterval(timer);
      reader.off('message', settle);
      reader.off('error', failed);
      resolve(found);
    };
    const failed = (error: Error) =>
      settle({ outcome: 'thrown', wrong: `the thread ends: ${error.message}` });
    reader.on('message', settle);
    reader.on('error', failed);
    reader.postMessage(request);
  });
}

const all = (await originals(task.from, folder)).filter(
  ({ format }) => task.format === null || format === task.format,
);
const formats = [...new Set(all.map(({ format }) => format))];
const warm = async () => {
  for (const format of formats) {
    const one = all.find((each) => each.format === format)!;
    const path = join(folder, `warm${one.ending}`);
    writeFileSync(path, one.bytes);
    await read({ path, format }, Number.POSITIVE_INFINITY);
  }
};
await warm();
for (let index = task.first; index < task.last; index += 1) {
  const random = stream(task.seed, 'fuzz', index, 0);
  const format = formats[Math.floor(random.uniform(0, formats.length))]!;
  const own = all.filter((one) => one.format === format);
  const original = own[Math.floor(random.uniform(0, own.length))]!;
  say({ kind: 'begun', index, format, from: original.name });
  const path = join(folder, `file${original.ending}`);
  // A new file, not the old one rewritten: a library that was left by an exception may still have that open.
  rmSync(path, { force: true });
  writeFileSync(path, mutate(original, random));
  const found = await read({ path, format });
  if (task.keep !== null && found?.wrong !== undefined) keep(index, path, original.ending);
  if (found === null) {
    if (task.keep !== null) keep(index, path, original.ending);
    await reader.terminate();
    reader = start();
    say({ kind: 'done', outcome: 'hang', wrong: `it takes more than ${task.mostSeconds} processor seconds` });
    await warm();
    continue;
  }
  if (found.outcome === 'thrown') reader = start();
  say({ kind: 'done', ...found });
}
await reader.terminate();
rmSync(folder, { recursive: true, force: true });
process.disconnect();

function keep(index: number, path: string, ending: string): void {
  mkdirSync(task.keep!, { recursive: true });
  copyFileSync(path, join(task.keep!, `seed${task.seed}-${index}${ending}`));
}
