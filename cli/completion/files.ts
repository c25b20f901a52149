import { readdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import type { Candidate } from './candidate.ts';

/** An entry of a folder that a word leads to. */
export interface Entry {
  /** As it would be typed on: the folder as it was typed, then the name. */
  readonly typed: string;
  /** Where it lies. */
  readonly path: string;
  readonly isFolder: boolean;
}

/** What lies where a word leads, by name; what begins with a dot only where the word asks for it. */
export function entriesAt(typed: string): readonly Entry[] {
  const start = typed.slice(0, typed.lastIndexOf('/') + 1);
  const rest = typed.slice(start.length);
  const folder = start.startsWith('~/') ? join(homedir(), start.slice(2)) : start || '.';
  return namesIn(folder)
    .filter((name) => name.startsWith(rest) && (!name.startsWith('.') || rest.startsWith('.')))
    .map((name) => {
      const path = join(folder, name);
      return { typed: start + name, path, isFolder: isFolder(path) };
    });
}

/** Files with one of these endings, or all, and the folders on the way to them. */
export function filesAt(typed: string, endings: readonly string[] | null): readonly Candidate[] {
  return entriesAt(typed)
    .filter(({ path, isFolder }) => isFolder || endings === null || endings.some((end) => path.endsWith(end)))
    .map((entry) =>
      entry.isFolder ? folderCandidate(entry) : { value: entry.typed, description: '', isPath: true },
    );
}

export function foldersAt(typed: string): readonly Candidate[] {
  return entriesAt(typed)
    .filter((entry) => entry.isFolder && basename(entry.path) !== 'node_modules')
    .map(folderCandidate);
}

/** A folder goes on. */
export function folderCandidate({ typed }: Entry): Candidate {
  return { value: `${typed}/`, description: '', isPath: true };
}

/** Nothing where there is no such folder, or where it may not be read: whoever types is not interrupted. */
function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
