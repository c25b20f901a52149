/** What the exit code of `cmrc` says. */
export const exit = {
  fine: 0,
  /** The spec is wrong, or `fmt --check` found something. */
  spec: 1,
  commandLine: 2,
  /** The environment or the data: a missing file, a broken run, a full disk. */
  environment: 3,
  /** Our own mistake. */
  bug: 70,
} as const;

export type ExitCode = (typeof exit)[keyof typeof exit];
