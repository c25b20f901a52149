import { basename } from 'node:path';
import { type Diagnostic, diagnostic, type Span } from '../../compiler/index.ts';
import { isTemporary } from './atomic.ts';

/** The span of a whole file or folder, for problems that no text shows. */
export function nowhere(path: string): Span {
  return { file: path, start: 0, end: 0 };
}

/** What the operating system's refusal to write means. Anything else is our own bug and is thrown on. */
export function systemProblem(error: unknown, path: string): Diagnostic {
  const { code, path: failed } = error as NodeJS.ErrnoException;
  // The name of a neighbour that only exists while a file is written means nothing to anyone.
  const place = failed === undefined || isTemporary(basename(failed)) ? path : failed;
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return diagnostic('diskFull', {
        at: nowhere(place),
        arguments: { path: place },
        help: [{ message: 'free some space; the last complete checkpoint is kept' }],
      });
    case undefined:
      throw error;
    default:
      if (!(code in reasons)) throw error;
      return diagnostic('notWritable', {
        at: nowhere(place),
        arguments: { path: place, reason: reasons[code]! },
      });
  }
}

/** Why a file could not be read or written, in words; null when the error is none of the system's. */
export function systemReason(error: unknown): string | null {
  const { code } = error as NodeJS.ErrnoException;
  return code === undefined ? null : (reasons[code] ?? null);
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  EROFS: 'the file system is read-only',
  ENOTDIR: 'a part of the path is a file',
  EEXIST: 'a file of that name is in the way',
  EISDIR: 'it is a folder',
  ENOENT: 'no such file or folder',
  ENAMETOOLONG: 'the name is too long',
  EIO: 'the device reports an error',
  EMFILE: 'too many files are open',
  ENFILE: 'too many files are open',
  ELOOP: 'too many symbolic links',
};
