import type { Diagnostic } from '../../src/compiler/index.ts';

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

/** Diagnostics about the command line rather than about a spec. */
const commandLineCodes: ReadonlySet<string> = new Set([
  'CMR916',
  'CMR923',
  'CMR924',
  'CMR925',
  'CMR926',
  'CMR927',
  'CMR962',
  'CMR963',
]);

/** Beside 1xx to 8xx: that training diverged, that nothing trains what is to be steered, that a study is over its budget. */
const ofTheSpec: ReadonlySet<string> = new Set(['CMR904', 'CMR934', 'CMR981']);

/** What a code means for the exit: the spec or the data, the command line, or what is around them. */
export function exitCodeFor(code: string): ExitCode {
  if (code < 'CMR9' || ofTheSpec.has(code)) return exit.wrong;
  if (code === 'CMR930') return exit.bug;
  return commandLineCodes.has(code) ? exit.commandLine : exit.environment;
}

/** What to exit with after these findings: errors of a spec or of data count before those around them. */
export function exitCodeOf(diagnostics: readonly Diagnostic[]): ExitCode {
  const found = new Set(
    diagnostics.filter(({ severity }) => severity === 'error').map(({ code }) => exitCodeFor(code)),
  );
  const order = [exit.wrong, exit.commandLine, exit.environment, exit.bug];
  return order.find((code) => found.has(code)) ?? exit.fine;
}
