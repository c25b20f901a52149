import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import type { Bag } from '../../compiler/index.ts';
import { isTraining, trainer } from '../runs/record/at-work.ts';
import { readControl, writeControl } from '../runs/record/control.ts';
import { runFiles } from '../runs/record/folder.ts';
import { isHere } from '../storage/lock.ts';
import { nowhere } from '../storage/problems.ts';
import { isProvedToRun } from '../storage/process-facts.ts';
import { processArguments } from '../threads/entry.ts';

/**
 * Starts the process that trains a run's folds one after another and evaluates them. It is its own process group:
 * whoever started it may leave, and Ctrl-C in that terminal does not reach it. Resolves as soon as it is at work,
 * with false when it ended before that; `training.log` then says why.
 */
export async function launchTraining(run: string): Promise<boolean> {
  endPause(run);
  const log = openSync(runFiles.log(run), 'a');
  try {
    const child = spawn(process.execPath, workerArguments([run]), {
      detached: true,
      stdio: ['ignore', log, log],
    });
    let ended = false;
    child.once('exit', () => {
      ended = true;
    });
    while (!ended && !isTraining(run)) await setTimeout(20);
    child.unref();
    return !ended;
  } finally {
    closeSync(log);
  }
}

/** With what a run's processes exit: they did what they were asked, could not, or found that another process does it. */
export const workerExit = { done: 0, failed: 3, busy: 4 } as const;

/** The arguments that make Node run the worker. */
export function workerArguments(rest: readonly string[]): string[] {
  return processArguments(import.meta.url, 'worker', rest);
}

/**
 * Asks the process at work to finish its step, keep what it trained and end. False, with the reason in the bag, when
 * there is none (`notTraining`), when it works on another machine, where no signal reaches it (`trainedElsewhere`), or
 * when a lock names a process that is not proved to train this run (`unprovedHolder`): a lock is a file like any other, and
 * whoever wrote it must not decide whom this user's signals reach.
 */
export function stopTraining(run: string, bag: Bag): boolean {
  const holder = trainer(run);
  if (holder === null) return notTrained(run, bag);
  if (!isHere(holder)) {
    bag.report('trainedElsewhere', {
      at: nowhere(run),
      arguments: { path: run, host: holder.host },
      help: [{ message: `stop it there, or let it wait: \`cmrc pause ${run}\`` }],
    });
    return false;
  }
  if (!isProvedToRun(holder, 'process/worker', run)) {
    bag.report('unprovedHolder', {
      at: nowhere(run),
      arguments: { path: run, pid: holder.pid },
      help: [{ message: 'where nothing trains it, remove its lock files: `lock` and `fold-1/lock`' }],
    });
    return false;
  }
  endPause(run);
  process.kill(holder.pid, 'SIGTERM');
  return true;
}

/** Lets training wait before its next step, or go on. False, with `notTraining`, when no process works on the run. */
export function pauseTraining(run: string, paused: boolean, bag: Bag): boolean {
  if (trainer(run) === null) return notTrained(run, bag);
  writeControl(run, { paused });
  return true;
}

/** Reports that there is nobody to steer. */
export function notTrained(run: string, bag: Bag): false {
  bag.report('notTraining', {
    at: nowhere(run),
    arguments: { path: run },
    help: [{ message: `go on with a stopped run: \`cmrc train --resume ${run}\`` }],
  });
  return false;
}

/** A pause is of the processes that were asked: whoever goes on later is not to wait. */
function endPause(run: string): void {
  if (readControl(run).paused) writeControl(run, { paused: false });
}
