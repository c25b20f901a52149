import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import type { Bag, DataPlan } from '../../compiler/index.ts';
import type { Case } from '../data/dataset/dataset.ts';
import { caseOf } from '../data/dataset/load.ts';
import { channelBase, channelNumber } from '../data/import/layouts/channel-files.ts';
import {
  framesOf,
  isSegmentation,
  joinChannels,
  type OtherFile,
  segmentationReason,
  seriesOf,
  sortFiles,
} from '../data/import/layouts/dicom-series.ts';
import {
  type FoundImage,
  file,
  fileOrChannels,
  reportFile,
  type Search,
  stemOf,
} from '../data/import/layouts/found.ts';
import { frameOfCycle, isCompanion } from '../data/import/layouts/layouts.ts';
import { listTree } from '../data/import/layouts/list-files.ts';
import { isMaskName } from '../data/import/layouts/mask-pairs.ts';
import { fileNames } from '../data/import/unique-names.ts';
import { parseManifest } from '../data/manifest/manifest.ts';
import type { PlacedFrame } from '../images/dicom/series/placed-frame.ts';
import type { ReaderThread } from '../images/formats/reader-thread.ts';
import { groupBy } from '../random/group.ts';

/** One image or series to predict. */
export interface Input {
  /** Names its outputs; no other input has it. */
  readonly name: string;
  /** What the user named: a file, or the folder that it was found in. */
  readonly path: string;
  readonly image: FoundImage['image'] | { readonly kind: 'rows'; readonly rows: readonly Case[] };
  /** Whose heart it shows, where that is known; inputs of one patient are one heart. */
  readonly patient: string | null;
  /** The moment of the cycle, where that is known: `ED`, `ES`, or the number of a phase. */
  readonly phase: string | null;
}

/** A frame as the ACDC challenge hands it out is of the folder's patient, and `Info.cfg` beside it says of which end of the cycle. */
function frameOf(path: string): Pick<Input, 'patient' | 'phase'> {
  const configuration = join(dirname(path), 'Info.cfg');
  if (!/_frame\d+\.nii(?:\.gz)?$/.test(path) || !existsSync(configuration))
    return { patient: null, phase: null };
  return {
    patient: basename(dirname(resolve(path))),
    phase: frameOfCycle(readFileSync(configuration, 'utf8'), basename(path)),
  };
}

/** Whether a file is the `Info.cfg` of frames that are predicted, which says of which end of the cycle they are. */
function tellsOfFrames(path: string, beside: readonly { readonly path: string }[]): boolean {
  if (basename(path) !== 'Info.cfg') return false;
  return beside.some((one) => dirname(one.path) === dirname(path) && frameOf(one.path).phase !== null);
}

/** The volumes that a manifest lists: rows of one patient and phase, or of one file where no phase is told. */
function manifestInputs(path: string, data: DataPlan, bag: Bag): readonly Input[] {
  const manifest = parseManifest(readFileSync(path, 'utf8'), path, bag);
  const rows = (manifest?.rows ?? []).map((row) => caseOf(row, dirname(path), data));
  const volumes = groupBy(rows, ({ patient, place, source }) =>
    JSON.stringify([
      patient,
      place?.phase ?? (source.kind === 'files' && source.image.slice !== null && source.image.path),
    ]),
  );
  return [...volumes.values()].map((own): Input => {
    const { patient, place } = own[0]!;
    const phase = place?.phase ?? null;
    return {
      name: phase === null ? patient : `${patient}_${phase}`,
      path,
      image: { kind: 'rows', rows: own },
      patient,
      phase,
    };
  });
}

/**
 * What the arguments of `cmrc predict` name: files, and of folders the DICOM series and the volumes that they hold. Every
 * other file of a folder is reported with the reason why it is no input. DICOM files that are named one by one become the
 * series that they belong to, and the files of channels one image; both is told.
 * @param channels that the network takes of the files of one image
 */
export async function findInputs(
  paths: readonly string[],
  array: string,
  channels: number,
  reader: ReaderThread,
  bag: Bag,
  data: DataPlan,
): Promise<readonly Input[]> {
  const inputs: Input[] = [];
  const plain: { readonly name: string; readonly path: string }[] = [];
  const named: PlacedFrame[] = [];
  const add = (name: string, path: string, image: FoundImage['image']) =>
    void inputs.push({ name, path, image, ...frameOf(path) });
  for (const path of paths) {
    const facts = statSync(path, { throwIfNoEntry: false });
    const search: Search = {
      ...{ folder: path, layout: 'dicom', needs: '', bag, patient: null, imageArray: array, maskArray: '' },
    };
    if (facts === undefined) reportFile(bag, path, 'it does not exist');
    else if (/\.ya?ml$/i.test(path)) inputs.push(...manifestInputs(path, data, bag));
    else if (!facts.isDirectory()) {
      const found = await reader.dicom(path);
      if ('facts' in found && isSegmentation(found.facts)) reportFile(bag, path, segmentationReason);
      else if ('facts' in found) named.push(...framesOf(path, found.facts));
      else plain.push({ name: stemOf(basename(path)), path });
    } else {
      const files = listTree(search);
      if (files.length === 0) reportFile(bag, path, 'the folder is empty');
      const { series, others } = await sortFiles(bag, files, reader);
      for (const { name, image } of joinChannels(series, channels, bag)) add(name, path, image);
      for (const other of others) {
        const reason = notPredicted(other, series.length > 0);
        const name = stemOf(relative(path, other.path)).replace(/[\\/]+/g, '_');
        if (reason === null) plain.push({ name, path: other.path });
        else if (!isCompanion(other.path) && !tellsOfFrames(other.path, others))
          reportFile(bag, other.path, reason);
      }
    }
  }
  for (const { image } of joinChannels(seriesOf(named, bag), channels, bag)) {
    if (image.kind !== 'series') continue;
    if (image.further !== undefined) {
      const first = image.frames[0]!.origin.path;
      add(stemOf(basename(first)), first, image);
      continue;
    }
    const files = [...new Set(image.frames.map(({ origin }) => origin.path))];
    const [first] = files as [string];
    const whole =
      files.length === 1 &&
      named.filter(({ origin }) => origin.path === first).length === image.frames.length;
    if (files.length > 1) reportMerged(bag, first, files.length, 'they are of one DICOM series');
    add(stemOf(basename(first)), first, whole ? file(first, array) : image);
  }
  for (const { name, files } of joinedFiles(plain, channels, bag))
    add(name, files[0]!, fileOrChannels(files, array));
  const names = fileNames(inputs.map(({ name }) => name));
  return inputs.map((input, index) => ({ ...input, name: names[index]! }));
}

/** The files of each image: those of its channels where the network takes several and their names number them. */
function joinedFiles(
  plain: readonly { readonly name: string; readonly path: string }[],
  channels: number,
  bag: Bag,
): readonly { readonly name: string; readonly files: readonly string[] }[] {
  const groups = groupBy(plain, ({ path }) =>
    channels > 1 && channelNumber(path) !== null ? `channels of ${channelBase(path)}` : path,
  );
  return [...groups.values()].flatMap((own) => {
    const { name, path } = own[0]!;
    const files = own
      .map((one) => one.path)
      .sort((a, b) => (channelNumber(a) ?? 0) - (channelNumber(b) ?? 0));
    if (channels === 1 || channelNumber(path) === null) return [{ name, files: [path] }];
    if (files.length === channels && files.every((one, place) => channelNumber(one) === place)) {
      reportMerged(bag, files[0]!, channels, 'their names number its channels');
      return [{ name: name.replace(/_\d{4}$/, ''), files }];
    }
    // One file may hold all channels, whatever its name.
    return own.map((one) => ({ name: one.name, files: [one.path] }));
  });
}

function reportMerged(bag: Bag, path: string, count: number, reason: string): void {
  bag.report('importMerged', { at: { file: path, start: 0, end: 0 }, arguments: { count, reason } });
}

/** Why a file of a folder is no input; null for one that is. */
function notPredicted({ path, format }: OtherFile, besideDicom: boolean): string | null {
  if (typeof format !== 'string') return format.unknown;
  if (isMaskName(path)) return 'its name is that of a mask';
  if (besideDicom && format === 'png') return 'it is a picture beside DICOM files: name it to predict it';
  return null;
}
