import { Bag } from '../../src/compiler/index.ts';
import { deleteRun, emptyTrash, restoreRun } from '../../src/runtime/index.ts';
import { type ExitCode, exit } from '../exit.ts';
import type { Output } from '../output.ts';
import { counted } from '../quantities.ts';
import { fail } from '../report.ts';

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
    output.print(`${counted(emptyTrash(parent), 'deleted run')} of ${parent} removed for good`);
    return exit.fine;
  }
  if (folders.length === 0) {
    output.say('error: name a run, or `--empty`\n(`cmrc delete --help` says more)');
    return exit.commandLine;
  }
  const bag = new Bag();
  for (const folder of folders) {
    const place = deleteRun(folder.replace(/\/+$/, ''), bag);
    if (place !== null) output.print(`${folder} is in ${place}; bring it back with: cmrc restore ${folder}`);
  }
  return bag.hasErrors ? fail(output, bag.sorted()) : exit.fine;
}

/** `cmrc restore`: brings a deleted run back. */
export async function restore(output: Output, folder: string, _options: object): Promise<ExitCode> {
  const bag = new Bag();
  if (!restoreRun(folder.replace(/\/+$/, ''), bag)) return fail(output, bag.sorted());
  output.print(`${folder} is back`);
  return exit.fine;
}
