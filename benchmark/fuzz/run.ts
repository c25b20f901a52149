// Reads thousands of files of all formats that were changed at random, in a process of its own with bounded memory: nothing
// may crash, hang, reject unhandled, or give rubbish. Every file follows from the seed and its number, which are printed.
//   npm run fuzz -- --files 20000 --seed 1 [--first 0] [--format hdf5] [--from FOLDER] [--keep FOLDER]
import { fork } from 'node:child_process';
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { FuzzMessage, FuzzTask } from './reading.ts';

const { values } = parseArgs({
  options: {
    files: { type: 'string', default: '20000' },
    seed: { type: 'string', default: '1' },
    first: { type: 'string', default: '0' },
    /** Only files of this format. */
    format: { type: 'string' },
    from: { type: 'string', multiple: true, default: ['../shared/data/conformance', '../shared/cases'] },
    /** Where files that go wrong are kept. */
    keep: { type: 'string' },
  },
});

/** Processor seconds that one file may take; seconds of the clock would be those of a busy machine. */
const mostSeconds = 5;
/** The clock only ends what sleeps for ever. */
const mostSleep = 300_000;
const mostWrong = 50;

const last = Number(values.first) + Number(values.files);
const seed = Number(values.seed);
let next = Number(values.first);
let wrong = 0;
const outcomes = new Map<string, Map<string, number>>();
const start = performance.now();
const folders: string[] = [];

function count(format: string, outcome: string): void {
  const own = outcomes.get(format) ?? new Map<string, number>();
  outcomes.set(format, own.set(outcome, (own.get(outcome) ?? 0) + 1));
}

console.log(`files ${next} to ${last - 1} of seed ${seed}`);
while (next < last && wrong < mostWrong) {
  const task: FuzzTask = {
    first: next,
    last,
    seed,
    from: values.from,
    format: values.format ?? null,
    keep: values.keep ?? null,
    mostSeconds,
  };
  const reading = fork(
    fileURLToPath(import.meta.url).replace(/run(?=\.[jt]s$)/, 'reading'),
    [JSON.stringify(task)],
    {
      execArgv: [...process.execArgv, '--max-old-space-size=1024'],
    },
  );
  let at = { index: next, format: 'nothing', from: '' };
  const sleeping = () => setTimeout(() => reading.kill('SIGKILL'), mostSleep);
  let timer = sleeping();
  reading.on('message', (message: FuzzMessage) => {
    clearTimeout(timer);
    timer = sleeping();
    if (message.kind === 'folder') folders.push(message.folder);
    else if (message.kind === 'alive') return;
    else if (message.kind === 'begun') at = message;
    else {
      next = at.index + 1;
      count(at.format, message.outcome);
      if (message.wrong !== undefined) {
        wrong += 1;
        console.log(`seed ${seed}, file ${at.index}, ${at.format} from ${at.from}: ${message.wrong}`);
      }
      const done = next - Number(values.first);
      if (done % 1000 === 0)
        console.log(`${done} of ${values.files}, ${((performance.now() - start) / 1000).toFixed(0)} s`);
    }
  });
  const code = await new Promise<number | string>((resolve) =>
    reading.on('exit', (number, signal) => resolve(number ?? signal ?? '')),
  );
  clearTimeout(timer);
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
  if (code === 0) break;
  if (next > at.index) continue;
  wrong += 1;
  next = at.index + 1;
  count(at.format, `ended with ${code}`);
  console.log(`seed ${seed}, file ${at.index}, ${at.format} from ${at.from}: ended with ${code}`);
}

for (const [format, own] of [...outcomes].sort()) {
  const total = [...own.values()].reduce((sum, one) => sum + one, 0);
  const parts = [...own].sort(([, a], [, b]) => b - a).map(([outcome, number]) => `${number} ${outcome}`);
  console.log(`${format.padEnd(10)}${String(total).padStart(6)}  ${parts.join(', ')}`);
}
console.log(`${next - Number(values.first)} files of seed ${seed}, ${wrong} gone wrong`);
process.exitCode = wrong === 0 ? 0 : 1;
