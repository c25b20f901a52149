import type { Bag } from '../diagnostics/diagnostic.ts';
import type { SourceFile } from '../source/source-file.ts';

/** Fifty times the longest spec that anybody wrote, and still read within seconds. */
const maxLength = 500_000;

/** Whether a file can be a spec at all; reports one that is no text, or endless. Nothing else is said about such a file. */
export function isReadable({ path, text }: SourceFile, bag: Bag): boolean {
  const strange = text.search(/[\0\uFFFD]/);
  const long = text.length > maxLength;
  if (strange === -1 && !long) return true;
  const start = Math.max(0, strange);
  bag.report('unreadableText', {
    at: { file: path, start, end: Math.min(start + 1, text.length) },
    arguments: {
      path,
      reason: long ? `it has ${text.length} characters, more than ${maxLength}` : 'it is not text in UTF-8',
    },
    help: [
      {
        message: long
          ? 'divide it into files that import each other'
          : 'save it as UTF-8, or name another file',
      },
    ],
  });
  return false;
}
