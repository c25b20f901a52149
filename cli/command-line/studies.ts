import { type Command, Option } from 'commander';
import { acceptDataOption, backends, examples, formatOption, setOption, wholeNumber } from './options.ts';
import type { Run } from './run.ts';

/** Commands about many runs of one spec. */
export function addStudiesCommands(program: Command, run: Run): void {
  program
    .command('sweep')
    .argument('<spec>', 'a spec')
    .description('train the cells, folds and seeds of sweeps and comparisons that are not trained yet')
    .addOption(new Option('--sweep <sweep>', 'this sweep (default: every sweep and comparison of the file)'))
    .option('--compare <comparison>', 'this comparison')
    .option('--seeds <number>', 'train each with this many seeds, counting up', wholeNumber)
    .option('--jobs <number>', 'trials at once, as far as memory allows', wholeNumber)
    .option('--runs <folder>', 'where the run directories are', 'runs')
    .addOption(acceptDataOption())
    .option('--dry-run', 'print the trials with predicted time and memory, train nothing')
    .addOption(setOption())
    .addOption(new Option('--backend <name>', 'the engine').choices(backends))
    .addOption(formatOption())
    .addHelpText(
      'after',
      examples([
        'cmrc sweep specs/ablations.cmrnet --sweep SerialRates --dry-run',
        'cmrc sweep specs/ablations.cmrnet --sweep SerialRates --seeds 3 --jobs 2',
      ]),
    )
    .action(
      run(async (output, file: string, options: import('../study/plan.ts').SweepOptions) =>
        (await import('../commands/studies/sweep.ts')).sweep(output, file, options),
      ),
    );

  program
    .command('compare')
    .argument('<spec>', 'a spec')
    .description('put what was trained of sweeps and comparisons side by side, with paired tests')
    .option('--sweep <sweep>', 'this sweep (default: every sweep and comparison of the file)')
    .option('--compare <comparison>', 'this comparison')
    .option('--runs <folder>', 'where the run directories are', 'runs')
    .addOption(acceptDataOption())
    .addOption(setOption())
    .addOption(
      new Option('--format <form>', 'how to write the table')
        .choices(['text', 'json', 'markdown', 'csv', 'latex'])
        .default('text'),
    )
    .addHelpText(
      'after',
      examples(['cmrc compare specs/ablations.cmrnet --sweep SerialRates --format latex']),
    )
    .action(
      run(async (output, file: string, options: import('../commands/studies/compare.ts').CompareOptions) =>
        (await import('../commands/studies/compare.ts')).compare(output, file, options),
      ),
    );

  program
    .command('report')
    .argument('<spec>', 'a spec')
    .description('write tables, figures and a page about what was trained of sweeps and comparisons')
    .option('--sweep <sweep>', 'this sweep (default: every sweep and comparison of the file)')
    .option('--compare <comparison>', 'this comparison')
    .option('--runs <folder>', 'where the run directories are', 'runs')
    .addOption(acceptDataOption())
    .option('--out <folder>', 'where to write', 'report')
    .addOption(setOption())
    .addOption(formatOption())
    .addHelpText('after', examples(['cmrc report specs/ablations.cmrnet --out report']))
    .action(
      run(async (output, file: string, options: import('../commands/studies/report.ts').ReportOptions) =>
        (await import('../commands/studies/report.ts')).writeReport(output, file, options),
      ),
    );
}
