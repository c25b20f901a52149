import { cleanJson } from '../../src/compiler/index.ts';
import { writeError, writeOut } from './streams.ts';

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
  const [color, errorColor] = [wantsColor(stdout), wantsColor(stderr)];
  return {
    format,
    color,
    errorColor,
    width: stdout.columns ?? 100,
    print: (text) => {
      if (format === 'text') writeOut(`${text}\n`, { coloured: color });
    },
    value: (result) => {
      if (format === 'json') writeOut(`${cleanJson(JSON.stringify(result, null, 2))}\n`);
    },
    say: (text) => {
      writeError(`${text}\n`, { coloured: errorColor });
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
