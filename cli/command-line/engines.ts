import { Argument, type Command } from 'commander';
import type { NativeEngine } from '../../src/runtime/index.ts';
import { type CommonOptions, examples, formatOption } from './options.ts';
import type { Run } from './run.ts';

const nativeEngines = ['tfjs-node', 'tfjs-node-gpu'] as const satisfies readonly NativeEngine[];

/** Commands about what computes. */
export function addEnginesCommands(program: Command, run: Run): void {
  const backend = program.command('backend').description('install and choose engines');
  backend
    .command('list')
    .description('show every engine, in the order in which training tries them')
    .addOption(formatOption())
    .action(
      run(async (output, options: import('../commands/engines/backend.ts').FormatOptions) =>
        (await import('../commands/engines/backend.ts')).listBackends(output, options),
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
      run(async (output, options: import('../commands/engines/backend.ts').InstallOptions) =>
        (await import('../commands/engines/backend.ts')).installBackend(output, options),
      ),
    );
  backend
    .command('calibrate')
    .description('time the compiled engine, so that steps are told and chosen by what this machine does')
    .addOption(formatOption())
    .action(
      run(async (output, _options: CommonOptions) =>
        (await import('../commands/engines/calibrate.ts')).calibrate(output),
      ),
    );
  backend
    .command('use')
    .argument('<engines...>', 'what to try first, in this order; `default` for the order of cmrnet')
    .description('choose the engine that training uses')
    .addOption(formatOption())
    .addHelpText('after', examples(['cmrc backend use wasm', 'cmrc backend use default']))
    .action(
      run(async (output, names: string[], options: import('../commands/engines/backend.ts').FormatOptions) =>
        (await import('../commands/engines/backend.ts')).useBackends(output, names, options),
      ),
    );
  backend
    .command('remove')
    .addArgument(new Argument('<engine>', 'a built one').choices(nativeEngines))
    .description('take a built engine out of the cache')
    .addOption(formatOption())
    .action(
      run(
        async (output, name: NativeEngine, options: import('../commands/engines/backend.ts').FormatOptions) =>
          (await import('../commands/engines/backend.ts')).removeBackend(output, name, options),
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
        (await import('../commands/engines/doctor.ts')).doctor(output, options),
      ),
    );
}
