// Reads thousands of files that were changed at random, in a process of its own with bounded memory: nothing may crash,
// hang, or reject unhandled. `npm run fuzz -- --files 20000 --seed 1 [--from FOLDER]`
import { fork } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { stream } from '../src/runtime/random/random.ts';

const { values } = parseArgs({
  options: {
    files: { type: 'string', default: '20000' },
    seed: { type: 'string', default: '1' },
    from: { type: 'string', multiple: true, default: ['../shared/data/conformance'] },
    child: { type: 'string' },
  },
});

if (values.child !== undefined) await child(values.child);
else await parent();

/** Starts a child again after each end, and counts the ends that are none of its own. */
async function parent(): Promise<void> {
  const total = Number(values.files);
  let done = 0;
  let crashes = 0;
  const outcomes = new Map<string, number>();
  const start = performance.now();
  while (done < total && crashes < 20) {
    const state = JSON.stringify({
      first: done,
      count: total - done,
      seed: Number(values.seed),
      from: values.from,
    });
    const process_ = fork(fileURLToPath(import.meta.url), ['--child', state], {
      execArgv: [...process.execArgv, '--max-old-space-size=1024'],
    });
    let current = 'nothing';
    let timer = setTimeout(() => process_.kill('SIGKILL'), 60_000);
    process_.on('message', (message: { at?: string; outcome?: string; ms?: number }) => {
      clearTimeout(timer);
      timer = setTimeout(() => process_.kill('SIGKILL'), 60_000);
      if (message.at !== undefined) current = message.at;
      if (message.outcome === undefined) return;
      done += 1;
      outcomes.set(message.outcome, (outcomes.get(message.outcome) ?? 0) + 1);
      if (done % 1000 === 0)
        console.log(`${done} of ${total}, ${((performance.now() - start) / 1000).toFixed(0)} s`);
    });
    const code = await new Promise<number | string>((resolve) =>
      process_.on('exit', (number, signal) => resolve(number ?? signal ?? '')),
    );
    clearTimeout(timer);
    if (code === 0) break;
    crashes += 1;
    done += 1;
    console.log(`ended with ${code} at ${current}`);
  }
  for (const [outcome, count] of [...outcomes].sort(([, a], [, b]) => b - a))
    console.log(`${count}\t${outcome}`);
  console.log(`${done} files, seed ${values.seed}, ${crashes} crashes or hangs`);
  process.exitCode = crashes === 0 ? 0 : 1;
}

async function child(text: string): Promise<void> {
  const { first, count, seed, from } = JSON.parse(text) as {
    first: number;
    count: number;
    seed: number;
    from: string[];
  };
  const { readVolume } = await import('../src/runtime/images/formats/read-volume.ts');
  process.on('unhandledRejection', () => process.exit(86));
  const originals = from.flatMap((folder) =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((path) => statSync(path).size < 200_000),
  );
  const folder = mkdtempSync(join(tmpdir(), 'cmrnet-fuzz-'));
  try {
    for (let index = first; index < first + count; index += 1) {
      const random = stream(seed, 'fuzz', index, 0);
      const original = originals[Math.floor(random.uniform(0, originals.length))]!;
      process.send?.({ at: `file ${index} from ${original}` });
      const path = join(folder, original.replace(/^.*?(\.[^/.]*(?:\.gz)?)?$/, 'file$1'));
      writeFileSync(path, mutate(readFileSync(original), random));
      const found = await readVolume(path, 'image');
      rmSync(path);
      process.send?.({ outcome: 'problem' in found ? found.problem : 'read' });
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  process.disconnect();
}

/** Cuts, pads, swaps and overwrites; headers, which decide most, more often than the rest. */
function mutate(bytes: Uint8Array, random: ReturnType<typeof stream>): Uint8Array {
  const whole = (limit: number) => Math.floor(random.uniform(0, limit));
  const out = Uint8Array.from(bytes);
  for (let change = 0; change <= whole(6); change += 1) {
    const at = whole(random.uniform(0, 1) < 0.6 ? Math.min(out.length, 1024) : out.length);
    const length = 1 + whole(8);
    const kind = whole(3);
    for (let place = at; place < Math.min(out.length, at + length); place += 1) {
      out[place] = kind === 0 ? whole(256) : kind === 1 ? 255 : out[place]! ^ (1 << whole(8));
    }
  }
  const cut = whole(8);
  if (cut === 0) return out.subarray(0, whole(out.length));
  if (cut === 1) return Buffer.concat([out, Buffer.alloc(whole(512), whole(256))]);
  return out;
}
