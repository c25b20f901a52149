import { Catalogue } from '../../../src/runtime/index.ts';
import { type ExitCode, exit } from '../../output/exit.ts';
import type { Output } from '../../output/output.ts';
import { runValue } from '../../runs/value.ts';
import { columns } from '../../text/columns.ts';
import { number } from '../../text/quantities.ts';
import { firstStructures } from '../../text/structures.ts';

/** `cmrc runs`: the runs below a folder, newest first. */
export async function runs(output: Output, folder: string, _options: object): Promise<ExitCode> {
  const catalogue = new Catalogue(folder);
  const found = catalogue.readAll().map(runValue);
  const damaged = catalogue.damaged();
  output.value({ version: 1, runs: found, damaged });
  if (found.length + damaged.length === 0) {
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
      ...[firstStructures(run.heldOut) ?? []].flat(),
      ...(run.byHand ? ['changed by hand'] : []),
      ...run.acceptedData.map((change) => `data accepted: ${change}`),
      ...(run.limit === null ? [] : [`quick trial on ${run.limit} patients`]),
      ...run.problems,
      ...run.tags.map((tag) => `#${tag}`),
    ].join(' '),
  ]);
  const broken = damaged.map(({ folder: path, reason }) => [path, '–', 'damaged', '–', '–', reason]);
  const table = [['run', 'experiment', 'state', 'epochs', 'started', ''], ...rows, ...broken];
  for (const line of columns(table, true)) output.print(line);
  return exit.fine;
}
