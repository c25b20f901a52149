import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { basename, dirname, resolve } from 'node:path';
import { diagnostic } from '../../compiler/index.ts';
import { Catalogue } from '../runs/catalogue/catalogue.ts';
import { JournalWriter, readEvents } from '../runs/journal/journal.ts';
import { advance, type FoldProgress, noProgress } from '../runs/journal/progress.ts';
import { runFiles } from '../runs/record/folder.ts';
import type { Run } from '../runs/record/store.ts';
import { hasLastCheckpoint } from '../runs/results/judged.ts';
import { acquire, isLock } from '../storage/lock.ts';
import { nowhere } from '../storage/problems.ts';
import { workerArguments } from './launch.ts';

/**
 * Trains the folds of a run that are not finished, then evaluates. Each fold has a process of its own, which gives back
 * all its memory; being asked to stop is passed on to it. False when another process has the run, or when a fold failed.
 */
export async function supervise(run: Run): Promise<boolean> {
  const lock = acquire(runFiles.lock(run.folder));
  if (!isLock(lock)) {
    process.stderr.write(`process ${lock.pid} works on this run\n`);
    return false;
  }
  let child: ChildProcess | null = null;
  let stopping = false;
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.on(signal, () => {
      stopping = true;
      child?.kill('SIGTERM');
    });
  }
  const call = async (...task: string[]): Promise<string> => {
    child = start(run, task);
    const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
    child = null;
    return signal ?? `exit code ${code}`;
  };
  try {
    for (const fold of run.record.folds) {
      if (stopping) return true;
      if (isFinished(run, fold)) continue;
      const ending = await call('--fold', String(fold));
      const after = stateOf(run, fold);
      if (after?.state === 'running' || (after === undefined && !hasFailed(run)))
        reportLoss(run.folder, fold, ending);
      if (after?.state !== 'finished') return after?.state === 'stopped';
    }
    return (await call('--evaluate')) === 'exit code 0';
  } finally {
    lock.release();
    const folder = resolve(run.folder);
    new Catalogue(dirname(folder)).remember(basename(folder));
  }
}

/** The child hears through its channel when this process is gone, and then stops too. */
function start(run: Run, task: readonly string[]): ChildProcess {
  return spawn(process.execPath, workerArguments([run.folder, ...task]), {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
}

/** Whether a fold has all the epochs that its run now asks for, and their weights. */
function isFinished(run: Run, fold: number): boolean {
  const progress = stateOf(run, fold);
  const all = progress?.state === 'finished' && progress.started.epochs >= run.record.plan.train.epochs;
  return all && hasLastCheckpoint(run.folder, fold);
}

function stateOf(run: Run, fold: number): FoldProgress | undefined {
  return advance(noProgress, readEvents(runFiles.events(run.folder))).folds.get(fold);
}

function hasFailed(run: Run): boolean {
  return readEvents(runFiles.events(run.folder)).at(-1)?.type === 'failed';
}

/** Writes down that a fold's process ended without saying why. */
export function reportLoss(folder: string, fold: number, ending: string): void {
  const problem = diagnostic('processLost', { at: nowhere(folder), arguments: { fold } });
  const journal = new JournalWriter(runFiles.events(folder));
  journal.append({
    type: 'failed',
    time: Date.now(),
    fold,
    code: problem.code,
    message: `${problem.message} (${ending})`,
  });
  journal.close();
}
