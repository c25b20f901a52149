import { Bag, type SourceFile } from '../../../src/compiler/index.ts';
import {
  type FingerprintReport,
  fingerprintManifest,
  type Shown,
  showAugmented,
  showManifest,
} from '../../../src/runtime/index.ts';
import { fileSources, isReadable } from '../../environment/host.ts';
import { type ExitCode, exit } from '../../output/exit.ts';
import type { Output } from '../../output/output.ts';
import { progressOf } from '../../output/progress.ts';
import { fail, report } from '../../output/report.ts';
import { chooseExperiment, compileSound } from '../../study/selection.ts';
import { counted, number } from '../../text/quantities.ts';

export interface FingerprintOptions {
  readonly format: 'text' | 'json';
}

export interface ShowOptions {
  readonly format: 'text' | 'json';
  readonly out?: string;
  readonly images?: number;
  readonly only?: string;
  readonly experiment?: string;
}

/** `cmrc data show`: a contact sheet of a manifest, or of a spec's augmented images, as a picture or in the terminal. */
export async function showData(output: Output, file: string, options: ShowOptions): Promise<ExitCode> {
  const bag = new Bag();
  const { out, images, only } = options;
  const inTerminal = output.color && out === undefined;
  const wish = {
    images: images ?? (inTerminal ? 6 : 36),
    only: only ?? null,
    out: out ?? null,
    columns: inTerminal ? output.width : null,
  };
  const sources = new Map<string, SourceFile>();
  const texts = { get: (path: string) => sources.get(path) ?? fileSources.get(path) };
  const isSpec = file.endsWith('.cmrnet');
  const shown = !isReadable(file, bag)
    ? null
    : isSpec
      ? await showSpec(file, options.experiment, wish, bag, sources)
      : await showManifest(file, wish, bag);
  if (shown === null) return fail(output, bag.sorted(), texts);
  report(output, bag.sorted(), texts);
  output.value({
    version: 1,
    ...(out === undefined ? {} : { path: out }),
    images: shown.images,
    columns: shown.columns,
  });
  for (const line of shown.lines) output.print(line);
  output.print(
    `${counted(shown.images.length, 'image')}, ${shown.columns} in a row${out === undefined ? '' : `: ${out}`}`,
  );
  if (out === undefined && !inTerminal)
    output.print('without a terminal with colours, `--out FILE.png` draws them');
  return exit.fine;
}

async function showSpec(
  file: string,
  experiment: string | undefined,
  wish: Parameters<typeof showAugmented>[1],
  bag: Bag,
  sources: Map<string, SourceFile>,
): Promise<Shown | null> {
  const compilation = compileSound(file, [], bag, sources, experiment);
  const chosen = compilation === null ? null : chooseExperiment(compilation, file, experiment, bag);
  return chosen === null ? null : showAugmented(chosen.plan, wish, bag);
}

/** `cmrc data fingerprint`: what a manifest's images are, what is odd about them, and settings that suit them. */
export async function fingerprintData(
  output: Output,
  file: string,
  _options: FingerprintOptions,
): Promise<ExitCode> {
  const bag = new Bag();
  const found = isReadable(file, bag) ? await fingerprintManifest(file, bag, progressOf(output)) : null;
  if (found === null) return fail(output, bag.sorted(), fileSources);
  report(output, bag.sorted(), fileSources);
  output.value(found);
  for (const line of lines(found)) output.print(line);
  return exit.fine;
}

/** The most entries of a list that are shown to people. */
const maxEntries = 10;

function lines(found: FingerprintReport): readonly string[] {
  const { images, patients, imagesPerPatient: per, intensities, duplicates } = found;
  const range = (spread: { least: number; middle: number; most: number }) =>
    `${number(spread.middle)} (${number(spread.least)} to ${number(spread.most)})`;
  const near = duplicates.near ?? [];
  return [
    `${found.manifest}: ${counted(images, 'image')} of ${counted(patients, 'patient')}, ${per.least} to ${per.most} each`,
    ...(found.unreadable > 0
      ? [`  ${counted(found.unreadable, 'image')} cannot be read: \`cmrc data check\` says why`]
      : []),
    ...some(
      'sizes',
      Object.entries(found.sizes).map(([size, count]) => `${size}: ${counted(count, 'image')}`),
    ),
    ...some(
      'spacings in mm',
      Object.entries(found.spacings).map(([size, count]) => `${size}: ${counted(count, 'image')}`),
    ),
    'intensities, the median image (and the range over images)',
    `  lowest ${range(intensities.lowest)}, middle ${range(intensities.middle)}, highest ${range(intensities.highest)}`,
    ...some(
      'classes',
      found.classes.map(
        (one) => `${one.label}: ${counted(one.images, 'image')} of ${counted(one.patients, 'patient')}`,
      ),
    ),
    ...some(
      'mask values',
      found.maskValues.map(
        (one) =>
          `${one.value}${one.name === null ? '' : ` (${one.name})`}: in ${counted(one.masks, 'mask')}, ${counted(one.pixels, 'pixel')}`,
      ),
    ),
    ...some(
      'equal images',
      duplicates.exact.map((pair) => pair.images.join(' = ')),
    ),
    ...some(
      'nearly equal images of two patients',
      near.map((pair) => pair.images.join(' ≈ ')),
    ),
    ...(duplicates.compared ? [] : ['too many images to look for nearly equal ones']),
    ...some(
      'odd masks',
      found.suspiciousMasks.map(({ image, reason }) => `${image}: ${reason}`),
    ),
    ...some('leaks between folds', found.leaks),
    'settings that suit',
    ...found.suggestions.map(({ setting, reason }) => `  ${setting}  // ${reason}`),
  ];
}

function some(title: string, entries: readonly string[]): readonly string[] {
  if (entries.length === 0) return [];
  const rest = entries.length - maxEntries;
  return [
    `${title}${entries.length > maxEntries ? `, ${entries.length} in all` : ''}`,
    ...entries.slice(0, maxEntries).map((entry) => `  ${entry}`),
    ...(rest > 0 ? [`  and ${rest} more (\`--format json\` lists all)`] : []),
  ];
}
