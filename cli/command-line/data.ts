import { Argument, type Command } from 'commander';
import type { Layout } from '../../src/runtime/index.ts';
import { examples, formatOption, regularExpression, wholeNumber } from './options.ts';
import type { Run } from './run.ts';

// Named here because asking the runtime would load it.
export const layouts = [
  'acdc',
  'emidec',
  'sunnybrook',
  'pairs',
  'volumes',
  'dicom',
] as const satisfies readonly Layout[];

/** Commands about images. */
export function addDataCommands(program: Command, run: Run): void {
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
    .option('--image-array <array>', 'the array with the image, in npz and HDF5 files (default: image)')
    .option('--mask-array <array>', 'the array with the mask, in npz and HDF5 files (default: mask)')
    .option(
      '--channels <number>',
      'for dicom: how many series of a patient are the channels of one image',
      wholeNumber,
    )
    .option('--deidentify', 'write pseudonyms in the place of patients and names, and copies of the images')
    .option(
      '--key <file>',
      'the key of the pseudonyms (default: .cmrnet-key beside the manifest, made when missing)',
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
        async (
          output,
          layout: Layout,
          folder: string,
          options: import('../commands/data/data.ts').ImportOptions,
        ) => (await import('../commands/data/data.ts')).importData(output, layout, folder, options),
      ),
    );
  data
    .command('check')
    .argument('<spec|manifest>', 'a spec or a manifest')
    .description('read every image that an experiment trains on, or that a manifest lists')
    .option('--experiment <experiment>', 'the experiment whose data to check')
    .addOption(formatOption())
    .action(
      run(async (output, file: string, options: import('../commands/data/data.ts').CheckOptions) =>
        (await import('../commands/data/data.ts')).checkData(output, file, options),
      ),
    );

  data
    .command('show')
    .argument(
      '<manifest|spec>',
      'a manifest; or a spec, whose training images are drawn as the first epochs see them',
    )
    .description('draw images with the borders of their masks')
    .option('--experiment <experiment>', 'of a spec, the experiment')
    .option('--out <file>', 'the PNG file to write; without it a terminal shows a few')
    .option(
      '--images <number>',
      'how many, spread over the manifest (default: 36, in a terminal 6)',
      wholeNumber,
    )
    .option('--only <text>', 'only images with this text in their name, patient or label')
    .addOption(formatOption())
    .addHelpText(
      'after',
      examples([
        'cmrc data show data/acdc.yaml --only DCM --out acdc.png',
        'cmrc data show specs/strong.cmrnet --out augmented.png',
      ]),
    )
    .action(
      run(async (output, file: string, options: import('../commands/data/look.ts').ShowOptions) =>
        (await import('../commands/data/look.ts')).showData(output, file, options),
      ),
    );
  data
    .command('fingerprint')
    .argument('<manifest>', 'a manifest')
    .description('say what the images are, what is odd about them, and which settings suit them')
    .addOption(formatOption())
    .addHelpText('after', examples(['cmrc data fingerprint data/acdc.yaml']))
    .action(
      run(async (output, file: string, options: import('../commands/data/look.ts').FingerprintOptions) =>
        (await import('../commands/data/look.ts')).fingerprintData(output, file, options),
      ),
    );
}
