import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Bag, type Diagnostic } from '../../compiler/index.ts';
import { type Ending, endingOf, reportLoss } from '../process/ending.ts';
import { workerArguments, workerExit } from '../process/launch.ts';
import { runFiles } from '../runs/record/folder.ts';
import { createFolders } from '../storage/atomic.ts';
import { systemProblem } from '../storage/problems.ts';
import {
  ensureRun,
  isEvaluated,
  type Making,
  type StudyRun,
  statusOf,
  type Trial,
  type TrialStatus,
} from './trials.ts';

/** What a study says while it runs. */
export type StudyEvent =
  | { readonly kind: 'begins' | 'waits'; readonly trial: Trial; readonly status: TrialStatus }
  | { readonly kind: 'ends'; readonly trial: Trial; readonly status: TrialStatus }
  | { readonly kind: 'evaluated'; readonly run: StudyRun; readonly done: boolean };

export interface Schedule {
  readonly making: Making;
  /** How many processes at once. */
  readonly jobs: number;
  /** Bytes that they may take together. */
  readonly memory: number;
  /** Bytes that a trial is expected to take. */
  bytesOf(trial: Trial): number;
  stopRequested(): boolean;
  tell(event: StudyEvent): void;
  /** Called now and then while something runs. */
  tick(): void;
}

const pollMs = 250;
/** How often runs are read when no process of ours ended: others may train them too, and their logs are long. */
const lookMs = 5000;

interface Job {
  readonly child: ChildProcess;
  readonly bytes: number;
  readonly ended: Promise<Ending>;
  over: boolean;
  readonly finish: (ending: Ending) => void;
}

/**
 * Trains trials until all are done, have failed, or a stop is wished for: each in a process of its own, as many at once
 * as the jobs and the memory allow, and evaluates every run whose folds are complete. A trial that another process
 * trains is waited for. What failed is recorded in its run, and the rest goes on; a full disk ends everything, and is
 * given back as a finding.
 */
export async function runSchedule(
  trials: readonly Trial[],
  schedule: Schedule,
): Promise<readonly Diagnostic[]> {
  const bag = new Bag();
  const waiting = trials.filter((trial) => isOpen(statusOf(trial)));
  const evaluations = [...new Set(trials.map(({ run }) => run))];
  const waited = new Set<Trial>();
  const jobs = new Set<Job>();
  let stopping = false;
  let looked = Number.NEGATIVE_INFINITY;

  const begin = (run: StudyRun, task: readonly string[], bytes: number, finish: Job['finish']): boolean => {
    try {
      if (ensureRun(run, schedule.making, bag) === null) return false;
      const child = start(run, task);
      const ended = endingOf(child, run.folder);
      const job: Job = { child, bytes, ended, over: false, finish };
      void ended.then(() => {
        job.over = true;
      });
      jobs.add(job);
      return true;
    } catch (error) {
      bag.add(systemProblem(error, run.folder));
      return false;
    }
  };
  const settle = (trial: Trial, ending: Ending): void => {
    const { state } = statusOf(trial);
    const isBusy = ending.code === workerExit.busy;
    const isQuiet = isBusy || ending.code === workerExit.done;
    if ((state === 'waiting' || state === 'stopped') && !stopping && !isQuiet) {
      try {
        reportLoss(trial.run.folder, trial.fold, ending);
      } catch (error) {
        bag.add(systemProblem(error, trial.run.folder));
      }
    }
    const status = statusOf(trial);
    // Another study was faster to begin it: then this one waits, and goes on where that one was stopped.
    if ((status.holder !== null || (isBusy && isOpen(status))) && !stopping) {
      waiting.push(trial);
      return;
    }
    if (status.failure?.code === 'CMR917') bag.report('diskFull', diskFull(trial.run.folder));
    schedule.tell({ kind: 'ends', trial, status });
  };
  const isFull = (bytes: number) => {
    const taken = [...jobs].reduce((sum, job) => sum + job.bytes, 0);
    return jobs.size >= schedule.jobs || (jobs.size > 0 && taken + bytes > schedule.memory);
  };

  for (;;) {
    for (const job of jobs) {
      if (!job.over) continue;
      jobs.delete(job);
      job.finish(await job.ended);
      looked = Number.NEGATIVE_INFINITY;
    }
    if (!stopping && (schedule.stopRequested() || bag.hasErrors)) {
      stopping = true;
      for (const { child } of jobs) child.kill('SIGTERM');
    }
    if (!stopping && performance.now() - looked >= lookMs) {
      looked = performance.now();
      for (const run of [...evaluations]) {
        const own = trials.filter((trial) => trial.run === run);
        if (!own.every((trial) => statusOf(trial).state === 'finished')) continue;
        const bytes = schedule.bytesOf(own[0]!);
        if (isFull(bytes)) break;
        evaluations.splice(evaluations.indexOf(run), 1);
        if (isEvaluated(run)) continue;
        begin(run, ['--evaluate'], bytes, () =>
          schedule.tell({ kind: 'evaluated', run, done: isEvaluated(run) }),
        );
      }
      for (const trial of [...waiting]) {
        const bytes = schedule.bytesOf(trial);
        if (isFull(bytes)) break;
        const status = statusOf(trial);
        if (status.holder !== null) {
          if (!waited.has(trial)) schedule.tell({ kind: 'waits', trial, status });
          waited.add(trial);
          continue;
        }
        waiting.splice(waiting.indexOf(trial), 1);
        if (!isOpen(status)) continue;
        if (!begin(trial.run, ['--fold', String(trial.fold)], bytes, (ending) => settle(trial, ending)))
          break;
        schedule.tell({ kind: 'begins', trial, status });
      }
    }
    if (jobs.size === 0 && (stopping || waiting.length === 0)) {
      const left = stopping ? [] : evaluations.filter((run) => isComplete(run, trials));
      if (left.length === 0) return bag.sorted();
    }
    schedule.tick();
    await Promise.race([setTimeout(pollMs), ...[...jobs].map(({ ended }) => ended)]);
  }
}

function isComplete(run: StudyRun, trials: readonly Trial[]): boolean {
  return trials.filter((trial) => trial.run === run).every((trial) => statusOf(trial).state === 'finished');
}

/** Whether there is anything to do: what diverged would do so again with the same numbers. */
function isOpen({ state }: TrialStatus): boolean {
  return state !== 'finished' && state !== 'diverged';
}

/** The child hears through its channel when this process is gone, and then stops after its step. */
function start(run: StudyRun, task: readonly string[]): ChildProcess {
  createFolders(dirname(runFiles.log(run.folder)));
  const log = openSync(runFiles.log(run.folder), 'a');
  try {
    return spawn(process.execPath, workerArguments([run.folder, ...task]), {
      // Ctrl-C in this terminal is for the study, which then asks its trials to stop.
      detached: true,
      stdio: ['ignore', log, log, 'ipc'],
    });
  } finally {
    closeSync(log);
  }
}

function diskFull(path: string) {
  return {
    at: { file: path, start: 0, end: 0 },
    arguments: { path },
    help: [{ message: 'free some space and give the same command again; complete checkpoints are kept' }],
  };
}
