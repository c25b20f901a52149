import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { runFiles } from '../runs/record/folder.ts';

/** As much of a log as is looked at. */
const mostBytes = 8192;

/** How long the log of a run is: what its processes print from now on comes after that. 0 where there is none. */
export function logLength(run: string): number {
  return statSync(runFiles.log(run), { throwIfNoEntry: false })?.size ?? 0;
}

/** The end of what a run's processes printed since its log had a length; nothing where it cannot be read. */
export function logSince(run: string, length: number): string {
  try {
    const file = openSync(runFiles.log(run), 'r');
    try {
      const { size } = fstatSync(file);
      // Somebody may have emptied it.
      const from = Math.max(size < length ? 0 : length, size - mostBytes);
      const bytes = Buffer.alloc(size - from);
      readSync(file, bytes, 0, bytes.length, from);
      return bytes.toString();
    } finally {
      closeSync(file);
    }
  } catch {
    return '';
  }
}

/**
 * The last error that a run's processes put into their log since it had a length, which is where they say what the journal
 * has no room for; not what was wrong at an earlier start.
 */
export function lastError(
  run: string,
  length: number,
): { readonly code: string; readonly message: string } | null {
  const found = [...logSince(run, length).matchAll(/^error\[(CMR\d{3})\]: (.*)$/gm)].at(-1);
  return found === undefined ? null : { code: found[1]!, message: found[2]! };
}
