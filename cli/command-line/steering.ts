import { type Command, InvalidArgumentError, Option } from 'commander';
import {
  acceptDataOption,
  backends,
  type CommonOptions,
  examples,
  formatOption,
  setOption,
  wholeNumber,
} from './options.ts';
import type { Run } from './run.ts';

/** The commands that act on runs that are there already: they wait, change, carry notes, and are deleted. */
export function addSteeringCommands(program: Command, run: Run): void {
  program
    .command('pause')
    .argument('<run>', 'a run directory')
    .description('let a run wait before its next step')
    .addOption(formatOption())
    .action(
      run(async (output, folder: string, options: CommonOptions) =>
        (await import('../commands/steering/steer.ts')).pause(output, folder, options),
      ),
    );
  program
    .command('resume')
    .argument('<run>', 'a run directory')
    .description('let a paused run go on')
    .addOption(formatOption())
    .action(
      run(async (output, folder: string, options: CommonOptions) =>
        (await import('../commands/steering/steer.ts')).resume(output, folder, options),
      ),
    );
  program
    .command('stop')
    .argument('<run>', 'a run directory')
    .description('stop a run after its current step')
    .addOption(formatOption())
    .action(
      run(async (output, folder: string, options: CommonOptions) =>
        (await import('../commands/steering/steer.ts')).stop(output, folder, options),
      ),
    );
  program
    .command('extend')
    .argument('<run>', 'a run directory')
    .argument('<epochs>', 'the last epoch', wholeNumber)
    .description('train a run to a later epoch, in the background; a run at work stops and goes on')
    .addOption(acceptDataOption())
    .addOption(formatOption())
    .action(
      run(
        async (
          output,
          folder: string,
          epochs: number,
          options: CommonOptions & import('../commands/steering/steer.ts').ExtendOptions,
        ) => (await import('../commands/steering/steer.ts')).extend(output, folder, epochs, options),
      ),
    );
  program
    .command('clone')
    .argument('<run>', 'a run directory')
    .description("train a run's experiment anew, beside it, with its overrides and more")
    .addOption(setOption())
    .option('--run <folder>', 'the run directory (default: a new one beside)')
    .addOption(new Option('--backend <name>', 'the engine (default: that of the run)').choices(backends))
    .option('--plain', 'print lines even on a terminal')
    .option('--detach', 'start training and return')
    .addOption(formatOption())
    .addHelpText('after', examples(['cmrc clone runs/Demo-20210225-120000 --set train.batch=4 --detach']))
    .action(
      run(async (output, folder: string, options: import('../commands/steering/clone.ts').CloneOptions) =>
        (await import('../commands/steering/clone.ts')).clone(output, folder, options),
      ),
    );
  program
    .command('rate')
    .argument('<run>', 'a run directory')
    .argument('<learning-rate>', 'a number above 0, which the schedule scales', positiveNumber)
    .description('change the learning rate of a run while it trains; its record says so')
    .addOption(formatOption())
    .action(
      run(async (output, folder: string, value: number, options: CommonOptions) =>
        (await import('../commands/steering/steer.ts')).rate(output, folder, value, options),
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
        (await import('../commands/steering/annotate.ts')).note(output, folder, words, options),
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
          options: import('../commands/steering/annotate.ts').TagOptions,
        ) => (await import('../commands/steering/annotate.ts')).tag(output, folder, tags, options),
      ),
    );
  program
    .command('delete')
    .argument('[runs...]', 'run directories')
    .description('move runs among the deleted ones, from where they can be brought back')
    .addOption(formatOption())
    .option('--empty [folder]', 'remove what was deleted in a folder of runs for good (default: runs)')
    .action(
      run(
        async (
          output,
          folders: string[],
          options: CommonOptions & import('../commands/steering/delete.ts').DeleteOptions,
        ) => (await import('../commands/steering/delete.ts')).deleteRuns(output, folders, options),
      ),
    );
  program
    .command('restore')
    .argument('<deleted-run>', 'where the run directory was')
    .description('bring a deleted run back')
    .addOption(formatOption())
    .action(
      run(async (output, folder: string, options: CommonOptions) =>
        (await import('../commands/steering/delete.ts')).restore(output, folder, options),
      ),
    );
}

function positiveNumber(text: string): number {
  const value = Number(text);
  if (!(value > 0 && Number.isFinite(value))) throw new InvalidArgumentError('a number above 0 is needed.');
  return value;
}
