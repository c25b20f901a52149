import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { writeAtomically } from '../../storage/atomic.ts';
import { numbersText, parseNumbers } from '../../storage/json-numbers.ts';
import type { ReadingPlace } from '../journal/journal.ts';
import type { FoldProgress, RunProgress } from '../journal/progress.ts';
import type { RunBrief } from '../record/brief.ts';

/** What a catalogue has read of a run, and of which files. */
export interface Remembered {
  /** When the record was written, and its size. */
  readonly record: string;
  readonly brief: RunBrief;
  /** The number of the journal's file, which tells it from another one in its place, and when it was written. */
  readonly journal: string;
  /** How much of it was read. */
  readonly place: ReadingPlace;
  /** Without its log, which no list shows. */
  readonly progress: RunProgress;
}

/** To be raised when anything in {@link Remembered} gets another form. */
const version = 4;

/**
 * What was read of runs the last time, a file for each in `.cache/catalogue` beside them: records hold whole networks and
 * journals every step, so a thousand runs take seconds to read. Nothing is lost with these files: one that is missing,
 * damaged or of another version is as good as none, and where none can be written runs are read anew every time.
 */
export class CatalogueCache {
  readonly #folder: string;

  constructor(parent: string) {
    this.#folder = join(parent, '.cache', 'catalogue');
  }

  /** What is remembered of the run of this name. Whether it is still true is for its stamps to say. */
  read(name: string): Remembered | null {
    try {
      const [head, identity, progress] = readFileSync(this.#file(name), 'utf8').split('\n');
      if (identity === undefined || progress === undefined || head !== headOf(identity, progress))
        return null;
      const { folds, ...rest } = parseNumbers(progress) as StoredProgress;
      return {
        ...(JSON.parse(identity) as Omit<Remembered, 'progress'>),
        progress: { ...rest, folds: new Map(folds.map((fold) => [fold.fold, fold])), log: [] },
      };
    } catch {
      return null;
    }
  }

  write(name: string, { progress: { folds, log: _, ...progress }, ...rest }: Remembered): void {
    const identity = JSON.stringify(rest);
    const stored = numbersText({ folds: [...folds.values()], ...progress } satisfies StoredProgress);
    try {
      const lines = [headOf(identity, stored), identity, stored];
      writeAtomically(this.#file(name), lines.join('\n'), { durable: false });
    } catch {
      // A folder of someone else, a disk that is full: the run is read again next time.
    }
  }

  /** Forgets the runs that are not among these. */
  keepOnly(names: ReadonlySet<string>): void {
    for (const file of filesIn(this.#folder)) {
      if (names.has(file)) continue;
      try {
        rmSync(join(this.#folder, file), { force: true });
      } catch {
        // It stays, and costs its room.
      }
    }
  }

  #file(name: string): string {
    return join(this.#folder, name);
  }
}

interface StoredProgress extends Omit<RunProgress, 'folds' | 'log'> {
  readonly folds: readonly FoldProgress[];
}

function headOf(...lines: readonly string[]): string {
  return `cmrnet catalogue ${version} ${crc32(lines.join('\n')).toString(16)}`;
}

function filesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
