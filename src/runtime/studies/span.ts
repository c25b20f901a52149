import os from 'node:os';
import type { ToldTime } from './forecast.ts';

/** The memory that all processes of a study may take together. */
export function memoryLimit(budget: number | null): number {
  // What others leave: of a container's own memory, where there is a limit.
  return Math.min(0.9 * process.availableMemory(), budget ?? Number.POSITIVE_INFINITY);
}

/** A training keeps so many cores busy at the most: those beyond wait for memory and for each other. */
const busyCores = 8;
/** Two trainings at once took 1.18 times as long on two cores as one after the other. */
const crowding = 1.2;

/**
 * How long trials take together. Each keeps most cores busy, so that several at once gain little unless there are many cores;
 * at the least they take as if each had the cores to itself.
 */
export function timeTogether(
  times: readonly ToldTime[],
  jobs: number,
  cores: number = os.availableParallelism(),
): ToldTime {
  const span = (time: keyof ToldTime, at: number) =>
    spanOf(
      times.map((one) => one[time]),
      at,
    );
  const share = Math.min(1, busyCores / cores);
  return {
    ms: Math.max(span('ms', jobs), share * span('ms', 1)),
    least: span('least', jobs),
    most: Math.max(span('most', jobs), (jobs > 1 ? crowding : 1) * share * span('most', 1)),
  };
}

/** When all are done: the longest first, each given to the worker that is free first. */
export function spanOf(times: readonly number[], jobs: number): number {
  const workers = new Array<number>(Math.max(1, jobs)).fill(0);
  for (const time of [...times].sort((left, right) => right - left)) {
    const free = workers.indexOf(Math.min(...workers));
    workers[free]! += time;
  }
  return Math.max(...workers);
}
