import { type ChildProcess, spawn } from 'node:child_process';
import { folderSize } from './folder-size.ts';

/** How a program ended. */
export interface Outcome {
  /** Null when it did not end by itself. */
  readonly status: number | null;
  readonly output: string;
  readonly errors: string;
  /** Why there is no status: there is no such program, it was silent for too long, or the user stopped. */
  readonly failure: 'missing' | 'silent' | 'stopped' | null;
}

export interface CommandOptions {
  readonly environment?: Readonly<Record<string, string>>;
  readonly folder?: string;
  /** It is ended when neither it says anything nor its folder grows for so long. */
  readonly silentMs: number;
  /** A folder that it fills: growth counts as life, and is told. */
  readonly fills?: string;
  /** Hears the size of that folder, in bytes, every few seconds. */
  readonly grown?: (bytes: number) => void;
  readonly signal?: AbortSignal;
  /** Hears each line of its output while it runs. */
  readonly heard?: (line: string) => void;
}

/** Runs a program without a shell. Never throws. */
export type Runner = (command: string, words: readonly string[], options: CommandOptions) => Promise<Outcome>;

const watchMs = 3000;

export const runCommand: Runner = (command, words, options) =>
  new Promise((resolve) => {
    const { environment, folder, silentMs, fills, grown, signal, heard } = options;
    let failure: Outcome['failure'] = null;
    let lastLife = Date.now();
    let size = 0;
    const texts = { stdout: '', stderr: '' };
    let told = 0;
    const onWindows = process.platform === 'win32';
    const child = spawn(onWindows && command === 'npm' ? 'npm.cmd' : command, words, {
      cwd: folder,
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own, so that what it started ends with it.
      detached: !onWindows,
      // Batch files run in a shell only.
      shell: onWindows && command === 'npm',
    });
    const end = (why: NonNullable<Outcome['failure']>) => {
      failure ??= why;
      killGroup(child);
    };
    const stop = () => end('stopped');
    if (signal?.aborted === true) stop();
    signal?.addEventListener('abort', stop, { once: true });
    const watch = setInterval(
      () => {
        if (fills !== undefined) {
          const now = folderSize(fills);
          if (now > size) {
            lastLife = Date.now();
            size = now;
            grown?.(now);
          }
        }
        if (Date.now() - lastLife > silentMs) end('silent');
      },
      Math.min(watchMs, silentMs),
    );
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (text: string) => {
        lastLife = Date.now();
        texts[name] += text;
        if (name !== 'stdout' || heard === undefined) return;
        const lines = texts.stdout.slice(told).split('\n').slice(0, -1);
        for (const line of lines) {
          told += line.length + 1;
          heard(line);
        }
      });
    }
    const finish = (status: number | null) => {
      clearInterval(watch);
      signal?.removeEventListener('abort', stop);
      resolve({
        status: failure === null ? status : null,
        output: texts.stdout,
        errors: texts.stderr,
        failure,
      });
    };
    child.once('error', () => {
      failure ??= 'missing';
      finish(null);
    });
    child.once('close', (status) => finish(status));
  });

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    if (process.platform === 'win32') child.kill();
    else process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It has just ended.
  }
}

/** How lines that say what is wrong look, the surest first. */
const telling = [/(^|\s)(error|fatal error)( |:)|^\w*Error:/i, /\b(cannot|undefined reference|not found)\b/i];

/** Why a program failed, in a few words: its last line that says something about an error, or how it ended. */
export function reasonOf(
  { status, output, errors, failure }: Outcome,
  command: string,
  silentMs: number,
): string {
  if (failure === 'missing') return `there is no program \`${command}\` on the path`;
  if (failure === 'silent')
    return `\`${command}\` did nothing for ${Math.round(silentMs / 1000)} s, so it was ended`;
  if (failure === 'stopped') return 'it was stopped';
  const lines = `${output}\n${errors}`.split('\n').map((line) => line.trim());
  const line =
    telling.map((pattern) => lines.find((one) => pattern.test(one))).find((one) => one !== undefined) ??
    lines.filter((one) => one !== '').at(-1);
  return line === undefined ? `\`${command}\` ended with ${status}` : line.slice(0, 300);
}
