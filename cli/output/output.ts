import type { Diagnostic } from '../../src/compiler/index.ts';
import { type ExitCode, exit } from './exit.ts';

/** Where a command writes. With `json` standard output carries exactly one JSON value and nothing else. */
export interface Output {
  readonly format: 'text' | 'json';
  /** Whether standard output may be coloured. */
  readonly color: boolean;
  /** Whether standard error may be coloured. */
  readonly errorColor: boolean;
  /** Columns to fill. */
  readonly width: number;
  /** A result for people. Silent with `json`. */
  print(text: string): void;
  /** The result for programs. Silent without `json`. */
  value(result: unknown): void;
  /** News for people on standard error, so that results can be piped. */
  say(text: string): void;
}

/** Output on the process's own streams. */
export function processOutput(format: 'text' | 'json'): Output {
  const { stdout, stderr } = process;
  return {
    format,
    color: wantsColor(stdout),
    errorColor: wantsColor(stderr),
    width: stdout.columns ?? 100,
    print: (text) => {
      if (format === 'text') stdout.write(`${text}\n`);
    },
    value: (result) => {
      if (format === 'json') stdout.write(`${JSON.stringify(result, null, 2)}\n`);
    },
    say: (text) => {
      stderr.write(`${text}\n`);
    },
  };
}

/** A terminal has colours unless `NO_COLOR` or `TERM=dumb` says otherwise; `FORCE_COLOR` counts everywhere. */
function wantsColor(stream: NodeJS.WriteStream): boolean {
  const { FORCE_COLOR: forced, NO_COLOR: refused } = process.env;
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  if (refused !== undefined && refused !== '') return false;
  return stream.isTTY === true && stream.hasColors();
}

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

/** Beside 1xx to 8xx what is the spec's own: that it diverged, and that it allows itself less than it needs. */
const ofTheSpec: ReadonlySet<string> = new Set(['CMR904', 'CMR981']);

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
