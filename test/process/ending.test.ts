import { spawn } from 'node:child_process';
import { appendFileSync, writeFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { diagnostic } from '../../src/compiler/index.ts';
import { endingOf, lossOf, reportLoss } from '../../src/runtime/process/ending.ts';
import { tell } from '../../src/runtime/process/tell.ts';
import { lastError, logLength } from '../../src/runtime/process/training-log.ts';
import { readEvents } from '../../src/runtime/runs/journal/journal.ts';
import { runFiles } from '../../src/runtime/runs/record/folder.ts';
import { inFolder } from '../support/folder.ts';

const test = suite('processes that end without a word');

const killed = { code: null, signal: 'SIGKILL', memoryRanOut: false, logLength: 0 } as const;

test('the reason is told in words, as far as the signal, the system and the log know it', () =>
  inFolder((run) => {
    const told = (ending: Parameters<typeof lossOf>[2]) => {
      const { code, message } = lossOf(run, 2, ending);
      return `${code} ${message}`;
    };
    assert.match(told(killed), /^CMR919 .*fold 2.* \(SIGKILL: .*where memory runs out\)$/);
    assert.match(told({ ...killed, memoryRanOut: true }), /^CMR931 not enough memory.*the system ended/);
    assert.match(told({ ...killed, signal: 'SIGXFSZ' }), /^CMR919 .*`ulimit -f`\)$/);
    assert.match(
      told({ ...killed, code: 1, signal: null, memoryRanOut: true }),
      /^CMR919 .*\(exit code 1\)$/,
    );
    writeFileSync(runFiles.log(run), 'FATAL ERROR: Reached heap limit - JavaScript heap out of memory\n');
    assert.match(told({ ...killed, signal: 'SIGABRT' }), /^CMR931 not enough memory/);
    const later = logLength(run);
    assert.match(told({ ...killed, signal: 'SIGABRT', logLength: later }), /^CMR919 .*\(SIGABRT\)$/);
  }));

test('a process of ours that is killed is written down', () =>
  inFolder(async (run) => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    const ending = endingOf(child, run);
    child.kill('SIGTERM');
    reportLoss(run, 1, await ending);
    const [event] = readEvents(runFiles.events(run));
    assert.ok(event?.type === 'failed' && /\(SIGTERM\)$/.test(event.message), JSON.stringify(event));
  }));

test('the error of a start is not that of an earlier one', () =>
  inFolder((run) => {
    assert.is(lastError(run, logLength(run)), null);
    writeFileSync(runFiles.log(run), 'error[CMR917]: no space left to write `runs/a`\n --> runs/a\n');
    const second = logLength(run);
    assert.is(lastError(run, 0)?.code, 'CMR917');
    assert.is(lastError(run, second), null);
    appendFileSync(runFiles.log(run), 'error[CMR919]: lost\nerror[CMR918]: cannot write `runs/a`\n');
    assert.equal(lastError(run, second), { code: 'CMR918', message: 'cannot write `runs/a`' });
    // Whoever empties it loses nothing that comes later.
    writeFileSync(runFiles.log(run), 'error[CMR970]: taken over\n');
    assert.is(lastError(run, second)?.code, 'CMR970');
  }));

test('names that a terminal would act on are cleaned before they reach the log', () => {
  const name = ['\u001b[2Jtitle\u001b]0;owned\u0007\r', '\u009b31mred', 'Müller\u202e'].join(' ');
  const at = { file: name, start: 0, end: 0 };
  const { write } = process.stderr;
  let written = '';
  process.stderr.write = ((text: string) => {
    written += text;
    return true;
  }) as typeof write;
  try {
    tell(`process 7 trains ${name}\n`);
    tell([
      diagnostic('systemRefusal', {
        at,
        arguments: { path: name, done: 'written', reason: name },
        notes: [name],
      }),
    ]);
  } finally {
    process.stderr.write = write;
  }
  assert.is(written.match(/title/g)?.length, 5, written);
  assert.match(written, 'Müller');
  const control = [...written].filter((letter) => letter !== '\n' && /[\p{Cc}\u202a-\u202e]/u.test(letter));
  assert.equal(control, []);
});

test.run();
