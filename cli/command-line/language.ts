import { type Command, Option } from 'commander';
import type { TargetName } from '../../src/compiler/index.ts';
import { backends, type CommonOptions, examples, formatOption, setOption } from './options.ts';
import type { Run } from './run.ts';

const targets = [
  'ir',
  'tfjs',
  'step',
  'onnx',
  'onnx-train',
  'summary',
  'mermaid',
  'svg',
] as const satisfies readonly TargetName[];

/** Commands that need the compiler alone. */
export function addLanguageCommands(program: Command, run: Run): void {
  program
    .command('init')
    .argument('[folder]', 'where to write', '.')
    .description('write a small spec that trains without data, or one for the images of a manifest')
    .option('--for <manifest>', 'the manifest whose images the spec is fitted to')
    .addHelpText(
      'after',
      examples([
        'cmrc init heart && cd heart && cmrc train heart.cmrnet',
        'cmrc init --for data/mine.yaml specs',
      ]),
    )
    .action(
      run(async (output, folder: string, options: import('../commands/language/init.ts').InitOptions) =>
        (await import('../commands/language/init.ts')).init(output, folder, options),
      ),
    );

  program
    .command('check')
    .argument('<specs...>', 'the specs to check')
    .description('report what is wrong with specs')
    .addOption(formatOption())
    .option('--fix', 'make the edits that are sure; the others are left to you')
    .option('--strict', 'count warnings as errors')
    .addOption(setOption())
    .addHelpText(
      'after',
      examples([
        'cmrc check specs/*.cmrnet',
        'cmrc check --format json specs/paper.cmrnet',
        "cmrc check specs/paper.cmrnet --set 'model.serial_rates=[6, 12, 18]'",
      ]),
    )
    .action(
      run(async (output, files: string[], options: import('../commands/language/check.ts').CheckOptions) =>
        (await import('../commands/language/check.ts')).check(output, files, options),
      ),
    );

  program
    .command('build')
    .argument('<spec>', 'a spec')
    .description('write the compiled artefacts of a spec')
    .addOption(new Option('--target <name>', 'write this form only').choices(targets))
    .option('--out <folder>', 'where to write, - for standard output (default: build)')
    .option('--network <network>', 'only this network')
    .option('--experiment <experiment>', 'only this experiment')
    .addOption(setOption())
    .option('--explain', 'say who computes each kind of node on an engine, why, and at what cost')
    .addOption(
      new Option('--backend <name>', 'the engine to explain (default: what training would use)').choices(
        backends,
      ),
    )
    .addOption(formatOption())
    .addHelpText(
      'after',
      examples([
        'cmrc build specs/paper.cmrnet',
        'cmrc build specs/paper.cmrnet --target ir',
        'cmrc build specs/paper.cmrnet --set model.width=8 --out build/narrow',
        'cmrc build specs/paper.cmrnet --target onnx',
      ]),
    )
    .action(
      run(async (output, file: string, options: import('../commands/language/build.ts').BuildOptions) =>
        (await import('../commands/language/build.ts')).build(output, file, options),
      ),
    );

  program
    .command('fmt')
    .argument('<specs...>', 'the specs to format')
    .description('format specs in place')
    .option('--check', 'change nothing; exit with 1 when a file is not formatted')
    .option('--stdout', 'print the formatted text instead of writing it')
    .addHelpText('after', examples(['cmrc fmt specs/*.cmrnet', 'cmrc fmt --check specs/*.cmrnet']))
    .action(
      run(async (output, files: string[], options: import('../commands/language/fmt.ts').FormatOptions) =>
        (await import('../commands/language/fmt.ts')).fmt(output, files, options),
      ),
    );

  program
    .command('explain')
    .argument(
      '<topic|spec>',
      'a code such as CMR412, a word of the language such as conv or resample, or a spec',
    )
    .description('explain a diagnostic or a word of the language, or where the values of a spec come from')
    .addOption(formatOption())
    .addHelpText(
      'after',
      examples(['cmrc explain CMR412', 'cmrc explain resample', 'cmrc explain specs/paper.cmrnet']),
    )
    .action(
      run(async (output, topic: string, options: CommonOptions) =>
        (await import('../commands/language/explain.ts')).explain(output, topic, options),
      ),
    );

  program
    .command('diff')
    .argument('<before>', 'a spec, or an experiment, variant or cell of one as FILE:NAME')
    .argument('<after>', 'another, or :NAME for one of the same spec')
    .description('print the difference of two experiments: settings, layers and cost')
    .option('--all', 'show every layer')
    .addOption(setOption())
    .addOption(formatOption())
    .addHelpText(
      'after',
      examples([
        'cmrc diff specs/paper.cmrnet specs/phantom.cmrnet',
        "cmrc diff 'specs/ablations.cmrnet:SerialRates[0]' ':SerialRates[1]'",
      ]),
    )
    .action(
      run(
        async (
          output,
          before: string,
          after: string,
          options: import('../commands/language/diff.ts').DiffOptions,
        ) => (await import('../commands/language/diff.ts')).diff(output, before, after, options),
      ),
    );

  program
    .command('summary')
    .argument('<spec>', 'a spec')
    .description('print layers, parameters, cost and memory of a network')
    .option('--network <network>', 'the network')
    .option('--experiment <experiment>', 'the network of an experiment')
    .option(
      '--start',
      'what one batch shows of every layer before the first step: values, dead channels, gradients',
    )
    .addOption(
      new Option('--backend <name>', 'the engine of --start (default: what training would use)').choices(
        backends,
      ),
    )
    .addOption(setOption())
    .addOption(formatOption())
    .addHelpText(
      'after',
      examples([
        'cmrc summary specs/paper.cmrnet',
        'cmrc summary specs/paper.cmrnet --format json',
        'cmrc summary specs/phantom.cmrnet --start',
      ]),
    )
    .action(
      run(async (output, file: string, options: import('../commands/language/summary.ts').SummaryOptions) =>
        (await import('../commands/language/summary.ts')).summary(output, file, options),
      ),
    );

  program
    .command('graph')
    .argument('<spec>', 'a spec')
    .description('draw a network')
    .option('--network <network>', 'the network')
    .option('--experiment <experiment>', 'the network of an experiment')
    .addOption(setOption())
    .addOption(
      new Option('--format <form>', 'what to write (default: what --out ends in, else text)').choices([
        'mermaid',
        'pdf',
        'svg',
        'text',
      ]),
    )
    .option('--out <file>', 'the file to write: .svg, .pdf, .mmd or .txt, - for standard output (default: -)')
    .option('--block <block>', 'draw the inside of a block')
    .addOption(
      new Option('--detail <boxes>', 'a box for each block, or one for each binding')
        .choices(['blocks', 'bindings'])
        .default('blocks'),
    )
    .addHelpText(
      'after',
      examples([
        'cmrc graph specs/paper.cmrnet --out paper.svg',
        'cmrc graph specs/paper.cmrnet --out paper.pdf --detail bindings',
        'cmrc graph specs/paper.cmrnet --block FpmB --out pyramid.svg',
      ]),
    )
    .action(
      run(async (output, file: string, options: import('../commands/language/graph.ts').GraphOptions) =>
        (await import('../commands/language/graph.ts')).graph(output, file, options),
      ),
    );
}
