import type { Argument, Command, Option } from 'commander';

/** What the word at the cursor is. */
export type Place =
  | { readonly kind: 'command' }
  | { readonly kind: 'option' }
  | { readonly kind: 'value'; readonly option: Option }
  | { readonly kind: 'argument'; readonly argument: Argument };

/** Where the cursor stands in a command line. */
export interface Cursor {
  readonly command: Command;
  /** Null where nothing more is taken but options. */
  readonly place: Place | null;
  /** What was typed of the word, without an option in front of it. */
  readonly typed: string;
  /** The option in front of it in the same word, such as `--format=`. */
  readonly before: string;
  /** The arguments before. */
  readonly given: readonly string[];
  /** The options before. */
  readonly used: ReadonlySet<Option>;
}

/** An option whose value comes next, and whether it has one already. */
interface Open {
  readonly option: Option;
  readonly filled: boolean;
}

/** Reads the words after the program's name; the last one is what is being typed, and may be empty. */
export function cursorOf(program: Command, words: readonly string[]): Cursor {
  const typed = words.at(-1) ?? '';
  const given: string[] = [];
  const used = new Set<Option>();
  let command = program;
  let open: Open | null = null;
  let onlyArguments = false;
  for (const word of words.slice(0, -1)) {
    if (open !== null && isValue(word, open)) {
      open = open.option.variadic ? { option: open.option, filled: true } : null;
    } else if (!onlyArguments && word.startsWith('-')) {
      onlyArguments = word === '--';
      const option = optionNamed(command, word.split('=')[0]!);
      if (option !== undefined) used.add(option);
      open =
        option !== undefined && takesValue(option) && !word.includes('=') ? { option, filled: false } : null;
    } else {
      open = null;
      const called = given.length === 0 ? subcommandNamed(command, word) : undefined;
      if (called === undefined) given.push(word);
      else command = called;
    }
  }
  const [, name, value] = /^(--[^=]+)=(.*)$/.exec(typed) ?? [];
  const assigned = name === undefined || onlyArguments ? undefined : optionNamed(command, name);
  const cursor = { command, given, used };
  if (open !== null && isValue(typed, open))
    return { ...cursor, place: { kind: 'value', option: open.option }, typed, before: '' };
  if (assigned !== undefined)
    return { ...cursor, place: { kind: 'value', option: assigned }, typed: value!, before: `${name}=` };
  const isOption = typed.startsWith('-') && !onlyArguments;
  return { ...cursor, place: isOption ? { kind: 'option' } : nextOf(command, given), typed, before: '' };
}

/** What a command takes after these arguments. */
function nextOf(command: Command, given: readonly string[]): Place | null {
  if (given.length === 0 && command.commands.length > 0) return { kind: 'command' };
  const { registeredArguments } = command;
  const last = registeredArguments.at(-1);
  const argument = registeredArguments[given.length] ?? (last?.variadic === true ? last : undefined);
  return argument === undefined ? null : { kind: 'argument', argument };
}

function isValue(word: string, { option, filled }: Open): boolean {
  return (option.required && !filled) || !word.startsWith('-');
}

function takesValue(option: Option): boolean {
  return option.required || option.optional;
}

function optionNamed(command: Command, name: string): Option | undefined {
  return visibleOptions(command).find(({ long, short }) => long === name || short === name);
}

/** The options of a command, with `--help`. */
export function visibleOptions(command: Command): readonly Option[] {
  return command.createHelp().visibleOptions(command);
}

/** The commands of a command, with `help` where it has one. */
export function visibleCommands(command: Command): readonly Command[] {
  return command.createHelp().visibleCommands(command);
}

function subcommandNamed(command: Command, name: string): Command | undefined {
  return visibleCommands(command).find((one) => one.name() === name || one.aliases().includes(name));
}
