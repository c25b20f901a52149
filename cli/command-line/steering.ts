import { type Command, InvalidArgumentError } from 'commander';
import { type CommonOptions, formatOption } from './options.ts';
import type { Run } from './run.ts';

/** The commands that act on runs that are there already: they wait, change, carry notes, and are deleted. */
export function addSteeringCommands(program: Command, run: Run): void {
  program
    .command('pause')
    .argument('<run>', 'a run directory')
    .description('let a run wait before its next step')
    .action(
      run(async (output, folder: string, options: CommonOptions) =>
        (await import('../commands/steer.ts')).pause(output, folder, options),
      ),
    );
  program
    .command('resume')
    .argument('<run>', 'a run directory')
    .description('let a paused run go on')
    .action(
      run(async (output, folder: string, options: CommonOptions) =>
        (await import('../commands/steer.ts')).resume(output, folder, options),
      ),
    );
  program
    .command('rate')
    .argument('<run>', 'a run directory')
    .argument('<learning-rate>', 'a number above 0, which the schedule scales', positiveNumber)
    .description('change the learning rate of a run while it trains; its record says so')
    .action(
      run(async (output, folder: string, value: number, options: CommonOptions) =>
        (await import('../commands/steer.ts')).rate(output, folder, value, options),
      ),
    );
  program
    .command('note')
    .argument('<run>', 'a run directory')
    .argument('[words...]', 'what to note; without it the notes are printed')
    .description('write a note to a run')
    .addOption(formatOption())
    .action(
      run(async (output, folder: string, words: string[], options: CommonOptions) =>
        (await import('../commands/annotate.ts')).note(output, folder, words, options),
      ),
    );
  program
    .command('tag')
    .argument('<run>', 'a run directory')
    .argument('[tags...]', 'words; without them the tags are printed')
    .description('tag a run')
    .option('--remove', 'take these tags away')
    .addOption(formatOption())
    .action(
      run(
        async (
          output,
          folder: string,
          tags: string[],
          options: import('../commands/annotate.ts').TagOptions,
        ) => (await import('../commands/annotate.ts')).tag(output, folder, tags, options),
      ),
    );
  program
    .command('delete')
    .argument('[runs...]', 'run directories')
    .description('move runs among the deleted ones, from where they can be brought back')
    .option('--empty [folder]', 'remove what was deleted in a folder of runs for good (default: runs)')
    .action(
      run(
        async (
          output,
          folders: string[],
          options: CommonOptions & import('../commands/delete.ts').DeleteOptions,
        ) => (await import('../commands/delete.ts')).deleteRuns(output, folders, options),
      ),
    );
  program
    .command('restore')
    .argument('<run>', 'where the run directory was')
    .description('bring a deleted run back')
    .action(
      run(async (output, folder: string, options: CommonOptions) =>
        (await import('../commands/delete.ts')).restore(output, folder, options),
      ),
    );
}

function positiveNumber(text: string): number {
  const value = Number(text);
  if (!(value > 0 && Number.isFinite(value))) throw new InvalidArgumentError('a number above 0 is needed.');
  return value;
}
