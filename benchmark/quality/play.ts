import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Task, Told } from './task.ts';

/** How a player is started. */
export interface Command {
  readonly command: string;
  readonly arguments: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

/** What becomes of a player's lines. */
export interface Listener {
  begun(version: string): void;
  progress(told: Extract<Told, { kind: 'progress' }>): void;
  /** @param labels the held-out images' masks, `[image, height, width]` */
  mark(told: Extract<Told, { kind: 'mark' }>, labels: Uint8Array): void;
}

/** Lets a player do its task. Rejects when it ends before its last mark. */
export async function play(command: Command, task: Task, listener: Listener): Promise<void> {
  const child = spawn(command.command, [...command.arguments, JSON.stringify(task)], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, OMP_NUM_THREADS: String(task.threads), ...command.environment },
  });
  const ended = new Promise<string>((resolve) => {
    child.once('error', ({ message }) => resolve(message));
    child.once('exit', (code, signal) => resolve(`it ended with ${signal ?? code}`));
  });
  // A player that has ended takes no more lines; how it ended says why.
  child.stdin.on('error', () => {});
  let marks = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    const told = JSON.parse(line) as Told;
    if (told.kind === 'begun') listener.begun(told.version);
    else if (told.kind === 'progress') listener.progress(told);
    else {
      marks += 1;
      listener.mark(told, readFileSync(task.predictions));
      child.stdin.write('\n');
    }
  }
  const reason = await ended;
  if (marks < task.marks.length) throw new Error(reason);
}
