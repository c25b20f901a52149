import type { Argument, Command, Option } from 'commander';
import { allCommands, commandLine } from '../cli/command-line/arguments.ts';
import { environmentVariables, userFiles } from '../cli/environment/surroundings.ts';
import { exit, exitMeanings } from '../cli/output/exit.ts';

/** The manual page `cmrc.1` of a version, in the macros of man(7), from the table of the command line. */
export function manualPage(version: string): string {
  const program = commandLine(version, () => undefined);
  const [, ...commands] = allCommands(program);
  const leaves = commands.filter(([, command]) => command.commands.length === 0);
  const codes = Object.entries(exit).map(([name, code]) =>
    item(bold(String(code)), exitMeanings[name as keyof typeof exit]),
  );
  return [
    '.\\" Written by `npm run generate` from the table of the command line.',
    `.TH CMRC 1 "" "cmrnet ${version}" "User Commands"`,
    '.nh',
    '.ad l',
    section('NAME', `cmrc \\- ${text(lowerFirst(program.description()))}`),
    section('SYNOPSIS', '.B cmrc\n.RI [ command ]\n.RI [ options ]'),
    section(
      'DESCRIPTION',
      text(
        'Describes, checks, trains and compares multi-task networks on cardiac MR images. Specs are written in the language cmrnet. ' +
          'Without a command, a terminal gets the interface, and everything else the help.',
      ),
      '.PP',
      text(
        'Every command has `--help`. With `--format json` a command prints one JSON value and nothing else.',
      ),
    ),
    section('OPTIONS', ...optionItems(program)),
    section('COMMANDS', ...leaves.flatMap(([name, command]) => commandLines(name, command))),
    section('EXIT STATUS', ...codes),
    section('ENVIRONMENT', ...items(environmentVariables)),
    section('FILES', ...items(userFiles)),
    section('EXAMPLES', ...examplesOf(program)),
    section(
      'SEE ALSO',
      text(
        'The guides, the language reference and a page for each message are in the documentation of cmrnet; `cmrc explain` shows its entries.',
      ),
    ),
    '',
  ].join('\n');
}

function commandLines(name: string, command: Command): readonly string[] {
  const alias = command.alias();
  const rows = [
    ...command.registeredArguments.map((one) => argumentItem(command, one)),
    ...optionItems(command),
  ];
  return [
    `.SS ${quoted(`${name} ${command.usage()}`)}`,
    text(`${upperFirst(command.description())}.${alias === undefined ? '' : ` Also called \`${alias}\`.`}`),
    ...rows,
    ...examplesOf(command),
  ];
}

function argumentItem(command: Command, argument: Argument): string {
  return item(`\\fI${text(argument.name())}\\fR`, command.createHelp().argumentDescription(argument));
}

/** Help is said once, at the top. */
function optionItems(command: Command): readonly string[] {
  const help = command.createHelp();
  const shown = help
    .visibleOptions(command)
    .filter(({ long }) => command.parent === null || long !== '--help');
  return shown.map((option: Option) => item(bold(text(option.flags)), help.optionDescription(option)));
}

/** The lines that `--help` shows after the options. */
function examplesOf(command: Command): readonly string[] {
  let shown = '';
  command.configureOutput({ writeOut: (part) => (shown += part) }).outputHelp();
  const [, after = ''] = shown.split(/^Examples?:\n/m);
  const lines = after.split('\n').flatMap((line) => /^ {2}(.*)$/.exec(line)?.[1] ?? []);
  return lines.length === 0
    ? []
    : ['.PP', '.nf', ...lines.map((line) => `    ${bold(text(line, false))}`), '.fi'];
}

function items(entries: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(entries).map(([name, meaning]) => item(bold(text(name)), meaning));
}

function item(term: string, meaning: string): string {
  return `.TP\n${term}\n${text(meaning)}`;
}

function section(title: string, ...lines: readonly string[]): string {
  return [`.SH ${quoted(title)}`, ...lines].join('\n');
}

function bold(words: string): string {
  return `\\fB${words}\\fR`;
}

function quoted(words: string): string {
  return `"${text(words, false).replaceAll('"', '\\(dq')}"`;
}

/** Text as troff reads it; what stands between backquotes is bold. */
function text(words: string, marks = true): string {
  const safe = words
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^[.']/, (sign) => `\\&${sign}`);
  return marks ? safe.replace(/`([^`]+)`/g, (_, code: string) => bold(code)) : safe;
}

function upperFirst(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function lowerFirst(words: string): string {
  return words.charAt(0).toLowerCase() + words.slice(1);
}
