import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Candidate } from './candidate.ts';
import { type Entry, entriesAt, folderCandidate } from './files.ts';

// Named here because asking the runtime would load it; a test compares.
export const recordName = 'run.json';
export const trashName = '.deleted';
const usualFolder = 'runs/';

/** Runs where a word leads, and folders that may hold some; those of `runs` before anything is typed. */
export function runsAt(typed: string): readonly Candidate[] {
  const usual = usualFolder.startsWith(typed) ? entriesAt(usualFolder).filter(isRun).map(candidate) : [];
  return usual.length > 0
    ? usual
    : entriesAt(typed)
        .filter(({ isFolder }) => isFolder)
        .map(runOrFolder);
}

/** Where deleted runs were. */
export function deletedRunsAt(typed: string): readonly Candidate[] {
  const start = typed === '' ? usualFolder : typed.slice(0, typed.lastIndexOf('/') + 1);
  return entriesAt(`${start}${trashName}/`)
    .filter(isRun)
    .map((entry) => ({ value: start + lastName(entry).split('~')[0], description: 'deleted', isPath: true }));
}

function runOrFolder(entry: Entry): Candidate {
  return isRun(entry) ? candidate(entry) : folderCandidate(entry);
}

function candidate({ typed }: Entry): Candidate {
  return { value: typed, description: 'run', isPath: true };
}

function isRun({ path, isFolder }: Entry): boolean {
  return isFolder && existsSync(join(path, recordName));
}

function lastName({ typed }: Entry): string {
  return typed.slice(typed.lastIndexOf('/') + 1);
}
