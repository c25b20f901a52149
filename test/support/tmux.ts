import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Whether there is a tmux that works. */
export const hasTmux = spawnSync('tmux', ['-V']).status === 0;

/** A terminal as a person has it: a shell in which `cmrc` is a command, what is typed into it, and what it shows. */
export interface Tmux {
  /** Presses keys one after another, by tmux's names. */
  keys(...keys: readonly string[]): Promise<void>;
  /** Types text as it is. */
  type(text: string): Promise<void>;
  /** Rows and columns count from 0. */
  click(row: number, column: number): Promise<void>;
  wheel(way: 'up' | 'down', row: number, column: number): Promise<void>;
  /** The screen once something is on it; fails after a minute, with what was there instead. */
  until(wanted: string | RegExp): Promise<string>;
  resize(columns: number, rows: number): void;
}

/** For a machine on which other tests train at the same time. */
const patienceMs = 60_000;

const pause = (ms: number) => new Promise((go) => setTimeout(go, ms));

/** Opens a terminal of a size in a folder. Engines are chosen, and what they need kept, in that folder alone. */
export async function inTmux(
  size: { readonly columns: number; readonly rows: number },
  folder: string,
  use: (terminal: Tmux) => Promise<void>,
): Promise<void> {
  const bin = join(folder, '.bin');
  mkdirSync(bin);
  symlinkSync(resolve('cli/cmrc.js'), join(bin, 'cmrc'));
  const {
    NO_COLOR: _,
    FORCE_COLOR: __,
    CI: ___,
    COLORFGBG: ____,
    CMRC_TUI: _____,
    ...inherited
  } = process.env;
  const environment = {
    ...inherited,
    PATH: `${bin}:${process.env['PATH']}`,
    LANG: 'C.UTF-8',
    LC_ALL: 'C.UTF-8',
    PS1: '$ ',
    CMRNET_CACHE: join(folder, '.engines'),
  };
  const tmux = (...words: readonly string[]) =>
    execFileSync('tmux', ['-S', join(folder, '.tmux'), '-f', '/dev/null', ...words], {
      encoding: 'utf8',
      cwd: folder,
      env: environment,
    });
  const { columns, rows } = size;
  tmux('-u', 'new-session', '-d', '-s', 'it', '-x', String(columns), '-y', String(rows), 'sh');
  const send = async (...words: readonly string[]): Promise<void> => {
    tmux('send-keys', '-t', 'it', ...words);
    // Programs wait a moment to tell the escape key from the start of a sequence.
    await pause(words[0] === 'Escape' ? 200 : 40);
  };
  const mouse = (button: number, row: number, column: number) =>
    send(
      '-H',
      ...[...Buffer.from(`\u001b[<${button};${column + 1};${row + 1}M`)].map((byte) => byte.toString(16)),
    );
  try {
    await use({
      keys: async (...keys) => {
        for (let rest = keys; rest.length > 0; ) {
          const at = rest.indexOf('Escape');
          const count = at < 0 ? rest.length : Math.max(1, at);
          await send(...rest.slice(0, count));
          rest = rest.slice(count);
        }
      },
      type: (text) => send('-l', text),
      click: (row, column) => mouse(0, row, column),
      wheel: (way, row, column) => mouse(way === 'up' ? 64 : 65, row, column),
      until: async (wanted) => {
        const end = Date.now() + patienceMs;
        for (;;) {
          const shown = tmux('capture-pane', '-p', '-t', 'it');
          if (typeof wanted === 'string' ? shown.includes(wanted) : wanted.test(shown)) return shown;
          if (Date.now() > end) throw new Error(`${wanted} did not come; the screen:\n${shown}`);
          await pause(50);
        }
      },
      resize: (width, height) => {
        tmux('resize-window', '-t', 'it', '-x', String(width), '-y', String(height));
      },
    });
  } finally {
    tmux('kill-server');
  }
}
