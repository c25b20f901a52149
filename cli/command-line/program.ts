import { Argument, type Command } from 'commander';
import { type Shell, shells } from '../completion/scripts.ts';
import { type CommonOptions, examples, formatOption } from './options.ts';
import type { Run } from './run.ts';

/** Commands about the program itself. */
export function addProgramCommands(program: Command, run: Run): void {
  program
    .command('completion')
    .addArgument(new Argument('<shell>', 'the shell').choices(shells))
    .description('print what a shell reads to complete commands, options, files, runs and experiments')
    .addHelpText(
      'after',
      examples([
        'eval "$(cmrc completion bash)"    # in ~/.bashrc',
        'eval "$(cmrc completion zsh)"     # in ~/.zshrc, after compinit',
        'cmrc completion fish | source     # in ~/.config/fish/config.fish',
      ]),
    )
    .action(
      run(async (output, shell: Shell, options: object) =>
        (await import('../commands/program/completion.ts')).completion(output, shell, options),
      ),
    );
  program
    .command('changelog')
    .argument('[version]', 'this version only')
    .description('print what changed from version to version')
    .addOption(formatOption())
    .action(
      run(async (output, version: string | undefined, options: CommonOptions) =>
        (await import('../commands/program/changelog.ts')).changelog(output, version, options),
      ),
    );
}
