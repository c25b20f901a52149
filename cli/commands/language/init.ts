import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Bag } from '../../../src/compiler/index.ts';
import { createFolders, nowhere, systemProblem, writeAtomically } from '../../../src/runtime/index.ts';
import { type ExitCode, exit } from '../../output/exit.ts';
import type { Output } from '../../output/output.ts';
import { fail } from '../../output/report.ts';
import { firstSpec } from './first-spec.ts';

const specName = 'heart.cmrnet';

/** `cmrc init`: writes a spec that trains without data, and says what to do with it. */
export async function init(output: Output, folder: string, _options: object): Promise<ExitCode> {
  const bag = new Bag();
  const path = join(folder, specName);
  if (existsSync(path)) {
    bag.report('fileExists', {
      at: nowhere(path),
      arguments: { path },
      help: [{ message: 'name another folder: `cmrc init FOLDER`' }],
    });
  } else if (existsSync(folder) && !statSync(folder).isDirectory()) {
    bag.report('fileExists', { at: nowhere(folder), arguments: { path: folder } });
  }
  if (bag.hasErrors) return fail(output, bag.sorted());
  try {
    createFolders(folder);
    writeAtomically(path, firstSpec);
  } catch (error) {
    return fail(output, [systemProblem(error, path)]);
  }
  output.print(`wrote ${path}

  cmrc check ${path}      what the compiler has to say
  cmrc summary ${path}    layers, parameters, cost
  cmrc train ${path}      a few epochs on drawn hearts`);
  return exit.fine;
}
