import { existsSync, statSync } from 'node:fs';
import { Bag, type SourceFile } from '../../../src/compiler/index.ts';
import {
  checkDataset,
  checkManifest,
  type DatasetFacts,
  importDataset,
  type Layout,
  nowhere,
} from '../../../src/runtime/index.ts';
import { fileSources, isReadable } from '../../environment/host.ts';
import { type ExitCode, exit } from '../../output/exit.ts';
import type { Output } from '../../output/output.ts';
import { progressOf } from '../../output/progress.ts';
import { fail, report } from '../../output/report.ts';
import { chooseExperiment, compileSound } from '../../study/selection.ts';
import { counted } from '../../text/quantities.ts';

export interface ImportOptions {
  readonly format: 'text' | 'json';
  readonly out: string;
  readonly patient?: RegExp;
  readonly imageArray?: string;
  readonly maskArray?: string;
  readonly channels?: number;
  readonly deidentify?: boolean;
  readonly key?: string;
  readonly force?: boolean;
}

export interface CheckOptions {
  readonly format: 'text' | 'json';
  readonly experiment?: string;
}

/** `cmrc data import`: writes the manifest of a folder of images. */
export async function importData(
  output: Output,
  layout: Layout,
  folder: string,
  options: ImportOptions,
): Promise<ExitCode> {
  const bag = new Bag();
  const { out, force, format: _, ...rest } = options;
  if (existsSync(out) && (force !== true || statSync(out).isDirectory())) {
    const help = [{ message: 'name another file, or add `--force` to replace it' }];
    bag.report('fileExists', { at: nowhere(out), arguments: { path: out }, help });
    return fail(output, bag.sorted());
  }
  const imported = await importDataset(layout, folder, out, bag, { ...rest, progress: progressOf(output) });
  if (imported === null) return fail(output, bag.sorted(), fileSources);
  report(output, bag.sorted(), fileSources);
  output.value({ version: 1, ...imported });
  output.print(
    `wrote ${imported.path}: ${counted(imported.images, 'image')} of ${counted(imported.patients, 'patient')}`,
  );
  if (imported.skipped > 0) output.print(`left out ${counted(imported.skipped, 'file')}, as said above`);
  return exit.fine;
}

/** `cmrc data check`: opens every image that an experiment would train on, or that a manifest lists. */
export async function checkData(output: Output, file: string, options: CheckOptions): Promise<ExitCode> {
  const bag = new Bag();
  const sources = new Map<string, SourceFile>();
  const facts = file.endsWith('.cmrnet')
    ? await specFacts(file, options, bag, sources)
    : isReadable(file, bag)
      ? await checkManifest(file, bag)
      : null;
  const texts = { get: (path: string) => sources.get(path) ?? fileSources.get(path) };
  if (facts === null) return fail(output, bag.sorted(), texts);
  report(output, bag.sorted(), texts);
  output.value({ version: 1, ...facts });
  for (const line of factLines(facts)) output.print(line);
  return exit.fine;
}

async function specFacts(
  file: string,
  options: CheckOptions,
  bag: Bag,
  sources: Map<string, SourceFile>,
): Promise<DatasetFacts | null> {
  const compilation = compileSound(file, [], bag, sources);
  const chosen = compilation === null ? null : chooseExperiment(compilation, file, options.experiment, bag);
  return chosen === null ? null : checkDataset(chosen.plan, bag);
}

function factLines({
  dataset,
  images,
  patients,
  classes,
  sizes,
  structures,
}: DatasetFacts): readonly string[] {
  return [
    `${dataset}: ${counted(images, 'image')} of ${counted(patients, 'patient')}`,
    ...Object.entries(classes).map(([name, count]) => `  ${name}: ${counted(count, 'image')}`),
    ...Object.entries(sizes).map(([size, count]) => `  ${size}: ${counted(count, 'image')}`),
    ...Object.entries(structures).map(
      ([name, { masks, pixels }]) => `  ${name}: in ${counted(masks, 'mask')}, ${counted(pixels, 'pixel')}`,
    ),
  ];
}
