/** Steps in one run, at most: their images wait in memory. */
const mostInOneRun = 16;

/** A step with more multiply-adds per thread takes more than about a second, and gains little by running with others. */
const longMultiplyAdds = 16e9;

/**
 * How many training steps one run of the library makes at most.
 * @param multiplyAdds Of one step
 * @param memory What `train.memory` says: between steps in one run weights lie there twice, so those that have to fit into
 * little memory are made one by one
 */
export function mostStepsInRun(
  multiplyAdds: number,
  threads: number,
  memory: number | null | undefined,
): number {
  return memory != null || multiplyAdds / threads > longMultiplyAdds ? 1 : mostInOneRun;
}
