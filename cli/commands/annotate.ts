import { Bag } from '../../src/compiler/index.ts';
import { addNote, changeTags, openRun, readAnnotations } from '../../src/runtime/index.ts';
import { type ExitCode, exit } from '../exit.ts';
import type { Output } from '../output.ts';
import { fail } from '../report.ts';

export interface TagOptions {
  readonly format: 'text' | 'json';
  readonly remove?: boolean;
}

/** `cmrc note`: writes a note to a run, or prints its notes. */
export async function note(
  output: Output,
  folder: string,
  words: readonly string[],
  _options: object,
): Promise<ExitCode> {
  const bag = new Bag();
  if (openRun(folder, bag) === null) return fail(output, bag.sorted());
  const { notes } = words.length > 0 ? addNote(folder, words.join(' '), Date.now()) : readAnnotations(folder);
  for (const { time, text } of notes) output.print(`${new Date(time).toLocaleString('sv')}  ${text}`);
  if (notes.length === 0) output.print(`no notes in ${folder}`);
  output.value({ version: 1, run: folder, notes });
  return exit.fine;
}

/** `cmrc tag`: adds tags to a run, takes them away, or prints them. */
export async function tag(
  output: Output,
  folder: string,
  tags: readonly string[],
  options: TagOptions,
): Promise<ExitCode> {
  const bag = new Bag();
  if (openRun(folder, bag) === null) return fail(output, bag.sorted());
  const after =
    tags.length === 0
      ? readAnnotations(folder)
      : changeTags(folder, options.remove ? [] : tags, options.remove ? tags : []);
  output.print(after.tags.length > 0 ? after.tags.join(' ') : `no tags on ${folder}`);
  output.value({ version: 1, run: folder, tags: after.tags });
  return exit.fine;
}
