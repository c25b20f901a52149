import { existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Bag } from '../../../compiler/index.ts';
import { createFolders } from '../../storage/atomic.ts';
import { nowhere, systemProblem } from '../../storage/problems.ts';
import { trainer } from '../record/at-work.ts';
import { runFiles } from '../record/folder.ts';

/** Deleted runs wait here, beside the others, until they are taken back or removed for good. */
function trashOf(parent: string): string {
  return join(parent, '.deleted');
}

/** Moves a run among the deleted ones. The place where it lies now, or null with a finding, as while it is trained. */
export function deleteRun(folder: string, bag: Bag): string | null {
  const holder = trainer(folder);
  if (holder !== null) {
    bag.report('runBusy', {
      at: nowhere(folder),
      arguments: { path: folder, pid: holder.pid },
      help: [{ message: `stop it first: \`cmrc stop ${folder}\`` }],
    });
    return null;
  }
  if (!existsSync(runFiles.record(folder))) {
    bag.report('noRun', { at: nowhere(folder), arguments: { path: folder } });
    return null;
  }
  const trash = trashOf(dirname(folder));
  const name = basename(folder);
  let place = join(trash, name);
  for (let attempt = 2; existsSync(place); attempt += 1) place = join(trash, `${name}~${attempt}`);
  try {
    createFolders(trash);
    renameSync(folder, place);
    return place;
  } catch (error) {
    bag.add(systemProblem(error, folder));
    return null;
  }
}

/** Brings the run of this place back, the one deleted last where there are several. */
export function restoreRun(folder: string, bag: Bag): boolean {
  const trash = trashOf(dirname(folder));
  const place = deletedRuns(dirname(folder)).find((one) => basename(one).split('~')[0] === basename(folder));
  if (place === undefined || existsSync(folder)) {
    const at = nowhere(folder);
    if (place === undefined) bag.report('notDeleted', { at, arguments: { path: folder, trash } });
    else bag.report('runExists', { at, arguments: { path: folder } });
    return false;
  }
  try {
    renameSync(place, folder);
    return true;
  } catch (error) {
    bag.add(systemProblem(error, folder));
    return false;
  }
}

/** What lies among the deleted runs of a folder, the last one deleted first. */
export function deletedRuns(parent: string): readonly string[] {
  const trash = trashOf(parent);
  if (!existsSync(trash)) return [];
  return readdirSync(trash)
    .map((name) => join(trash, name))
    .sort((a, b) => statSync(b).ctimeMs - statSync(a).ctimeMs);
}

/** Removes the deleted runs of a folder for good. */
export function emptyTrash(parent: string): number {
  const found = deletedRuns(parent);
  for (const place of found) rmSync(place, { recursive: true, force: true });
  return found.length;
}
