import { Bag } from '../../../src/compiler/index.ts';
import { type ExitCode, exit } from '../../output/exit.ts';
import type { Output } from '../../output/output.ts';
import { fail } from '../../output/report.ts';
import { isDumb } from '../../output/terminal.ts';
import { openingOf } from '../../tui/app/opening.ts';

/** `cmrc tui`: opens a session on a spec, a run, or a folder of runs. Nothing has to be there yet. */
export async function tui(output: Output, path: string | undefined, _options: object): Promise<ExitCode> {
  const bag = new Bag();
  const opening = openingOf(path, bag);
  if (opening === null) return fail(output, bag.sorted());
  if (!process.stdout.isTTY || !process.stdin.isTTY || isDumb()) {
    output.say('the interface needs a terminal that draws; `cmrc runs` lists the runs as lines');
    return exit.environment;
  }
  const { attach } = await import('../../tui/app/app.tsx');
  await attach(opening);
  return exit.fine;
}
