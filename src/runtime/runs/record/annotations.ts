import { readFileSync } from 'node:fs';
import { writeAtomically } from '../../storage/atomic.ts';
import { runFiles } from './folder.ts';

/** What people write about a run: `annotations.json`. Nothing that computes reads it. */
export interface Annotations {
  readonly version: 1;
  readonly tags: readonly string[];
  readonly notes: readonly { readonly time: number; readonly text: string }[];
}

export const noAnnotations: Annotations = { version: 1, tags: [], notes: [] };

/** The notes and tags of a run; none where the file is missing or damaged. */
export function readAnnotations(run: string): Annotations {
  try {
    const value = JSON.parse(readFileSync(runFiles.annotations(run), 'utf8')) as Partial<Annotations> | null;
    if (!Array.isArray(value?.tags) || !Array.isArray(value.notes)) return noAnnotations;
    return { version: 1, tags: value.tags.map(String), notes: value.notes };
  } catch {
    return noAnnotations;
  }
}

export function addNote(run: string, text: string, time: number): Annotations {
  const { notes, ...rest } = readAnnotations(run);
  return write(run, { ...rest, notes: [...notes, { time, text }] });
}

/** Adds tags that are not there yet, and takes others away. */
export function changeTags(run: string, add: readonly string[], remove: readonly string[]): Annotations {
  const before = readAnnotations(run);
  const tags = [...new Set([...before.tags, ...add])].filter((tag) => !remove.includes(tag));
  return write(run, { ...before, tags });
}

function write(run: string, annotations: Annotations): Annotations {
  writeAtomically(runFiles.annotations(run), `${JSON.stringify(annotations, null, 1)}\n`);
  return annotations;
}
