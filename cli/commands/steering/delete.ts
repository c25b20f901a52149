import { Bag } from '../../../src/compiler/index.ts';
import { deleteRun, emptyTrash, restoreRun } from '../../../src/runtime/index.ts';
import { type ExitCode, exit } from '../../output/exit.ts';
import type { Output } from '../../output/output.ts';
import { fail, report } from '../../output/report.ts';
import { valueOfRun } from '../../runs/value.ts';
import { counted } from '../../text/quantities.ts';

export interface DeleteOptions {
  readonly empty?: string | true;
}

/** `cmrc delete`: moves runs among the deleted ones beside them, or removes those for good. */
export async function deleteRuns(
  output: Output,
  folders: readonly string[],
  options: DeleteOptions,
): Promise<ExitCode> {
  if (options.empty !== undefined) {
    const parent = options.empty === true ? 'runs' : options.empty;
    const removed = emptyTrash(parent);
    output.print(`${counted(removed, 'deleted run')} of ${parent} removed for good`);
    output.value({ version: 1, removed });
    return exit.fine;
  }
  if (folders.length === 0) {
    output.say('error: name a run, or `--empty`\n(`cmrc delete --help` says more)');
    return exit.commandLine;
  }
  const bag = new Bag();
  const deleted = folders.map(withoutSlash).flatMap((folder) => {
    const place = deleteRun(folder, bag);
    return place === null ? [] : [{ folder, place }];
  });
  for (const { folder, place } of deleted)
    output.print(`${folder} is in ${place}; bring it back with: cmrc restore ${folder}`);
  // What was deleted is told although others were not.
  if (deleted.length === 0) return fail(output, bag.sorted());
  report(output, bag.sorted());
  output.value({ version: 1, deleted });
  return bag.hasErrors ? exit.environment : exit.fine;
}

/** `cmrc restore`: brings a deleted run back. */
export async function restore(output: Output, path: string, _options: object): Promise<ExitCode> {
  const bag = new Bag();
  const folder = withoutSlash(path);
  if (!restoreRun(folder, bag)) return fail(output, bag.sorted());
  output.print(`${folder} is back`);
  output.value(valueOfRun(folder));
  return exit.fine;
}

function withoutSlash(folder: string): string {
  return folder.replace(/(.)\/+$/, '$1');
}
