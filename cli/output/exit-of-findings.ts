import { type Cause, causeOf, type Diagnostic } from '../../src/compiler/index.ts';
import { type ExitCode, exit } from './exit.ts';

const exitByCause: Partial<Readonly<Record<Cause, ExitCode>>> = {
  'command line': exit.commandLine,
  environment: exit.environment,
  cmrnet: exit.bug,
};

/** What a code means for the exit: the spec or the data, the command line, what is around them, or our own mistake. */
export function exitCodeFor(code: string): ExitCode {
  return exitByCause[causeOf(code)] ?? exit.wrong;
}

/** What to exit with after these findings: errors of a spec or of data count before those around them. */
export function exitCodeOf(diagnostics: readonly Diagnostic[]): ExitCode {
  const found = new Set(
    diagnostics.filter(({ severity }) => severity === 'error').map(({ code }) => exitCodeFor(code)),
  );
  const order = [exit.wrong, exit.commandLine, exit.environment, exit.bug];
  return order.find((code) => found.has(code)) ?? exit.fine;
}
