import { Bag } from '../../src/compiler/index.ts';
import { openRun, stopTraining } from '../../src/runtime/index.ts';
import { type ExitCode, exit } from '../exit.ts';
import type { Output } from '../output.ts';
import { fail } from '../report.ts';

/** `cmrc stop`: asks the process at work on a run to end after its step. */
export async function stop(output: Output, folder: string, _options: object): Promise<ExitCode> {
  const bag = new Bag();
  const run = openRun(folder, bag);
  if (run === null) return fail(output, bag.sorted());
  output.print(
    stopTraining(run.folder)
      ? `${folder} stops after its current step; go on with: cmrc train --resume ${folder}`
      : `nothing is being trained in ${folder}`,
  );
  return exit.fine;
}
