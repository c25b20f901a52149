import type { Argument, Command, Option } from 'commander';
import type { Candidate } from './candidate.ts';
import { type Cursor, cursorOf, visibleCommands, visibleOptions } from './cursor.ts';
import { filesAt, foldersAt } from './files.ts';
import { deletedRunsAt, runsAt } from './runs.ts';
import { declaredIn, withImports } from './spec-names.ts';
import { type Offer, offersFor, valueNameOf } from './value-names.ts';

/** What may stand at the end of a command line. Words are as the program would get them, without quotes. */
export async function candidatesFor(
  program: Command,
  words: readonly string[],
): Promise<readonly Candidate[]> {
  const cursor = cursorOf(program, words);
  const found = await candidatesAt(program, cursor);
  return found
    .filter(({ value }) => value.startsWith(cursor.typed))
    .map((candidate) => ({ ...candidate, value: cursor.before + candidate.value }));
}

async function candidatesAt(program: Command, cursor: Cursor): Promise<readonly Candidate[]> {
  const { place, command } = cursor;
  switch (place?.kind) {
    case 'command':
      return commandsOf(command);
    case 'value':
      return valuesOf(place.option, place.option.flags, program, cursor);
    case 'argument':
      return valuesOf(place.argument, `<${place.argument.name()}>`, program, cursor);
    default:
      return optionsOf(cursor);
  }
}

function commandsOf(command: Command): readonly Candidate[] {
  return visibleCommands(command).map((one) => ({
    value: one.name(),
    description: one.summary() || one.description(),
  }));
}

/** Options that are not there yet, and `--set`, which may be repeated. */
function optionsOf({ command, used }: Cursor): readonly Candidate[] {
  return visibleOptions(command)
    .filter((option) => !used.has(option) || valueNameOf(option.flags) === 'override')
    .map(({ long, short, description }) => ({ value: long ?? short ?? '', description }));
}

async function valuesOf(
  { argChoices }: Argument | Option,
  flags: string,
  program: Command,
  cursor: Cursor,
): Promise<readonly Candidate[]> {
  if (argChoices !== undefined) return argChoices.map((value) => ({ value, description: '' }));
  const offers = offersFor(valueNameOf(flags) ?? '');
  const lists = await Promise.all(offers.map(async (offer) => sources[offer](cursor, program)));
  return unique(lists.flat());
}

/** Where what is offered comes from. */
const sources: Readonly<
  Record<Offer, (cursor: Cursor, program: Command) => readonly Candidate[] | Promise<readonly Candidate[]>>
> = {
  specs: ({ typed }) => filesAt(typed, ['.cmrnet']),
  manifests: ({ typed }) => filesAt(typed, ['.yaml', '.yml']),
  files: ({ typed }) => filesAt(typed, null),
  folders: ({ typed }) => foldersAt(typed),
  runs: ({ typed }) => runsAt(typed),
  'deleted runs': ({ typed }) => deletedRunsAt(typed),
  experiments: ({ given }) => declaredIn(given, ['experiment', 'variant']),
  networks: ({ given }) => declaredIn(given, ['network']),
  // A spec draws the blocks of the files that it imports.
  blocks: ({ given }) => declaredIn(withImports(given), ['block']),
  sweeps: ({ given }) => declaredIn(given, ['sweep']),
  comparisons: ({ given }) => declaredIn(given, ['compare']),
  // These are the compiler's, which takes a moment: it is imported when they are asked for.
  topics: async () => (await import('./words.ts')).topics,
  settings: async () => (await import('./words.ts')).settings,
  engines: async () => (await import('./words.ts')).engines,
  commands: (_, program) => commandsOf(program),
};

function unique(candidates: readonly Candidate[]): readonly Candidate[] {
  return [...new Map(candidates.map((one) => [one.value, one])).values()];
}
