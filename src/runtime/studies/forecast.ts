import os from 'node:os';
import { listRuns, type Run } from '../runs/store.ts';
import { progressOf, type StudyRun, statusOf, type Trial } from './trials.ts';

/** What a trial is going to take. */
export interface Forecast {
  /** Milliseconds that are left. */
  readonly ms: number;
  /** Memory of its process. */
  readonly bytes: number;
  /** What it was told from. */
  readonly basis: Basis;
}

/** From best to worst. */
export type Basis = 'the same network' | 'other networks' | 'a guess';

/** What was measured while a network was trained here. */
export interface Measured {
  readonly network: string;
  readonly batch: number;
  /** Of one image on its way forward; null where the run does not say. */
  readonly multiplyAdds: number | null;
  readonly trainingBytes: number | null;
  /** Per training image, what an epoch adds beside its steps included. */
  readonly msPerImage: number;
  readonly memoryBytes: number;
}

/**
 * Multiply-adds that a processor core trains per millisecond, where nothing was measured: wasm did 15.4 G in 0.92 to 1.24 s
 * on two cores with AVX2, see benchmark; the other engines do up to twice as many.
 */
const guessedPerMs = 7e6;
/** Cores beyond these wait for memory and for each other. */
const mostCores = 8;
/** A step goes forward once and back twice. */
const passes = 3;
/** A process before it holds a network: Node.js, an engine, prepared images. */
const processBytes = 250e6;
/** Starting a process, an engine and the data. */
const startMs = 4000;

/** What the runs below a folder tell of this machine. */
export function measuredRuns(parent: string): readonly Measured[] {
  return listRuns(parent).flatMap(measuredRun);
}

function measuredRun({ folder, record }: Run): readonly Measured[] {
  const { network, train } = record.plan;
  return [...progressOf(folder).folds.values()].flatMap(({ epochs, started }) => {
    // The first epoch reads or draws the images and warms the engine up.
    const warm = epochs.slice(epochs.length > 1 ? 1 : 0);
    if (warm.length === 0) return [];
    const epochMs = warm.reduce((sum, epoch) => sum + epoch.epochMs, 0) / warm.length;
    return [
      {
        network: network.hash,
        batch: train.batch,
        multiplyAdds: record.cost?.multiplyAdds ?? null,
        trainingBytes: record.cost?.trainingBytes ?? null,
        msPerImage: epochMs / Math.max(1, started.images.train),
        memoryBytes: Math.max(...epochs.map((epoch) => epoch.memoryBytes)),
      },
    ];
  });
}

/** How long a trial takes from where it stands, and how much memory. @param images that the fold trains on */
export function forecast(trial: Trial, images: number, measured: readonly Measured[]): Forecast {
  const { plan, cost } = trial.run;
  const { state, epochs } = statusOf(trial);
  const left = state === 'finished' || state === 'diverged' ? 0 : Math.max(0, plan.train.epochs - epochs);
  const { msPerImage, basis } = pace(trial.run, measured);
  const ms = left === 0 ? 0 : startMs + left * images * msPerImage;
  return { ms, bytes: memoryOf(trial.run, cost.trainingBytes, measured), basis };
}

function pace({ plan, cost }: StudyRun, measured: readonly Measured[]): { msPerImage: number; basis: Basis } {
  const same = measured.filter(
    ({ network, batch }) => network === plan.network.hash && batch === plan.train.batch,
  );
  if (same.length > 0) {
    return { msPerImage: median(same.map(({ msPerImage }) => msPerImage)), basis: 'the same network' };
  }
  const rates = measured.flatMap(({ multiplyAdds, msPerImage }) =>
    multiplyAdds === null || msPerImage === 0 ? [] : [multiplyAdds / msPerImage],
  );
  if (rates.length > 0) return { msPerImage: cost.multiplyAdds / median(rates), basis: 'other networks' };
  const cores = Math.min(mostCores, os.availableParallelism());
  return { msPerImage: (passes * cost.multiplyAdds) / (cores * guessedPerMs), basis: 'a guess' };
}

function memoryOf({ plan }: StudyRun, least: number, measured: readonly Measured[]): number {
  const same = measured.filter(
    ({ network, batch }) => network === plan.network.hash && batch === plan.train.batch,
  );
  if (same.length > 0) return Math.max(...same.map(({ memoryBytes }) => memoryBytes));
  // Engines hold more than the least: as much more as they did in other runs, else half as much again.
  const factors = measured.flatMap(({ trainingBytes, memoryBytes }) =>
    trainingBytes === null || trainingBytes < 20e6 ? [] : [(memoryBytes - processBytes) / trainingBytes],
  );
  return processBytes + Math.max(1, factors.length > 0 ? Math.max(...factors) : 1.5) * least;
}

/** The memory that all processes of a study may take together. */
export function memoryLimit(budget: number | null): number {
  // What others leave: of a container's own memory, where there is a limit.
  return Math.min(0.9 * process.availableMemory(), budget ?? Number.POSITIVE_INFINITY);
}

/** How long trials take together: the longest first, each given to the worker that is free first. */
export function spanOf(times: readonly number[], jobs: number): number {
  const workers = new Array<number>(Math.max(1, jobs)).fill(0);
  for (const time of [...times].sort((left, right) => right - left)) {
    const free = workers.indexOf(Math.min(...workers));
    workers[free]! += time;
  }
  return Math.max(...workers);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)]!;
}
