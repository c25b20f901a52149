import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import type { TargetName } from '../src/compiler/index.ts';
import type { BackendName, Layout, NativeEngine } from '../src/runtime/index.ts';
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
      run(async (output, before: string, after: string, options: import('./commands/diff.ts').DiffOptions) =>
        (await import('./commands/diff.ts')).diff(output, before, after, options),
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
    .option(
      '--fold <number>',
      'train this fold only; without a spec, add it to the run of --run',
      wholeNumber,
    )
    .option(
      '--epochs <number>',
      'the same as --set train.epochs=NUMBER; with --resume, go on to this epoch',
      wholeNumber,
    )
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
        'cmrc train --resume runs/Demo-20210225-120000 --epochs 80',
        'cmrc train --run runs/Paper-20210225-120000 --fold 2',
      ]),
    )
    .action(
      run(async (output, file: string | undefined, options: import('./commands/train.ts').TrainOptions) =>
        (await import('./commands/train.ts')).train(output, file, options),
      ),
    );

  program
    .command('sweep')
    .argument('<file>', 'a spec')
    .description('train the cells, folds and seeds of sweeps and comparisons that are not trained yet')
    .addOption(new Option('--sweep <name>', 'this sweep (default: every sweep and comparison of the file)'))
    .option('--compare <name>', 'this comparison')
    .option('--seeds <number>', 'train each with this many seeds, counting up', wholeNumber)
    .option('--jobs <number>', 'trials at once, as far as memory allows', wholeNumber)
    .option('--runs <folder>', 'where the run directories are', 'runs')
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
      run(async (output, file: string, options: import('./commands/sweep.ts').SweepOptions) =>
        (await import('./commands/sweep.ts')).sweep(output, file, options),
      ),
    );

  program
    .command('compare')
    .argument('<file>', 'a spec')
    .description('put what was trained of sweeps and comparisons side by side, with paired tests')
    .option('--sweep <name>', 'this sweep (default: every sweep and comparison of the file)')
    .option('--compare <name>', 'this comparison')
    .option('--runs <folder>', 'where the run directories are', 'runs')
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
    .action(async (file: string, options: import('./commands/compare.ts').CompareOptions) =>
      finish(
        await (await import('./commands/compare.ts')).compare(
          processOutput(options.format === 'json' ? 'json' : 'text'),
          file,
          options,
        ),
      ),
    );

  program
    .command('report')
    .argument('<file>', 'a spec')
    .description('write tables, figures and a page about what was trained of sweeps and comparisons')
    .option('--sweep <name>', 'this sweep (default: every sweep and comparison of the file)')
    .option('--compare <name>', 'this comparison')
    .option('--runs <folder>', 'where the run directories are', 'runs')
    .option('--out <folder>', 'where to write', 'report')
    .addOption(setOption())
    .addOption(formatOption())
    .addHelpText('after', examples(['cmrc report specs/ablations.cmrnet --out report']))
    .action(
      run(async (output, file: string, options: import('./commands/report.ts').ReportOptions) =>
        (await import('./commands/report.ts')).writeReport(output, file, options),
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

  const backend = program.command('backend').description('install and choose engines');
  backend
    .command('list')
    .description('show every engine, in the order in which training tries them')
    .addOption(formatOption())
    .action(
      run(async (output, options: import('./commands/backend.ts').FormatOptions) =>
        (await import('./commands/backend.ts')).listBackends(output, options),
      ),
    );
  backend
    .command('install')
    .description("build tfjs-node against a TensorFlow library of this machine, in the user's cache folder")
    .option('--gpu', 'tfjs-node-gpu, for NVIDIA GPUs')
    .option('--library <path>', 'a folder, environment or archive with a TensorFlow library')
    .option('--python <program>', 'the Python whose TensorFlow or pip to use')
    .addOption(formatOption())
    .addHelpText(
      'after',
      examples([
        'cmrc backend install',
        'cmrc backend install --python ~/tf/bin/python',
        'cmrc backend install --gpu --library /opt/libtensorflow',
      ]),
    )
    .action(
      run(async (output, options: import('./commands/backend.ts').InstallOptions) =>
        (await import('./commands/backend.ts')).installBackend(output, options),
      ),
    );
  backend
    .command('use')
    .argument('<engines...>', 'what to try first, in this order; `default` for the order of cmrnet')
    .description('choose the engine that training uses')
    .addOption(formatOption())
    .addHelpText('after', examples(['cmrc backend use wasm', 'cmrc backend use default']))
    .action(
      run(async (output, names: string[], options: import('./commands/backend.ts').FormatOptions) =>
        (await import('./commands/backend.ts')).useBackends(output, names, options),
      ),
    );
  backend
    .command('remove')
    .addArgument(new Argument('<engine>', 'a built one').choices(nativeEngines))
    .description('take a built engine out of the cache')
    .addOption(formatOption())
    .action(
      run(async (output, name: NativeEngine, options: import('./commands/backend.ts').FormatOptions) =>
        (await import('./commands/backend.ts')).removeBackend(output, name, options),
      ),
    );

  program
    .command('doctor')
    .description(
      'look at this machine, time its engines on the network of the paper, and say what to do next',
    )
    .addOption(formatOption())
    .action(
      run(async (output, options: CommonOptions) =>
        (await import('./commands/doctor.ts')).doctor(output, options),
      ),
    );

  return program;
}

const nativeEngines = ['tfjs-node', 'tfjs-node-gpu'] as const satisfies readonly NativeEngine[];

const targets = ['ir', 'tfjs', 'step', 'summary', 'mermaid', 'svg'] as const satisfies readonly TargetName[];

const layouts = [
  'acdc',
  'emidec',
  'sunnybrook',
  'pairs',
  'volumes',
  'dicom',
] as const satisfies readonly Layout[];

// Named here because asking the runtime would load TensorFlow.js.
const backends = [
  'tfjs-node-gpu',
  'tfjs-node',
  'wasm',
  'onnx',
  'cpu',
] as const satisfies readonly BackendName[];

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
