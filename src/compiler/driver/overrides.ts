import { Bag, type Diagnostic } from '../diagnostics/diagnostic.ts';
import type { Module, Reporter } from '../semantics/program/program.ts';
import { type Entry, entriesOf } from '../semantics/settings/tree.ts';
import { SourceFile } from '../source/source-file.ts';
import { commandLine, parseOverride } from '../syntax/parse.ts';

/** Settings from the command line. */
export interface Overrides {
  /** None when any of them could not be read. */
  readonly entries: readonly Entry[];
  /** All of them, one a line; undefined when there are none. */
  readonly source: SourceFile | undefined;
  /** What in them could not be read. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads settings such as `train.epochs=2`, which see the names of the main file. */
export function readOverrides(overrides: readonly string[], main: Module, reporter: Reporter): Overrides {
  if (overrides.length === 0) return { entries: [], source: undefined, diagnostics: [] };
  const text = overrides.join('\n');
  const bag = new Bag();
  let offset = 0;
  const settings = overrides.flatMap((override) => {
    // Blank lines above keep every override at its place in the joined text.
    const before = text.slice(0, offset).replace(/[^\n]/g, ' ');
    offset += override.length + 1;
    return parseOverride(before + override, bag) ?? [];
  });
  return {
    entries: bag.hasErrors ? [] : entriesOf(settings, main, true, reporter),
    source: new SourceFile(commandLine, text),
    diagnostics: bag.sorted(),
  };
}
