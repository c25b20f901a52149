import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import type { Holder } from '../../src/runtime/storage/lock.ts';
import { processFacts, processTable } from '../../src/runtime/storage/process-facts.ts';

/**
 * A process that stands for one that trains a run: its command is that of a worker, and it does nothing.
 * @param place a folder for its program
 */
export async function idleWorker(place: string, run: string): Promise<ChildProcess> {
  const program = join(place, 'process', 'worker.js');
  mkdirSync(dirname(program), { recursive: true });
  writeFileSync(program, "process.stdout.write('.'); setInterval(() => {}, 1000)");
  const child = spawn(process.execPath, [program, run], { stdio: ['ignore', 'pipe', 'ignore'] });
  await once(child.stdout, 'data');
  return child;
}

/** What the lock of a living process of this machine says. */
export function holderOf(pid: number): Holder {
  const { born } = processFacts(pid)!;
  return { pid, host: hostname(), table: processTable, born, token: 'f00', path: null };
}
