import type { Command } from 'commander';
import type { ExitCode } from '../output/exit.ts';
import type { Output } from '../output/output.ts';

/** Receives the exit code of the command that ran. */
export type Finish = (code: ExitCode) => void;

/** What every command may be asked for: the form of what it prints. */
interface Formatted {
  readonly format?: string;
}

/** Makes an action of a command: it gets an output of the asked form, then the arguments and options. */
export type Run = <O extends Formatted, A extends unknown[]>(
  command: (output: Output, ...rest: [...A, O]) => Promise<ExitCode>,
) => (...all: [...A, O, Command]) => Promise<void>;

/** All forms but `json` are for people. Outputs are imported when a command runs, as commands are. */
export function runner(finish: Finish): Run {
  return <O extends Formatted, A extends unknown[]>(
    command: (output: Output, ...rest: [...A, O]) => Promise<ExitCode>,
  ) =>
    async (...all: [...A, O, Command]) => {
      const rest = all.slice(0, -1) as [...A, O];
      const { format } = rest.at(-1) as O;
      const { processOutput } = await import('../output/output.ts');
      finish(await command(processOutput(format === 'json' ? 'json' : 'text'), ...rest));
    };
}
