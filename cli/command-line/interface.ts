import { type Command, InvalidArgumentError, Option } from 'commander';
import { modelTargets } from '../commands/interface/model-targets.ts';
import { smallest } from '../tui/drawing/layout.ts';
import { viewNames } from '../tui/session/session.ts';
import { comparePanels } from '../tui/state/compare.ts';
import { type CommonOptions, examples, formatOption, wholeNumber } from './options.ts';
import type { Run } from './run.ts';

/** The interface, and what it shows as files. */
export function addInterfaceCommands(program: Command, run: Run): void {
  program
    .command('tui')
    .alias('attach')
    .argument('[spec|run|folder]', 'a spec, a run directory, or a folder of them (default: runs)')
    .description('open the interface: runs, curves, images, comparisons, specs; `cmrc` alone does it too')
    .action(
      run(async (output, folder: string | undefined, options: CommonOptions) =>
        (await import('../commands/interface/tui.ts')).tui(output, folder, options),
      ),
    );
  program
    .command('export')
    .argument('[run|spec|folder...]', 'a folder of runs, a run, runs to compare, or a spec (default: runs)')
    .description(
      'write what a view of the interface shows as SVG and its numbers as CSV, or with --target a trained network for other tools',
    )
    .addOption(new Option('--view <name>', 'which (default: what suits the paths)').choices(viewNames))
    .addOption(new Option('--part <name>', 'the part of a comparison').choices(comparePanels))
    .option('--out <folder>', 'where to write', 'exports')
    .option('--size <columnsxrows>', 'of the picture, in characters', screenSize, { columns: 120, rows: 40 })
    .option('--light', 'dark on light')
    .addOption(
      new Option('--target <name>', "a run's network in this form, instead of a view").choices(modelTargets),
    )
    .option(
      '--fold <number>',
      'with --target: only the network of this fold (default: all, averaged)',
      wholeNumber,
    )
    .addOption(formatOption())
    .addHelpText(
      'after',
      examples([
        'cmrc export runs/a runs/b --part tests',
        'cmrc export runs/a --view images',
        'cmrc export runs/a --target onnx --out models',
      ]),
    )
    .action(
      run(
        async (
          output,
          paths: string[],
          options: CommonOptions & import('../commands/interface/export.ts').ExportOptions,
        ) => {
          if (options.target === undefined)
            return (await import('../commands/interface/export.ts')).exportShown(output, paths, options);
          const { exportModel } = await import('../commands/interface/export-model.ts');
          return exportModel(output, paths, { ...options, target: options.target });
        },
      ),
    );
}

/** The smallest screen that the interface draws on is what an export is at least. */
function screenSize(text: string): { readonly columns: number; readonly rows: number } {
  const [, columns, rows] = /^(\d{1,4})x(\d{1,4})$/.exec(text) ?? [];
  if (!(Number(columns) >= smallest.columns && Number(rows) >= smallest.rows))
    throw new InvalidArgumentError(`as 120x40 is needed, at least ${smallest.columns}x${smallest.rows}.`);
  return { columns: Number(columns), rows: Number(rows) };
}
