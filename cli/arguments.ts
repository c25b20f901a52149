import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import type { TargetName } from '../src/compiler/index.ts';
import type { BackendName, Layout } from '../src/runtime/index.ts';
import { type ExitCode, exit } from './exit.ts';
import { type Output, processOutput } from './output.ts';

/** Options that most commands share. */
interface CommonOptions {
  readonly format?: 'text' | 'json';
}

/**
 * The command line: what can be said, and which function of `commands/` does it. Commands are imported when they are
 * called, so that `cmrc check` loads neither TensorFlow.js nor Ink.
 * @param finish receives the exit code of the command that ran
 */
export function commandLine(version: string, finish: (code: ExitCode) => void): Command {
  const program = new Command('cmrc')
    .description('Compiler and runtime of cmrnet, a language for multi-task networks on cardiac MR images')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .option('--debug', 'print the stack of an internal error')
    .configureHelp({ sortSubcommands: false, showGlobalOptions: false })
    .addHelpText(
      'after',
      examples(['cmrc init heart', 'cmrc check specs/*.cmrnet', 'cmrc train specs/phantom.cmrnet']),
    );

  /** Runs a command with an output of the asked format, which it reads from its options. */
  const run =
    <O extends CommonOptions, A extends unknown[]>(
      command: (output: Output, ...rest: [...A, O]) => Promise<ExitCode>,
    ): ((...all: [...A, O, Command]) => Promise<void>) =>
    async (...all) => {
      const rest = all.slice(0, -1) as [...A, O];
      const options = rest.at(-1) as O;
      finish(await command(processOutput(options.format ?? 'text'), ...rest));
    };

  program
    .command('init')
    .argument('[folder]', 'where to write', '.')
    .description('write a small spec that trains without data')
    .addHelpText('after', examples(['cmrc init heart && cd heart && cmrc train heart.cmrnet']))
    .action(
      run(async (output, folder: string, options: CommonOptions) =>
        (await import('./commands/init.ts')).init(output, folder, options),
      ),
    );

  program
    .command('check')
    .argument('<files...>', 'specs')
    .description('report what is wrong with specs')
    .addOption(formatOption())
    .option('--fix', 'apply the edits that diagnostics offer')
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
      run(async (output, files: string[], options: import('./commands/check.ts').CheckOptions) =>
        (await import('./commands/check.ts')).check(output, files, options),
      ),
    );

  program
    .command('build')
    .argument('<file>', 'a spec')
    .description('write the compiled artefacts of a spec')
    .addOption(new Option('--target <name>', 'write this form only').choices(targets))
    .option('--out <folder>', 'where to write, - for standard output (default: build)')
    .option('--network <name>', 'only this network')
    .option('--experiment <name>', 'only this experiment')
    .addOption(setOption())
    .option('--explain', 'say what the target made of the graph')
    .addOption(formatOption())
    .addHelpText(
      'after',
      examples([
        'cmrc build specs/paper.cmrnet',
        'cmrc build specs/paper.cmrnet --target ir',
        'cmrc build specs/paper.cmrnet --set model.width=8 --out build/narrow',
      ]),
    )
    .action(
      run(async (output, file: string, options: import('./commands/build.ts').BuildOptions) =>
        (await import('./commands/build.ts')).build(output, file, options),
      ),
    );

  program
    .command('fmt')
    .argument('<files...>', 'specs')
    .description('format specs in place')
    .option('--check', 'change nothing; exit with 1 when a file is not formatted')
    .option('--stdout', 'print the formatted text instead of writing it')
    .addHelpText('after', examples(['cmrc fmt specs/*.cmrnet', 'cmrc fmt --check specs/*.cmrnet']))
    .action(
      run(async (output, files: string[], options: import('./commands/fmt.ts').FormatOptions) =>
        (await import('./commands/fmt.ts')).fmt(output, files, options),
      ),
    );

  program
    .command('explain')
    .argument('<topic>', 'a code such as CMR412, an operation such as conv, or a spec')
    .description('explain a diagnostic, operation, loss or metric, or where the values of a spec come from')
    .addOption(formatOption())
    .addHelpText(
      'after',
      examples(['cmrc explain CMR412', 'cmrc explain conv', 'cmrc explain specs/paper.cmrnet']),
    )
    .action(
      run(async (output, topic: string, options: CommonOptions) =>
        (await import('./commands/explain.ts')).explain(output, topic, options),
      ),
    );

  program
    .command('summary')
    .argument('<file>', 'a spec')
    .description('print layers, parameters, cost and memory of a network')
    .option('--network <name>', 'the network')
    .option('--experiment <name>', 'the network of an experiment')
    .addOption(setOption())
    .addOption(formatOption())
    .addHelpText(
      'after',
      examples(['cmrc summary specs/paper.cmrnet', 'cmrc summary specs/paper.cmrnet --format json']),
    )
    .action(
      run(async (output, file: string, options: import('./commands/summary.ts').SummaryOptions) =>
        (await import('./commands/summary.ts')).summary(output, file, options),
      ),
    );

  program
    .command('graph')
    .argument('<file>', 'a spec')
    .description('draw a network')
    .option('--network <name>', 'the network')
    .option('--experiment <name>', 'the network of an experiment')
    .addOption(setOption())
    .addOption(
      new Option('--format <form>', 'what to print').choices(['mermaid', 'svg', 'text']).default('text'),
    )
    .addHelpText('after', examples(['cmrc graph specs/paper.cmrnet --format svg > paper.svg']))
    .action(async (file: string, options: import('./commands/graph.ts').GraphOptions) =>
      finish(await (await import('./commands/graph.ts')).graph(processOutput('text'), file, options)),
    );

  const data = program.command('data').description('import and check images');
  data
    .command('import')
    .addArgument(new Argument('<layout>', 'how the folder is laid out').choices(layouts))
    .argument('<folder>', 'the images')
    .description('write a manifest for a folder of images')
    .requiredOption('--out <file>', 'the manifest to write')
    .option(
      '--patient <pattern>',
      'for pairs and volumes: a regular expression that finds the patient in a file name',
      regularExpression,
    )
    .option('--image-array <name>', 'the array with the image, in npz and HDF5 files (default: image)')
    .option('--mask-array <name>', 'the array with the mask, in npz and HDF5 files (default: mask)')
    .option('--deidentify', 'write pseudonyms in the place of patients and names, and copies of the images')
    .option(
      '--key <file>',
      'the key of the pseudonyms (default: .cmrnet-key beside the images, made when missing)',
    )
    .option('--force', 'replace an existing manifest')
    .addOption(formatOption())
    .addHelpText(
      'after',
      examples([
        'cmrc data import acdc ../acdc --out data/acdc.yaml',
        'cmrc data import dicom ../scanner --out data/scanner.yaml --key ~/study.key',
        "cmrc data import pairs ../nifti --patient '^(sub-\\d+)' --deidentify --out data/study.yaml",
      ]),
    )
    .action(
      run(
        async (output, layout: Layout, folder: string, options: import('./commands/data.ts').ImportOptions) =>
          (await import('./commands/data.ts')).importData(output, layout, folder, options),
      ),
    );
  data
    .command('check')
    .argument('<file>', 'a spec or a manifest')
    .description('read every image that an experiment trains on, or that a manifest lists')

    .option('--experiment <name>', 'the experiment whose data to check')
    .addOption(formatOption())
    .action(
      run(async (output, file: string, options: import('./commands/data.ts').CheckOptions) =>
        (await import('./commands/data.ts')).checkData(output, file, options),
      ),
    );

  data
    .command('show')
    .argument('<manifest>', 'a manifest')
    .description('draw images with the borders of their masks')
    .option('--out <file>', 'the PNG file to write; without it a terminal shows a few')
    .option(
      '--images <number>',
      'how many, spread over the manifest (default: 36, in a terminal 6)',
      wholeNumber,
    )
    .option('--only <text>', 'only images with this text in their name, patient or label')
    .addOption(formatOption())
    .addHelpText('after', examples(['cmrc data show data/acdc.yaml --only DCM --out acdc.png']))
    .action(
      run(async (output, file: string, options: import('./commands/data-look.ts').ShowOptions) =>
        (await import('./commands/data-look.ts')).showData(output, file, options),
      ),
    );
  data
    .command('fingerprint')
    .argument('<manifest>', 'a manifest')
    .description('say what the images are, what is odd about them, and which settings suit them')
    .addOption(formatOption())
    .addHelpText('after', examples(['cmrc data fingerprint data/acdc.yaml']))
    .action(
      run(async (output, file: string, options: import('./commands/data-look.ts').FingerprintOptions) =>
        (await import('./commands/data-look.ts')).fingerprintData(output, file, options),
      ),
    );

  program
    .command('train')
    .argument('[file]', 'a spec')
    .description('train an experiment')
    .option('--experiment <name>', 'which; needed when the spec has several')
    .option('--fold <number>', 'train this fold only', wholeNumber)
    .option('--epochs <number>', 'the same as --set train.epochs=NUMBER', wholeNumber)
    .addOption(setOption())
    .option('--run <folder>', 'the run directory (default: a new one in runs)')
    .option('--resume <folder>', 'go on with a stopped run')
    .addOption(new Option('--backend <name>', 'the engine').choices(backends))
    .option('--plain', 'print lines even on a terminal')
    .option('--detach', 'start training and return')
    .addOption(formatOption())
    .addHelpText(
      'after',
      examples([
        'cmrc train specs/phantom.cmrnet',
        'cmrc train specs/paper.cmrnet --experiment Paper --fold 1',
        'cmrc train --resume runs/Demo-20210225-120000',
      ]),
    )
    .action(
      run(async (output, file: string | undefined, options: import('./commands/train.ts').TrainOptions) =>
        (await import('./commands/train.ts')).train(output, file, options),
      ),
    );

  program
    .command('evaluate')
    .argument('<run>', 'a run directory')
    .description('compute the metrics of a run on its held-out images')
    .addOption(new Option('--backend <name>', 'the engine').choices(backends))
    .addOption(formatOption())
    .action(
      run(async (output, folder: string, options: import('./commands/evaluate.ts').EvaluateOptions) =>
        (await import('./commands/evaluate.ts')).evaluate(output, folder, options),
      ),
    );

  program
    .command('predict')
    .argument('<run>', 'a run directory')
    .argument('<inputs...>', 'images: files, or folders of them or of DICOM series')
    .description('predict new images: masks, diagnoses and measures')
    .requiredOption('--out <folder>', 'where to write')
    .option('--fold <number>', 'the network of this fold only (default: the mean of all)', wholeNumber)
    .option('--array <name>', 'the array with the image, in npz and HDF5 files (default: image)')
    .addOption(new Option('--backend <name>', 'the engine').choices(backends))
    .addOption(formatOption())
    .addHelpText(
      'after',
      examples(['cmrc predict runs/Demo-20210225-120000 scans/*.nii.gz --out predictions']),
    )
    .action(
      run(
        async (
          output,
          folder: string,
          inputs: string[],
          options: import('./commands/predict.ts').PredictOptions,
        ) => (await import('./commands/predict.ts')).predict(output, folder, inputs, options),
      ),
    );

  program
    .command('runs')
    .argument('[folder]', 'where the run directories are', 'runs')
    .description('list runs')
    .addOption(formatOption())
    .action(
      run(async (output, folder: string, options: CommonOptions) =>
        (await import('./commands/runs.ts')).runs(output, folder, options),
      ),
    );

  program
    .command('tui')
    .alias('attach')
    .argument('[run]', 'a run directory (default: the newest in runs)')
    .description('watch a run in the terminal')
    .action(
      run(async (output, folder: string | undefined, options: CommonOptions) =>
        (await import('./commands/tui.ts')).tui(output, folder, options),
      ),
    );

  program
    .command('stop')
    .argument('<run>', 'a run directory')
    .description('stop a run after its current step')
    .action(
      run(async (output, folder: string, options: CommonOptions) =>
        (await import('./commands/stop.ts')).stop(output, folder, options),
      ),
    );

  return program;
}

const targets = ['ir', 'tfjs', 'summary', 'mermaid', 'svg'] as const satisfies readonly TargetName[];

const layouts = [
  'acdc',
  'emidec',
  'sunnybrook',
  'pairs',
  'volumes',
  'dicom',
] as const satisfies readonly Layout[];

// Named here because asking the runtime would load TensorFlow.js.
const backends = ['tfjs-node-gpu', 'tfjs-node', 'wasm', 'cpu'] as const satisfies readonly BackendName[];

function formatOption(): Option {
  return new Option('--format <form>', 'for people or for programs')
    .choices(['text', 'json'])
    .default('text');
}

function setOption(): Option {
  return new Option(
    '--set <override>',
    'change a setting or parameter, as `train.epochs=2`; may be repeated',
  ).argParser((value: string, before: string[] | undefined) => [...(before ?? []), value]);
}

function wholeNumber(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError('a whole number from 1 on is needed.');
  return Number(text);
}

function regularExpression(text: string): RegExp {
  try {
    return new RegExp(text);
  } catch (error) {
    throw new InvalidArgumentError(`${(error as Error).message}.`);
  }
}

function examples(lines: readonly string[]): string {
  return `\nExample${lines.length > 1 ? 's' : ''}:\n${lines.map((line) => `  ${line}`).join('\n')}`;
}

/** Every command of a program, subcommands of subcommands included, with its name as typed. */
export function allCommands(command: Command, name = 'cmrc'): readonly (readonly [string, Command])[] {
  return [[name, command], ...command.commands.flatMap((one) => allCommands(one, `${name} ${one.name()}`))];
}

/** What a failure of the command line itself exits with; asking for help or version is no failure. */
export function usageExit(code: string): ExitCode {
  const asked = ['commander.helpDisplayed', 'commander.version'];
  return asked.includes(code) ? exit.fine : exit.commandLine;
}
