import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { endingOf, lossOf, reportLoss } from '../../src/runtime/process/ending.ts';
import { readEvents } from '../../src/runtime/runs/journal/journal.ts';
import { runFiles } from '../../src/runtime/runs/record/folder.ts';
import { inFolder } from '../support/folder.ts';

const test = suite('processes that end without a word');

const killed = { code: null, signal: 'SIGKILL', memoryRanOut: false } as const;

test('the reason is told in words, as far as the signal, the system and the log know it', () =>
  inFolder((run) => {
    const told = (ending: Parameters<typeof lossOf>[2]) => {
      const { code, message } = lossOf(run, 2, ending);
      return `${code} ${message}`;
    };
    assert.match(told(killed), /^CMR919 .*fold 2.* \(SIGKILL: .*where memory runs out\)$/);
    assert.match(told({ ...killed, memoryRanOut: true }), /^CMR931 not enough memory.*the system ended/);
    assert.match(told({ ...killed, signal: 'SIGXFSZ' }), /^CMR919 .*`ulimit -f`\)$/);
    assert.match(told({ code: 1, signal: null, memoryRanOut: true }), /^CMR919 .*\(exit code 1\)$/);
    writeFileSync(runFiles.log(run), 'FATAL ERROR: Reached heap limit - JavaScript heap out of memory\n');
    assert.match(told({ ...killed, signal: 'SIGABRT' }), /^CMR931 not enough memory/);
  }));

test('a process of ours that is killed is written down', () =>
  inFolder(async (run) => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    const ending = endingOf(child);
    child.kill('SIGTERM');
    reportLoss(run, 1, await ending);
    const [event] = readEvents(runFiles.events(run));
    assert.ok(event?.type === 'failed' && /\(SIGTERM\)$/.test(event.message), JSON.stringify(event));
  }));

test.run();
