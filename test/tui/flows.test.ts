import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createProgram } from '../../cli/tui/update/program.ts';
import { World } from '../../cli/tui/world/world.ts';
import { Bag } from '../../src/compiler/diagnostics/diagnostic.ts';
import { insightOf } from '../../src/runtime/report/insight.ts';
import { readAnnotations } from '../../src/runtime/runs/record/annotations.ts';
import { readControl } from '../../src/runtime/runs/record/control.ts';
import { runFiles } from '../../src/runtime/runs/record/folder.ts';
import { openRun } from '../../src/runtime/runs/record/store.ts';
import { inFolder } from '../support/folder.ts';
import { holderOf, idleWorker } from '../support/held-lock.ts';
import { recordRuns } from '../support/recorded-runs.ts';
import { freshSession } from '../support/recorded-session.ts';
import { type Screen, screen } from '../support/screen.ts';

/** Flows that look inside: into what was asked for and what was written. Every flow is tried in tmux, where there is one. */
const size = { columns: 120, rows: 40 };

const recorded = mkdtempSync(join(tmpdir(), 'cmrnet-test-'));
recordRuns(recorded);
process.once('exit', () => rmSync(recorded, { recursive: true, force: true }));

/** The interface as users have it, on recorded runs: its world, its keyboard, its screen; only the terminal is ours. */
async function session(
  use: (
    terminal: Screen,
    parent: string,
    /** Images whose pictures were read. */
    asked: readonly string[],
  ) => Promise<void>,
): Promise<void> {
  await inFolder(async (parent) => {
    cpSync(recorded, parent, { recursive: true });
    const asked: string[] = [];
    const program = createProgram(freshSession(size, parent), (effect) => {
      if (effect.kind !== 'leave' && effect.kind !== 'suspend') world.perform(effect);
    });
    const world: World = new World({
      parent,
      spec: null,
      send: program.send,
      current: program.current,
      // A thread would have to load all sources anew.
      look: async (folders) => insightOf(folders),
      // The recorded images are drawn by hand: no data holds them.
      pictures: () => ({
        read: async ({ id, height, width }) => {
          asked.push(id);
          return id.startsWith('p003')
            ? { problem: 'its file is gone' }
            : { grey: new Uint8Array(height * width).fill(200) };
        },
        end: () => undefined,
      }),
    });
    const terminal = screen(program);
    world.start();
    try {
      await terminal.until((frame) => frame.includes('of 7 runs'));
      await use(terminal, parent, asked);
    } finally {
      world.stop();
      terminal.close();
    }
  });
}

/** A process that stands for one that trains a run: it holds the lock until it is asked to stop. */
async function withTrainer(folder: string, use: (ended: () => boolean) => Promise<void>): Promise<void> {
  const child = await idleWorker(join(folder, 'program'), folder);
  let ended = false;
  child.once('exit', () => {
    ended = true;
  });
  writeFileSync(runFiles.lock(folder), JSON.stringify(holderOf(child.pid!)));
  try {
    await use(() => ended);
  } finally {
    child.kill('SIGKILL');
    rmSync(runFiles.lock(folder), { force: true });
  }
}

const test = suite('flows');

test('every held-out image of a run is looked at, slice by slice and patient by patient, the worst first', () =>
  session(async (terminal, _parent, asked) => {
    await terminal.press('G', 'return', '4');
    await terminal.until((frame) => frame.includes('worst first') && frame.includes('─ errors'));
    const line = () => terminal.frame().split('\n')[1]!;
    const seen = new Set<string>();
    for (let index = 0; index < 16; index += 1) {
      await terminal.until(
        () => line().includes(` ${index + 1} of 16,`) && !terminal.frame().includes('reading'),
      );
      const id = line().split(' ')[1]!;
      seen.add(id);
      assert.is(
        terminal.frame().includes('its file is gone'),
        asked.includes(id) && id.startsWith('p003'),
        line(),
      );
      await terminal.press('down');
    }
    // Two folds of four patients with two slices each, of which six pictures were kept with the run; what was drawn while it
    // was trained is of earlier weights and not shown.
    assert.is(seen.size, 16);
    assert.is(new Set(asked).size, 10);
    await terminal.press('home', ']', ']', ']');
    await terminal.until(() => /· (\d+) of \1 of p00/.test(line()));
    const [, patient] = / of (p\d+) ·/.exec(line())!;
    await terminal.press('[');
    await terminal.until(() => / 1 of 2 of /.test(line()) && line().includes(patient!));
    await terminal.press('right');
    await terminal.until(() => !line().includes(patient!));
    await terminal.press('s');
    await terminal.until((frame) => frame.includes('best first'));
    await terminal.press(' ');
    await terminal.until((frame) => !frame.includes('─ truth'));
  }));

test('keys that come in one piece, as over a slow line, are pressed one after another', () =>
  session(async (terminal) => {
    await terminal.press('jj/Wides\u007f\r');
    await terminal.until((frame) => frame.includes('filter Wide') && frame.includes('3 of 7 runs'));
    await terminal.press('/\u0015fold\rD');
    await terminal.until((frame) => frame.includes('fold D'));
    assert.ok(terminal.frame().includes('runs'), 'what is pasted presses no keys');
  }));

test('notes, tags, deletion and its undo', () =>
  session(async (terminal, parent) => {
    await terminal.press('t', 'o', 'l', 'd', 'return');
    const first = join(parent, 'NoPyramid-20210225-180000');
    await terminal.until(() => readAnnotations(first).tags.includes('old'));
    await terminal.press('D');
    await terminal.until((frame) => frame.includes('of 6 runs') && frame.includes('u brings back'));
    assert.not.ok(existsSync(first));
    await terminal.press('u');
    await terminal.until((frame) => frame.includes('of 7 runs'));
    assert.ok(existsSync(runFiles.record(first)));
  }));

test('a run at work is paused, given another rate, and stopped after asking', () =>
  session(async (terminal, parent) => {
    const folder = join(parent, 'Wide-20210225-170000');
    await withTrainer(folder, async (ended) => {
      writeFileSync(
        runFiles.events(folder),
        `${JSON.stringify({ type: 'notice', time: 1, fold: 2, severity: 'note', code: null, message: 'on' })}\n`,
        { flag: 'a' },
      );
      await terminal.press('down');
      await terminal.until((frame) => frame.includes('1 training'));
      await terminal.press('p');
      await terminal.until(() => readControl(folder).paused);
      await terminal.press('R', '0.001', 'return');
      await terminal.until(() => readControl(folder).learningRate === 0.001);
      const { record } = openRun(folder, new Bag())!;
      assert.equal(
        record.byHand?.map(({ learningRate }) => learningRate),
        [{ from: 0.003, to: 0.001 }],
      );
      await terminal.press('x');
      await terminal.until((frame) => frame.includes('stop Wide after the current step?'));
      await terminal.press('n', 'x', 'y');
      await terminal.until(() => ended());
      assert.not.ok(readControl(folder).paused, 'whoever goes on is not to wait');
    });
  }));

test.run();
