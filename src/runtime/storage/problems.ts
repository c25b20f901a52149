import { accessSync, constants, existsSync, statfsSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { type Diagnostic, diagnostic, type Span } from '../../compiler/index.ts';
import { isTemporary, lastingPath } from './atomic.ts';
import { systemReason } from './system-reason.ts';

/** The span of a whole file or folder, for problems that no text shows. */
export function nowhere(path: string): Span {
  return { file: path, start: 0, end: 0 };
}

/** What a journal line and a checkpoint's smallest files need. */
const leastBytes = 2 ** 16;

/** Whether the disk of a folder has no room for anything; false where the system does not say. */
export function isDiskFull(folder: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize < leastBytes;
  } catch {
    return false;
  }
}

/** What the operating system's refusal to read or to write means. Anything else is our own bug and is thrown on. */
export function systemProblem(error: unknown, path: string): Diagnostic {
  const { code, path: failed } = error as NodeJS.ErrnoException;
  // The name of a neighbour that only exists while a file is written means nothing to anyone.
  const place = failed === undefined || isTemporary(basename(failed)) ? lastingPath(path) : failed;
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
    default: {
      const reason = systemReason(error);
      if (reason === null) throw error;
      const done = refusedTo(error as NodeJS.ErrnoException, place);
      return diagnostic('systemRefusal', { at: nowhere(place), arguments: { path: place, done, reason } });
    }
  }
}

/** Calls of the system that read; who writes looks first too, at what is there. */
const reading: ReadonlySet<string> = new Set(['read', 'scandir', 'opendir', 'readlink']);

/** What could not be done. The system does not say what a file was to be opened for: what cannot even be read was to be read. */
function refusedTo({ syscall = '', code, path = '' }: NodeJS.ErrnoException, place: string): string {
  if (reading.has(syscall)) return 'read';
  if (syscall !== 'open' || isTemporary(basename(path))) return 'written';
  if (code === 'EMFILE' || code === 'ENFILE' || code === 'ENOMEM') return 'opened';
  if (!existsSync(place)) return code === 'ENOENT' && existsSync(dirname(place)) ? 'read' : 'written';
  try {
    accessSync(place, constants.R_OK);
    return 'written';
  } catch {
    return 'read';
  }
}
