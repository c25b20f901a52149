import type { Command } from 'commander';
import type { ExitCode } from '../output/exit.ts';
import { type Output, processOutput } from '../output/output.ts';
import type { CommonOptions } from './options.ts';

/** Receives the exit code of the command that ran. */
export type Finish = (code: ExitCode) => void;

/** Makes an action of a command: it gets an output of the asked form, then the arguments and options. */
export type Run = <O extends CommonOptions, A extends unknown[]>(
  command: (output: Output, ...rest: [...A, O]) => Promise<ExitCode>,
) => (...all: [...A, O, Command]) => Promise<void>;

export function runner(finish: Finish): Run {
  return <O extends CommonOptions, A extends unknown[]>(
    command: (output: Output, ...rest: [...A, O]) => Promise<ExitCode>,
  ) =>
    async (...all: [...A, O, Command]) => {
      const rest = all.slice(0, -1) as [...A, O];
      const options = rest.at(-1) as O;
      finish(await command(processOutput(options.format ?? 'text'), ...rest));
    };
}
