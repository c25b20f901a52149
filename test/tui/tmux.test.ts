import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { inFolder } from '../support/folder.ts';
import { recordRuns } from '../support/recorded-runs.ts';

/** Whether there is a tmux that works; without one the flows of flows.test.ts are all that is tested, and this says so. */
const works = spawnSync('tmux', ['-V']).status === 0;

const patienceMs = 30_000;
const pause = (ms: number) => new Promise((go) => setTimeout(go, ms));

/** The built program in a terminal of its own: what a person would see and type. */
async function inTmux(
  size: { readonly columns: number; readonly rows: number },
  use: (terminal: {
    keys(...keys: readonly string[]): Promise<void>;
    until(wanted: string | RegExp): Promise<string>;
    resize(columns: number, rows: number): void;
  }) => Promise<void>,
): Promise<void> {
  await inFolder(async (folder) => {
    mkdirSync(join(folder, 'runs'));
    recordRuns(join(folder, 'runs'));
    const socket = join(folder, 'tmux');
    const tmux = (...words: readonly string[]) =>
      execFileSync('tmux', ['-S', socket, '-f', '/dev/null', ...words], {
        encoding: 'utf8',
        env: { ...process.env, LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8' },
      });
    const { columns, rows } = size;
    const program = `cd '${folder}' && '${process.execPath}' '${resolve('cli/cmrc.js')}'; echo left with $?; sleep 60`;
    tmux('-u', 'new-session', '-d', '-s', 'it', '-x', String(columns), '-y', String(rows), program);
    const shown = () => tmux('capture-pane', '-p', '-t', 'it');
    try {
      await use({
        keys: async (...keys) => {
          for (const key of keys) {
            tmux('send-keys', '-t', 'it', key);
            await pause(60);
          }
        },
        until: async (wanted) => {
          const end = Date.now() + patienceMs;
          for (;;) {
            const frame = shown();
            if (typeof wanted === 'string' ? frame.includes(wanted) : wanted.test(frame)) return frame;
            if (Date.now() > end) throw new Error(`${wanted} did not come; the screen:\n${frame}`);
            await pause(40);
          }
        },
        resize: (width, height) => {
          tmux('resize-window', '-t', 'it', '-x', String(width), '-y', String(height));
        },
      });
    } finally {
      tmux('kill-server');
    }
  });
}

for (const size of [
  { columns: 80, rows: 24 },
  { columns: 120, rows: 40 },
]) {
  const test = suite(`tmux at ${size.columns}×${size.rows}${works ? '' : ' (SKIPPED: there is no tmux)'}`);

  (works ? test : test.skip)('a session from its start to its end', () =>
    inTmux(size, async ({ keys, until, resize }) => {
      await until('7 of 7 runs');
      await keys('/', 'W', 'i', 'd', 'e', 'Enter');
      await until('3 of 7 runs');
      await keys('Escape');
      await until('7 of 7 runs');
      await keys('v');
      await until('3 groups of 7 runs');
      await keys('v', 'j', 'Enter');
      await until(/loss .*training/);
      await keys('j', 'j', 'j');
      await until('─ segmentation.dsc');
      await keys('1', 'G', 'Space', 'k', 'k', 'k', 'k', 'Space', '3');
      await until('training loss, mean over folds');
      await keys('Right');
      await until('95 % interval by patients');
      await keys('Right');
      await until('Holm');
      await keys('4');
      await until('worst first');
      await keys('?');
      await until('─ keys');
      await keys('Escape', ':', 'g', 'r', 'o', 'u', 'p');
      await until('─ actions');
      await keys('Escape');
      resize(60, 20);
      const small = await until(/^.{0,60}$/m);
      for (const line of small.split('\n')) assert.ok([...line].length <= 60, line);
      await keys('1');
      await until('of 7 runs');
      await keys('q');
      await until('left with 0');
    }),
  );

  test.run();
}
