import { Command } from 'commander';
import { type ExitCode, exit } from '../output/exit.ts';
import { addDataCommands } from './data.ts';
import { addEnginesCommands } from './engines.ts';
import { addInterfaceCommands } from './interface.ts';
import { addLanguageCommands } from './language.ts';
import { examples } from './options.ts';
import { addProgramCommands } from './program.ts';
import { type Finish, runner } from './run.ts';
import { addSteeringCommands } from './steering.ts';
import { addStudiesCommands } from './studies.ts';
import { addTrainingCommands } from './training.ts';

/**
 * The command line: what can be said, and which function of `commands/` does it. Commands are imported when they are
 * called, so that `cmrc check` loads neither TensorFlow.js nor Ink; the table itself loads nothing but commander, so that a
 * shell can ask it at every key.
 * @param finish receives the exit code of the command that ran
 */
export function commandLine(version: string, finish: Finish): Command {
  const program = new Command('cmrc')
    .description('Compiler and runtime of cmrnet, a language for multi-task networks on cardiac MR images')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .option('--debug', 'print the stack of an internal error')
    .configureHelp({ sortSubcommands: false, showGlobalOptions: false })
    .addHelpText(
      'after',
      examples(['cmrc init heart', 'cmrc check specs/*.cmrnet', 'cmrc train specs/phantom.cmrnet']),
    );
  const run = runner(finish);
  addLanguageCommands(program, run);
  addDataCommands(program, run);
  addTrainingCommands(program, run);
  addSteeringCommands(program, run);
  addInterfaceCommands(program, run);
  addStudiesCommands(program, run);
  addEnginesCommands(program, run);
  addProgramCommands(program, run);
  return program;
}

/** Every command of a program, subcommands of subcommands included, with its name as typed. */
export function allCommands(command: Command, name = 'cmrc'): readonly (readonly [string, Command])[] {
  return [[name, command], ...command.commands.flatMap((one) => allCommands(one, `${name} ${one.name()}`))];
}

/** What a failure of the command line itself exits with; asking for help or version is no failure. */
export function usageExit(code: string): ExitCode {
  const asked = ['commander.helpDisplayed', 'commander.version'];
  return asked.includes(code) ? exit.fine : exit.commandLine;
}
