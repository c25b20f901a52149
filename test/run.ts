// Runs tests in as many processes as the machine has cores: every quick one below test/, the slow ones with `--slow`, or all
// of a folder named on the command line, with the text named behind it in their name. Slow are those of real terminals, and
// of processes that are waited for: `*.slow.test.ts`. Fails when a file queues no suite (a forgotten `test.run()`), when one
// ends its process, and when no file matches: uvu alone would exit 0 for all three.
import { type ChildProcess, spawn } from 'node:child_process';
import os from 'node:os';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { parseArgs, stripVTControlCharacters } from 'node:util';
import { parse } from 'uvu/parse';
import { endOfFile } from './run-files.ts';

/** Folders whose files take longest, which start first so that no process idles at the end. */
const longest = ['cli/', 'engines/', 'data/', 'kernels/', 'train/', 'driver/'];

const { values, positionals } = parseArgs({ options: { slow: { type: 'boolean' } }, allowPositionals: true });
const [folder, part = ''] = positionals;
const wanted =
  folder !== undefined ? /\.test\.tsx?$/ : values.slow ? /\.slow\.test\.tsx?$/ : /(?<!\.slow)\.test\.tsx?$/;
const { suites } = await parse(folder ?? 'test', wanted);
const waiting = suites
  .filter(({ name }) => name.includes(part))
  .map(({ name, file }) => ({ name, file }))
  .sort((one, other) => rank(one.file) - rank(other.file));
const begun = performance.now();
const totals = { Total: 0, Passed: 0, Skipped: 0 };
const failed: string[] = [];
const skipped: string[] = [];
const times: { readonly name: string; readonly seconds: number }[] = [];

const processes = Math.max(1, Math.min(os.availableParallelism(), waiting.length));
await Promise.all(Array.from({ length: processes }, runFiles));

const slowest = times.sort((one, other) => other.seconds - one.seconds).slice(0, 10);
console.log(`\nslowest: ${slowest.map(({ name, seconds }) => `${name} ${seconds.toFixed(1)} s`).join(', ')}`);
for (const [name, count] of Object.entries(totals)) console.log(`  ${`${name}:`.padEnd(11)}${count}`);
console.log(`  ${'Duration:'.padEnd(11)}${((performance.now() - begun) / 1000).toFixed(1)} s`);
for (const name of skipped) process.stderr.write(`SKIPPED in part: ${name}\n`);
if (times.length === 0) failed.push('no file matches');
for (const reason of failed) process.stderr.write(`failed: ${reason}\n`);
process.exit(failed.length > 0 ? 1 : 0);

function rank(file: string): number {
  const place = longest.findIndex((folder) => file.includes(`/${folder}`));
  return place < 0 ? longest.length : place;
}

/** Runs what waits, file after file, in one process; a file that ends it costs that file and a new process. */
async function runFiles(): Promise<void> {
  let child: ChildProcess | null = null;
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    child ??= start();
    const from = performance.now();
    const { output, ended } = await outputOf(child, next);
    times.push({ name: next.name, seconds: (performance.now() - from) / 1000 });
    if (ended) child = null;
    report(next.name, output, ended);
  }
  child?.disconnect();
}

function start(): ChildProcess {
  const worker = fileURLToPath(new URL('./run-files.ts', import.meta.url));
  return spawn(process.execPath, [...process.execArgv, worker], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
}

/** What the tests of a file print; and whether their process is gone. */
function outputOf(
  child: ChildProcess,
  file: { readonly name: string; readonly file: string },
): Promise<{ readonly output: string; readonly ended: boolean }> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const finish = (ended: boolean): void => {
      child.stdout!.off('data', read);
      child.off('close', gone);
      const output = Buffer.concat(chunks).toString();
      resolve({ output: ended ? output : output.slice(0, -endOfFile.length), ended });
    };
    const read = (chunk: Buffer): void => {
      chunks.push(chunk);
      if (chunk.toString().endsWith(endOfFile)) finish(false);
    };
    const gone = (): void => finish(true);
    child.stdout!.on('data', read);
    child.on('close', gone);
    child.send(file);
  });
}

function report(name: string, output: string, ended: boolean): void {
  const [tests = '', counts] = output.split('\n  Total:');
  process.stdout.write(`${tests}\n`);
  if (ended) failed.push(`${name} ended its process`);
  if (counts === undefined) return;
  const plain = stripVTControlCharacters(`Total:${counts}`);
  const count = (word: string): number => Number(new RegExp(`${word}:\\s+(\\d+)`).exec(plain)?.[1] ?? 0);
  for (const word of ['Total', 'Passed', 'Skipped'] as const) totals[word] += count(word);
  if (count('Passed') < count('Total')) failed.push(name);
  if (count('Skipped') > 0) skipped.push(name);
  if (count('Total') + count('Skipped') === 0)
    failed.push(`${name} ran no test: does it end with \`test.run()\`?`);
}
