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
