import { runFiles } from '../record/folder.ts';
import { readEvents } from './journal.ts';
import { advance, noProgress, type RunProgress } from './progress.ts';

/** What is known about a run from its whole journal. */
export function progressOf(folder: string): RunProgress {
  return advance(noProgress, readEvents(runFiles.events(folder)));
}
