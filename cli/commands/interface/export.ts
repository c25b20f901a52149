import { dirname } from 'node:path';
import { Bag } from '../../../src/compiler/index.ts';
import { nowhere, systemProblem } from '../../../src/runtime/index.ts';
import { type ExitCode, exit } from '../../output/exit.ts';
import type { Output } from '../../output/output.ts';
import { fail } from '../../output/report.ts';
import { openingOf } from '../../tui/app/opening.ts';
import type { ViewName } from '../../tui/session/session.ts';
import type { ComparePanel } from '../../tui/state/compare.ts';
import type { ModelTarget } from './model-targets.ts';

export interface ExportOptions {
  readonly view?: ViewName;
  readonly part?: ComparePanel;
  readonly out: string;
  readonly size: { readonly columns: number; readonly rows: number };
  readonly light?: boolean;
  readonly target?: ModelTarget;
  readonly fold?: number;
}

/** `cmrc export`: writes what a view of the interface shows as SVG, and its numbers as CSV, without a terminal. */
export async function exportShown(
  output: Output,
  paths: readonly string[],
  options: ExportOptions,
): Promise<ExitCode> {
  const bag = new Bag();
  const openings = (paths.length === 0 ? [undefined] : paths).map((path) => openingOf(path, bag));
  const [opening] = openings;
  if (bag.hasErrors || !opening) return fail(output, bag.sorted());
  const marked = openings.flatMap((one) => one?.run ?? []);
  if (openings.length > 1 && (marked.length < openings.length || new Set(marked.map(dirname)).size > 1)) {
    output.say('error: several paths have to be runs of one folder\n(`cmrc export --help` says more)');
    return exit.commandLine;
  }
  const view =
    options.view ??
    (marked.length > 1 || options.part !== undefined
      ? 'compare'
      : opening.run !== undefined
        ? 'run'
        : opening.spec !== undefined
          ? 'specs'
          : 'runs');
  const { exportView, ViewIncomplete } = await import('../../tui/app/export-view.ts');
  try {
    const files = await exportView({
      opening,
      view,
      part: options.part,
      marked,
      screen: options.size,
      ground: options.light === true ? 'light' : 'dark',
      folder: options.out,
    });
    output.print(`written: ${files.join(', ')}`);
    output.value({ version: 1, files });
    return exit.fine;
  } catch (error) {
    if (error instanceof ViewIncomplete) {
      bag.report('viewIncomplete', {
        at: nowhere(paths[0] ?? opening.parent),
        arguments: { view },
        help: [{ message: 'choose another view with `--view`, or look at it in the interface' }],
      });
      return fail(output, bag.sorted());
    }
    return fail(output, [systemProblem(error, options.out)]);
  }
}
