import type { Bag } from '../../../compiler/index.ts';
import { nowhere } from '../../storage/problems.ts';
import { foldsIn, runFiles } from '../record/folder.ts';
import { readEvents } from './journal.ts';
import { countedLines } from './line-counts.ts';
import { advance, damageText, noProgress, type RunProgress } from './progress.ts';

/** What is known about a run from its whole journal. Damaged lines, and lines that are gone, are told in the bag. */
export function progressOf(folder: string, bag?: Bag): RunProgress {
  const path = runFiles.events(folder);
  const lost = countedLines(folder, foldsIn(folder));
  const known = advance(noProgress, readEvents(path));
  const damages = [...known.damages, ...lost(known.lines)];
  if (damages.length > 0 && bag !== undefined) {
    const told = damages.slice(0, mostTold).map(damageText);
    const rest = damages.length - told.length;
    bag.report('brokenJournal', {
      at: nowhere(path),
      arguments: { path, what: [...told, ...(rest > 0 ? [`${rest} more`] : [])].join(', ') },
      notes: ['what those lines said is not known; checkpoints and predictions have checksums of their own'],
    });
  }
  return { ...known, damages };
}

const mostTold = 5;
