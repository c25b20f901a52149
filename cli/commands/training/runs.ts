import { Catalogue } from '../../../src/runtime/index.ts';
import { type ExitCode, exit } from '../../output/exit.ts';
import type { Output } from '../../output/output.ts';
import { runValue } from '../../runs/value.ts';
import { columns } from '../../text/columns.ts';
import { number } from '../../text/quantities.ts';

/** `cmrc runs`: the runs below a folder, newest first. */
export async function runs(output: Output, folder: string, _options: object): Promise<ExitCode> {
  const found = new Catalogue(folder).readAll().map(runValue);
  output.value({ version: 1, runs: found });
  if (found.length === 0) {
    output.print(`no runs in ${folder}`);
    return exit.fine;
  }
  const rows = found.map((run) => [
    run.folder,
    run.experiment,
    run.state,
    run.folds.map(({ fold, epoch, epochs }) => `fold ${fold}: ${epoch}/${epochs ?? '?'}`).join(', ') || '–',
    new Date(run.created).toLocaleString('sv'),
    [
      ...(run.loss === null ? [] : [`loss ${number(run.loss)}`]),
      ...(run.byHand ? ['changed by hand'] : []),
      ...run.tags.map((tag) => `#${tag}`),
    ].join(' '),
  ]);
  for (const line of columns([['run', 'experiment', 'state', 'epochs', 'started', ''], ...rows], true))
    output.print(line);
  return exit.fine;
}
