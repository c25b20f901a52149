import { addNote, changeTags, readAnnotations } from '../../../src/runtime/index.ts';
import type { ExitCode } from '../../output/exit.ts';
import type { Output } from '../../output/output.ts';
import { withRun } from './steer.ts';

export interface TagOptions {
  readonly format?: 'text' | 'json';
  readonly remove?: boolean;
}

/** `cmrc note`: writes a note to a run, or prints its notes. */
export function note(
  output: Output,
  folder: string,
  words: readonly string[],
  _options: object,
): Promise<ExitCode> {
  return withRun(output, folder, () => {
    const text = words.join(' ').trim();
    const { notes } = text === '' ? readAnnotations(folder) : addNote(folder, text, Date.now());
    const lines = notes.map((one) => `${new Date(one.time).toLocaleString('sv')}  ${one.text}`);
    return lines.length > 0 ? lines.join('\n') : `no notes in ${folder}`;
  });
}

/** `cmrc tag`: adds tags to a run, takes them away, or prints them. */
export function tag(
  output: Output,
  folder: string,
  words: readonly string[],
  { remove = false }: TagOptions,
): Promise<ExitCode> {
  return withRun(output, folder, () => {
    const tags = words.map((word) => word.replace(/^#/, '')).filter((word) => word !== '');
    const after =
      tags.length === 0
        ? readAnnotations(folder)
        : changeTags(folder, remove ? [] : tags, remove ? tags : []);
    return after.tags.length > 0 ? after.tags.join(' ') : `no tags on ${folder}`;
  });
}
