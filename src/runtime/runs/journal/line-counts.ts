import { existsSync } from 'node:fs';
import { byName, closed, count } from '../../storage/json-schema.ts';
import { readSealed, writeSealed } from '../../storage/seal.ts';
import { validator } from '../../storage/validator.ts';
import { runFiles } from '../record/folder.ts';
import type { DamagedEvent } from './events.ts';
import type { LinesRead } from './sequence.ts';

/**
 * `fold-1/journal.json`: how many lines of `events.jsonl` the processes of a fold wrote at least, by the tokens of their
 * locks. Lines that are gone from the middle of a journal are missed by their numbers; those at the end only by this.
 */
interface LineCounts {
  readonly version: 1;
  readonly lines: LinesRead;
}

const isValid = validator<LineCounts>(closed({ version: { const: 1 }, lines: byName(count) }));

/** What was counted of a fold; nothing where it was never counted, and in words why the count cannot be believed. */
function readCounts(run: string, fold: number): LinesRead | string {
  const path = runFiles.lineCounts(run, fold);
  if (!existsSync(path)) return {};
  const found = readSealed(path);
  if (typeof found === 'string') return found;
  return found.sealed && isValid(found.value) ? found.value.lines : 'it is not what was written';
}

/** Counts the lines of one process of a fold, beside those that were counted of processes before it. */
export class LineCounter {
  readonly #path: string;
  readonly #before: LinesRead;

  constructor(run: string, fold: number) {
    const before = readCounts(run, fold);
    this.#path = runFiles.lineCounts(run, fold);
    this.#before = typeof before === 'string' ? {} : before;
  }

  /** Writes down how many there are by now under a token. */
  keep(lease: string, lines: number): void {
    writeSealed(this.#path, { version: 1, lines: { ...this.#before, [lease]: lines } } satisfies LineCounts);
  }
}

/**
 * What was counted of a run's folds. To be read before its journal: what is counted stands there already.
 * @returns a function that compares the lines that were then read, and tells of those that are gone at the end
 */
export function countedLines(
  run: string,
  folds: Iterable<number>,
): (read: LinesRead) => readonly DamagedEvent[] {
  const counts = [...folds].map((fold) => ({ fold, counted: countsOrReason(run, fold) }));
  return (read) =>
    counts.flatMap(({ fold, counted }) => {
      const lost = (missing: number): DamagedEvent => {
        return { type: 'damaged', time: 0, fold, line: null, missing };
      };
      if (typeof counted === 'string') return [lost(0)];
      return Object.entries(counted).flatMap(([lease, lines]) => {
        const missing = lines - (read[lease] ?? 0);
        return missing > 0 ? [lost(missing)] : [];
      });
    });
}

function countsOrReason(run: string, fold: number): LinesRead | string {
  try {
    return readCounts(run, fold);
  } catch (error) {
    return (error as Error).message;
  }
}
