import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type Diagnostic, diagnostic } from '../../compiler/index.ts';
import { JournalWriter } from '../runs/journal/journal.ts';
import { runFiles } from '../runs/record/folder.ts';
import { isDiskFull, nowhere } from '../storage/problems.ts';
import { logLength, logSince } from './training-log.ts';

/** How a process ended. */
export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Whether the system ended a process meanwhile because memory had run out. */
  readonly memoryRanOut: boolean;
  /** How long the run's log was when it started. */
  readonly logLength: number;
}

/** Waits for the end of a process that was just started on a run. */
export async function endingOf(child: ChildProcess, run: string): Promise<Ending> {
  const before = memoryKills();
  const length = logLength(run);
  const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  return { code, signal, memoryRanOut: memoryKills() > before, logLength: length };
}

/** Writes down that a fold's process ended without saying why. */
export function reportLoss(folder: string, fold: number, ending: Ending): void {
  const { code, message } = lossOf(folder, fold, ending);
  const journal = new JournalWriter(runFiles.events(folder));
  try {
    journal.append({ type: 'failed', time: Date.now(), fold, code, message });
  } finally {
    journal.close();
  }
}

/** Why a process ended without a word, as far as its signal and the last lines of its log tell. */
export function lossOf(folder: string, fold: number, ending: Ending): Diagnostic {
  const { code, signal, memoryRanOut } = ending;
  const at = nowhere(folder);
  if (isDiskFull(folder)) return diagnostic('diskFull', { at, arguments: { path: folder } });
  const killed = signal === 'SIGKILL';
  if (killed && memoryRanOut) {
    return diagnostic('outOfMemory', { at, arguments: { reason: 'the system ended the process' } });
  }
  // What Node.js says before it gives up, and what the kernels of an engine say.
  if (!killed && /heap out of memory|bad_alloc/.test(logSince(folder, ending.logLength))) {
    return diagnostic('outOfMemory', { at, arguments: { reason: 'the process ended itself' } });
  }
  const lost = diagnostic('processLost', { at, arguments: { fold } });
  const words = signal === null ? `exit code ${code}` : [signal, ...(meanings[signal] ?? [])].join(': ');
  return { ...lost, message: `${lost.message} (${words})` };
}

const meanings: Partial<Record<NodeJS.Signals, readonly string[]>> = {
  SIGKILL: ['someone ended it, or the system did, as it does where memory runs out'],
  SIGXFSZ: ['a file became larger than this user may write, see `ulimit -f`'],
  SIGXCPU: ['it used more time of the processor than this user may, see `ulimit -t`'],
  SIGBUS: ['memory that a file stands for is gone, as where a disk is full'],
};

/** How many processes the system ended so far for lack of memory; 0 where it does not say. */
function memoryKills(): number {
  try {
    return Number(/^oom_kill (\d+)$/m.exec(readFileSync('/proc/vmstat', 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}
