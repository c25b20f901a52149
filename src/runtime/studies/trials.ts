import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Bag, type RunPlan, runHash } from '../../compiler/index.ts';
import { epochsDone } from '../runs/journal/progress.ts';
import { progressOf } from '../runs/journal/progress-of.ts';
import { runFiles } from '../runs/record/folder.ts';
import { createRun, openRun, type Run, updateRecord } from '../runs/record/store.ts';
import { readEvaluation } from '../runs/results/evaluation.ts';
import { type Holder, liveHolder } from '../storage/lock.ts';
import { KnownRuns, type Lookup } from './known-runs.ts';

/** An experiment, variant or cell that a study trains. */
export interface Member {
  readonly name: string;
  readonly plan: RunPlan;
}

/** A run that a study needs: one experiment with one seed. Members of one identity share it. */
export interface StudyRun {
  /** The names of its members. */
  readonly members: readonly string[];
  readonly plan: RunPlan;
  /** Where it is, or will be. */
  readonly folder: string;
}

/** The smallest thing that is trained by itself: one fold of one run. */
export interface Trial {
  readonly run: StudyRun;
  readonly fold: number;
}

export type TrialState = 'waiting' | 'stopped' | 'training' | 'finished' | 'diverged' | 'failed';

/** Where a trial stands, by what lies on disk. */
export interface TrialStatus {
  readonly state: TrialState;
  readonly epochs: number;
  /** Why it failed or diverged. */
  readonly failure: { readonly code: string; readonly message: string } | null;
  /** What held-out images say after its last epoch, by path of metric; nothing before the first. */
  readonly heldOut: Readonly<Record<string, number | null>>;
  /** Who trains it. */
  readonly holder: Holder | null;
}

/** A plan that differs by its seed alone; seed 0 is the plan's own. */
export function reseeded(plan: RunPlan, offset: number): RunPlan {
  if (offset === 0) return plan;
  const { hash: _, ...rest } = { ...plan, train: { ...plan.train, seed: plan.train.seed + offset } };
  return { ...rest, hash: runHash(rest) };
}

/**
 * The runs that members need, each with this many seeds, in the order of the members. A run that lies in the folder
 * already, whoever made it and wherever its data lay, is taken.
 */
export function planRuns(
  members: readonly Member[],
  seeds: number,
  parent: string,
  lookup: Lookup = { acceptData: false, bag: new Bag() },
): readonly StudyRun[] {
  const known = new KnownRuns(parent, lookup);
  const runs = new Map<string, { members: string[]; plan: RunPlan; folder: string }>();
  for (const { name, plan } of members) {
    for (let offset = 0; offset < seeds; offset += 1) {
      const { plan: own, run } = known.find(reseeded(plan, offset), name);
      const before = runs.get(own.hash);
      if (before !== undefined) {
        // A member of two studies is named once.
        if (!before.members.includes(name)) before.members.push(name);
        continue;
      }
      runs.set(own.hash, { members: [name], plan: own, folder: run?.folder ?? freeFolder(parent, own.hash) });
    }
  }
  return [...runs.values()];
}

/** Where a trial is made: beside the run that has its name, if someone changed that by hand. */
function freeFolder(parent: string, hash: string): string {
  const name = join(parent, `trial-${hash.slice(0, 12)}`);
  let folder = name;
  for (let attempt = 2; existsSync(runFiles.record(folder)); attempt += 1) folder = `${name}-${attempt}`;
  return folder;
}

/** Every fold of every run. */
export function trialsOf(runs: readonly StudyRun[]): readonly Trial[] {
  return runs.flatMap((run) => foldsOf(run.plan).map((fold) => ({ run, fold })));
}

function foldsOf(plan: RunPlan): readonly number[] {
  return Array.from({ length: plan.evaluate.folds.count }, (_, index) => index + 1);
}

/** Where a trial stands. */
export function statusOf({ run, fold }: Trial): TrialStatus {
  const progress = progressOf(run.folder);
  const foldProgress = progress.folds.get(fold);
  const epochs = foldProgress === undefined ? 0 : epochsDone(foldProgress);
  const heldOut = foldProgress?.epochs.at(-1)?.heldOut ?? {};
  const known = { epochs, heldOut };
  const holder = liveHolder(runFiles.foldLock(run.folder, fold)) ?? liveHolder(runFiles.lock(run.folder));
  if (foldProgress?.state === 'finished' && foldProgress.started.epochs >= run.plan.train.epochs) {
    return { state: 'finished', ...known, failure: null, holder: null };
  }
  if (holder !== null) return { state: 'training', ...known, failure: null, holder };
  const last = progress.log.findLast((event) => event.fold === fold);
  if (last?.type === 'failed') {
    const { code, message } = last;
    return { state: code === 'CMR904' ? 'diverged' : 'failed', ...known, failure: { code, message }, holder };
  }
  return { state: foldProgress === undefined ? 'waiting' : 'stopped', ...known, failure: null, holder };
}

/** Whether a run has its metrics, of all its folds. */
export function isEvaluated({ folder, plan }: StudyRun): boolean {
  return readEvaluation(folder)?.folds.length === plan.evaluate.folds.count;
}

/** What a run is made from. */
export interface Making {
  readonly workingFolder: string;
  readonly backend: string | null;
  readonly overrides: readonly string[];
  readonly versions: Run['record']['versions'];
  readonly sources: readonly { readonly path: string; readonly text: string }[];
}

/**
 * The run directory of a study's run with all of its folds, made where it is missing. Another study may make it at the
 * same moment: both then share it.
 */
export function ensureRun({ folder, plan }: StudyRun, making: Making, bag: Bag): Run | null {
  const folds = foldsOf(plan);
  if (!existsSync(runFiles.record(folder))) {
    const findings = new Bag();
    const made = createRun({ folder, plan, folds, ...making, now: new Date() }, findings);
    if (made !== null) return made;
    if (!existsSync(runFiles.record(folder))) {
      for (const item of findings.sorted()) bag.add(item);
      return null;
    }
  }
  const run = openRun(folder, bag);
  if (run === null || folds.every((fold) => run.record.folds.includes(fold))) return run;
  return updateRecord(run, { folds }, bag);
}
