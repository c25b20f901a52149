/** What the exit code of `cmrc` says. */
export const exit = {
  fine: 0,
  /** The spec or the data is wrong, a study is over its budget, training diverged, or `fmt --check` found something. */
  wrong: 1,
  commandLine: 2,
  /** The environment: a missing file, a broken run, a full disk. */
  environment: 3,
  /** Our own mistake. */
  bug: 70,
} as const;

export type ExitCode = (typeof exit)[keyof typeof exit];
