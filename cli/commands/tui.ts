import { Bag } from '../../src/compiler/index.ts';
import { listRuns, nowhere, openRun } from '../../src/runtime/index.ts';
import { type ExitCode, exit } from '../exit.ts';
import type { Output } from '../output.ts';
import { fail } from '../report.ts';

/** `cmrc tui`: attaches the interface to a run, at work or not. */
export async function tui(output: Output, folder: string | undefined, _options: object): Promise<ExitCode> {
  const bag = new Bag();
  const newest = folder ?? listRuns('runs')[0]?.folder;
  if (newest === undefined) {
    bag.report('noRun', {
      at: nowhere('runs'),
      arguments: { path: 'runs' },
      help: [{ message: 'start one: `cmrc train SPEC`' }],
    });
    return fail(output, bag.sorted());
  }
  const run = openRun(newest, bag);
  if (run === null) return fail(output, bag.sorted());
  if (!process.stdout.isTTY || !process.stdin.isTTY) {
    output.say('the interface needs a terminal; `cmrc runs` lists the runs as lines');
    return exit.environment;
  }
  const { attach } = await import('../tui/app.tsx');
  await attach(run);
  return exit.fine;
}
