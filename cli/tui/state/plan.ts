import { type CatalogueRun, epochsDone } from '../../../src/runtime/index.ts';
import type { CompiledSpec } from './specs.ts';

/** The trials of a spec, and what they are going to take. */
export interface PlanState {
  readonly spec: string | null;
  readonly working: boolean;
  readonly problem: string | null;
  readonly studies: readonly string[];
  readonly trials: readonly PlannedTrial[];
  /** What they take together, one after another; null while that is not known. */
  readonly milliseconds: number | null;
  /** Bytes that there are. */
  readonly limit: number;
  readonly cursor: number;
}

export interface PlannedTrial {
  readonly members: string;
  readonly seed: number;
  readonly fold: number;
  readonly state: string;
  readonly epochs: number;
  readonly allEpochs: number;
  /** What is left of it, and the memory of its process; null while that is not known. */
  readonly milliseconds: number | null;
  readonly bytes: number | null;
  /** What they are told from. */
  readonly basis: string;
  readonly folder: string;
}

export const noPlan: PlanState = {
  spec: null,
  working: false,
  problem: null,
  studies: [],
  trials: [],
  milliseconds: null,
  limit: 0,
  cursor: 0,
};

/** Whether nothing is left to do of a trial by itself. */
export function isOver({ state }: PlannedTrial): boolean {
  return state === 'finished' || state === 'diverged' || state === 'failed';
}

/** A plan with its trials as they are by now: less is left of those that were trained meanwhile. */
export function currentPlan(
  plan: PlanState,
  compiled: CompiledSpec,
  runs: readonly CatalogueRun[],
): PlanState {
  const trials = trialsOfSpec(compiled, runs).map((now): PlannedTrial => {
    const before = plan.trials.find(
      ({ members, seed, fold }) => members === now.members && seed === now.seed && fold === now.fold,
    );
    if (before === undefined) return now;
    const { bytes, basis, milliseconds, epochs } = before;
    const left = isOver(now) ? 0 : (now.allEpochs - now.epochs) / Math.max(1, now.allEpochs - epochs);
    const folder = now.folder || before.folder;
    return { ...now, folder, bytes, basis, milliseconds: milliseconds && milliseconds * left };
  });
  const left = trials.reduce((sum, { milliseconds }) => sum + (milliseconds ?? 0), 0);
  return { ...plan, trials, milliseconds: plan.milliseconds === null ? null : left };
}

/** The trials of a spec as far as the session knows them, before anybody has told what they are going to take. */
export function trialsOfSpec(compiled: CompiledSpec, runs: readonly CatalogueRun[]): readonly PlannedTrial[] {
  const trials = new Map<string, PlannedTrial>();
  for (const name of compiled.planned) {
    const experiment = compiled.experiments.find((one) => one.name === name);
    if (experiment === undefined) continue;
    const { plan, family } = experiment;
    const { seed, epochs: allEpochs } = plan.train;
    const run = runs
      .filter(({ brief }) => brief.recipe === family && brief.seed === seed && brief.byHand === 0)
      .toSorted((one, other) => finishedFolds(other) - finishedFolds(one))[0];
    for (let fold = 1; fold <= plan.evaluate.folds.count; fold += 1) {
      const key = `${family} ${seed} ${fold}`;
      const before = trials.get(key)?.members.split(' = ') ?? [];
      const progressOfFold = run?.progress.folds.get(fold);
      trials.set(key, {
        members: [...new Set([...before, name])].join(' = '),
        seed,
        fold,
        state: run === undefined ? 'waiting' : stateOf(run, fold, allEpochs),
        epochs: progressOfFold === undefined ? 0 : epochsDone(progressOfFold),
        allEpochs,
        milliseconds: null,
        bytes: null,
        basis: '',
        folder: run?.folder ?? '',
      });
    }
  }
  return [...trials.values()];
}

function finishedFolds({ progress }: CatalogueRun): number {
  return [...progress.folds.values()].filter(({ state }) => state === 'finished').length;
}

function stateOf({ progress, training }: CatalogueRun, fold: number, epochs: number): string {
  const progressOfFold = progress.folds.get(fold);
  if (progressOfFold?.state === 'finished' && progressOfFold.started.epochs >= epochs) return 'finished';
  if (training) return 'training';
  if (progressOfFold?.state === 'failed') return progress.failure?.code === 'CMR904' ? 'diverged' : 'failed';
  return progressOfFold === undefined ? 'waiting' : 'stopped';
}
