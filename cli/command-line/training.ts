import { type Command, Option } from 'commander';
import type { SegmentationForm } from '../../src/runtime/index.ts';
import {
  acceptDataOption,
  backends,
  type CommonOptions,
  examples,
  formatOption,
  setOption,
  wholeNumber,
} from './options.ts';
import type { Run } from './run.ts';

/** Commands about one run. */
export function addTrainingCommands(program: Command, run: Run): void {
  program
    .command('train')
    .argument('[spec]', 'a spec')
    .description('train an experiment')
    .option('--experiment <experiment>', 'which; needed when the spec has several')
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
    .option(
      '--limit <patients>',
      'a quick trial on so many patients, which its numbers then say',
      wholeNumber,
    )
    .addOption(setOption())
    .option('--run <folder>', 'the run directory (default: a new one in runs)')
    .option('--resume <run>', 'go on with a stopped run')
    .addOption(new Option('--backend <name>', 'the engine').choices(backends))
    .addOption(acceptDataOption())
    .option('--plain', 'print lines even on a terminal')
    .option('--detach', 'start training and return')
    .addOption(formatOption())
    .addHelpText(
      'after',
      examples([
        'cmrc train specs/phantom.cmrnet',
        'cmrc train data/mine.cmrnet --limit 6 --epochs 2',
        'cmrc train specs/paper.cmrnet --experiment Paper --fold 1',
        'cmrc train --resume runs/Demo-20210225-120000',
        'cmrc train --resume runs/Demo-20210225-120000 --epochs 80',
        'cmrc train --run runs/Paper-20210225-120000 --fold 2',
      ]),
    )
    .action(
      run(
        async (
          output,
          file: string | undefined,
          options: import('../commands/training/train-options.ts').TrainOptions,
        ) => (await import('../commands/training/train.ts')).train(output, file, options),
      ),
    );

  program
    .command('evaluate')
    .argument('<run>', 'a run directory')
    .description('compute the metrics of a run on its held-out images')
    .option(
      '--epoch <number>',
      'judge the weights after this epoch, beside the results (default: those that count)',
      wholeNumber,
    )
    .option('--pages <folder>', 'write a page of each held-out patient: slices, segments and measures as SVG')
    .addOption(acceptDataOption())
    .addOption(new Option('--backend <name>', 'the engine').choices(backends))
    .addOption(formatOption())
    .action(
      run(
        async (output, folder: string, options: import('../commands/training/evaluate.ts').EvaluateOptions) =>
          (await import('../commands/training/evaluate.ts')).evaluate(output, folder, options),
      ),
    );

  program
    .command('predict')
    .argument('<run>', 'a run directory')
    .argument('<inputs...>', 'images: files, folders of them or of DICOM series, or manifests')
    .description('predict new images: masks, diagnoses and measures')
    .requiredOption('--out <folder>', 'where to write')
    .option('--fold <number>', 'the network of this fold only (default: the mean of all)', wholeNumber)
    .option(
      '--with <runs...>',
      'further runs, of any architecture with the same heads, whose networks are averaged as well',
    )
    .option('--pages', 'also write a page of each patient: slices, segments and measures as SVG')
    .option('--array <array>', 'the array with the image, in npz and HDF5 files (default: image)')
    .addOption(
      new Option(
        '--segmentation <form>',
        'of DICOM images: a frame for each structure where it is (binary) or everywhere (full, for older viewers), or numbers (labelmap)',
      ).choices(['binary', 'full', 'labelmap'] satisfies readonly SegmentationForm[]),
    )
    .addOption(new Option('--backend <name>', 'the engine').choices(backends))
    .addOption(formatOption())
    .addHelpText(
      'after',
      examples([
        'cmrc predict runs/Demo-20210225-120000 scans/*.nii.gz --out predictions',
        'cmrc predict runs/Small scans/*.nii.gz --with runs/Large runs/Other --out predictions',
      ]),
    )
    .action(
      run(
        async (
          output,
          folder: string,
          inputs: string[],
          options: import('../commands/training/predict.ts').PredictOptions,
        ) => (await import('../commands/training/predict.ts')).predict(output, folder, inputs, options),
      ),
    );

  program
    .command('runs')
    .argument('[folder]', 'where the run directories are', 'runs')
    .description('list runs')
    .addOption(formatOption())
    .action(
      run(async (output, folder: string, options: CommonOptions) =>
        (await import('../commands/training/runs.ts')).runs(output, folder, options),
      ),
    );
}
