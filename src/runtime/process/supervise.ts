import { type ChildProcess, spawn } from 'node:child_process';
import { basename, dirname, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Catalogue } from '../runs/catalogue/catalogue.ts';
import { readEvents } from '../runs/journal/journal.ts';
import { advance, type FoldProgress, noProgress } from '../runs/journal/progress.ts';
import { runFiles } from '../runs/record/folder.ts';
import type { Run } from '../runs/record/store.ts';
import { hasLastCheckpoint } from '../runs/results/judged.ts';
import { acquire, isLock, liveHolder } from '../storage/lock.ts';
import { systemProblem } from '../storage/problems.ts';
import { type Ending, endingOf, reportLoss } from './ending.ts';
import { workerArguments, workerExit } from './launch.ts';
import { tell } from './tell.ts';

const lookAgainMs = 100;

/**
 * Trains the folds of a run that are not finished, then evaluates. Each fold has a process of its own, which gives back
 * all its memory; being asked to stop is passed on to it. False when another process has the run, or when a fold failed.
 */
export async function supervise(run: Run): Promise<boolean> {
  const lock = acquire(runFiles.lock(run.folder));
  if (!isLock(lock)) {
    tell(`process ${lock.pid} works on this run\n`);
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
  const call = async (...task: string[]): Promise<Ending> => {
    child = start(run, task);
    const ending = await endingOf(child, run.folder);
    child = null;
    return ending;
  };
  try {
    for (const fold of run.record.folds) {
      while (!stopping && !isFinished(run, fold)) {
        const ending = await call('--fold', String(fold));
        // Left over from a parent that was killed: it hears of that and ends.
        if (ending.code === workerExit.busy) await freed(runFiles.foldLock(run.folder, fold), () => stopping);
        else if (!isFinished(run, fold)) return stopping || endedAs(run, fold, ending);
      }
      if (stopping) return true;
    }
    return (await call('--evaluate')).code === workerExit.done;
  } catch (error) {
    // A disk without room for the journal, or a folder that is gone: the log says it, and `cmrc train` looks itself.
    const problem = systemProblem(error, run.folder);
    tell([problem]);
    return false;
  } finally {
    lock.release();
    const folder = resolve(run.folder);
    new Catalogue(dirname(folder)).remember(basename(folder));
  }
}

/** Waits until nobody holds a lock any more. */
async function freed(lock: string, stopped: () => boolean): Promise<void> {
  while (liveHolder(lock) !== null && !stopped()) await setTimeout(lookAgainMs);
}

/** Whether a fold that is not finished was stopped; a process that ended without a word is written down. */
function endedAs(run: Run, fold: number, ending: Ending): boolean {
  const after = stateOf(run, fold);
  if (after?.state === 'running' || (after === undefined && !hasFailed(run)))
    reportLoss(run.folder, fold, ending);
  return after?.state === 'stopped';
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
