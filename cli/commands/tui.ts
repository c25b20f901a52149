import { existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { Bag } from '../../src/compiler/index.ts';
import { nowhere, openRun, runFiles } from '../../src/runtime/index.ts';
import { type ExitCode, exit } from '../exit.ts';
import { isReadable } from '../host.ts';
import type { Output } from '../output.ts';
import { fail } from '../report.ts';
import type { Opening } from '../tui/app.tsx';

/** `cmrc tui`: opens a session on a spec, a run, or a folder of runs. Nothing has to be there yet. */
export async function tui(output: Output, path: string | undefined, _options: object): Promise<ExitCode> {
  const bag = new Bag();
  const opening = openingOf(path, bag);
  if (opening === null) return fail(output, bag.sorted());
  if (!process.stdout.isTTY || !process.stdin.isTTY) {
    output.say('the interface needs a terminal; `cmrc runs` lists the runs as lines');
    return exit.environment;
  }
  const { attach } = await import('../tui/app.tsx');
  await attach(opening);
  return exit.fine;
}

function openingOf(path: string | undefined, bag: Bag): Opening | null {
  if (path === undefined) return { parent: 'runs' };
  const folder = path.replace(/(.)\/+$/, '$1');
  if (existsSync(runFiles.record(folder))) {
    return openRun(folder, bag) === null ? null : { parent: dirname(folder), run: folder };
  }
  if (existsSync(folder) && statSync(folder).isDirectory()) return { parent: folder };
  if (path.endsWith('.cmrnet')) return isReadable(path, bag) ? { parent: 'runs', spec: path } : null;
  bag.report('noRun', {
    at: nowhere(path),
    arguments: { path },
    help: [{ message: 'name a spec, a run, or a folder of runs' }],
  });
  return null;
}
