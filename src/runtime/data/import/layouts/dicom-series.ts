import { basename } from 'node:path';
import type { Bag } from '../../../../compiler/index.ts';
import type { DicomFacts } from '../../../images/dicom/dicom-file.ts';
import { groupFrames, type PlacedFrame } from '../../../images/dicom/series/placed-frame.ts';
import { resentGroups } from '../../../images/dicom/series/resent.ts';
import type { Format } from '../../../images/formats/identify.ts';
import type { ReaderThread } from '../../../images/formats/reader-thread.ts';
import { groupBy } from '../../../random/group.ts';
import { type FoundImage, reportFile, type Search } from './found.ts';
import { Labels } from './labels.ts';
import { listTree } from './list-files.ts';

/** The series of a folder. Every other file is named as left out. */
export async function findSeries(search: Search, reader: ReaderThread): Promise<readonly FoundImage[]> {
  const labels = new Labels(search);
  const { series, others } = await sortFiles(search.bag, listTree(search), reader, labels);
  for (const { path, format } of others) {
    if (basename(path) === 'labels.csv') continue;
    reportFile(search.bag, path, typeof format === 'string' ? `it is ${format}, not DICOM` : format.unknown);
  }
  labels.tellRest();
  const { channels = 1, bag } = search;
  if (channels === 1) return series;
  return joinChannels(series, channels, bag).filter(({ image }) => {
    if (image.kind !== 'series' || image.further !== undefined) return true;
    const own = series.filter(({ patient }) => patient === patientOf(image.frames));
    const reason = `its patient has ${own.length} series, where an image has ${channels} for its channels`;
    reportFile(bag, image.frames[0]!.origin.path, reason);
    return false;
  });
}

/** A file that is no DICOM. */
export interface OtherFile {
  readonly path: string;
  readonly format: Format | { readonly unknown: string };
}

/**
 * The DICOM series among files, and the files that are none. Images of a series that differ in size or plane are several
 * images of the manifest. Names count patients and series, since nothing that identifies a person may be one. DICOM files
 * without an image, and segmentations, are named as left out.
 */
export async function sortFiles(
  bag: Bag,
  files: readonly string[],
  reader: ReaderThread,
  labels: Pick<Labels, 'get'> = { get: () => ({}) },
): Promise<{ readonly series: readonly FoundImage[]; readonly others: readonly OtherFile[] }> {
  const frames: PlacedFrame[] = [];
  const others: OtherFile[] = [];
  for (const path of files) {
    const found = await reader.dicom(path);
    if ('problem' in found) reportFile(bag, path, found.problem === 'damaged' ? found.reason : found.problem);
    else if ('other' in found) others.push({ path, format: found.other });
    else if (isSegmentation(found.facts)) reportFile(bag, path, segmentationReason);
    else frames.push(...framesOf(path, found.facts));
  }
  return { series: seriesOf(frames, bag, labels), others };
}

/** The images of a file on their way into volumes. */
export function framesOf(path: string, facts: DicomFacts): readonly PlacedFrame[] {
  return facts.frames.map((frame, index) => ({ frame, facts, origin: { path, frame: index } }));
}

/** Images as series: of one patient those of one size, kind and plane. A series that was sent again is told, and counts once. */
export function seriesOf(
  frames: readonly PlacedFrame[],
  bag: Bag,
  labels: Pick<Labels, 'get'> = { get: () => ({}) },
): readonly FoundImage[] {
  const patients = [...groupBy(frames, (frame) => patientOf([frame]))];
  return patients.flatMap(([patient, own], number) => {
    const known = labels.get(patient);
    return withoutResent(groupFrames(own), bag).map(
      (images, index): FoundImage => ({
        name: `p${pad(number + 1)}_series${pad(index + 1)}`,
        patient,
        ...known,
        image: { kind: 'series', frames: images },
        mask: null,
        slices: null,
      }),
    );
  });
}

function withoutResent(
  groups: readonly (readonly PlacedFrame[])[],
  bag: Bag,
): readonly (readonly PlacedFrame[])[] {
  const resent = resentGroups(groups);
  for (const { copies } of resent) {
    const [first, of] = [...copies][0]!;
    const pairs = new Map([...copies].map(([one, other]) => [one.origin.path, other.origin.path]));
    const named = [...pairs].slice(0, mostNamed).map(([one, other]) => `\`${one}\` is \`${other}\``);
    bag.report('seriesResent', {
      at: { file: first.origin.path, start: 0, end: 0 },
      arguments: { path: first.origin.path, of: of.origin.path },
      notes: [
        `${pairs.size === 1 ? 'its file has' : `its ${pairs.size} files have`} the same pixels, places and times`,
        ...named,
        ...(pairs.size > mostNamed ? [`and so on for ${pairs.size - mostNamed} more`] : []),
      ],
    });
  }
  const again = new Set(resent.map(({ group }) => group));
  return groups.filter((group) => !again.has(group));
}

/** How many files of a series that was sent again are named. */
const mostNamed = 10;

/**
 * The series of a patient as the channels of one image, in the order of their files, where there are as many; it is told which
 * is which. Whether they show the same places is seen when they are read. Other patients keep their series one by one.
 */
export function joinChannels(
  series: readonly FoundImage[],
  channels: number,
  bag: Bag,
): readonly FoundImage[] {
  if (channels === 1) return series;
  return [...groupBy(series, ({ patient }) => patient).values()].flatMap((own) => {
    const all = own.flatMap(({ image }) =>
      image.kind === 'series' && image.frames[0]!.facts.channels === 1 ? [image.frames] : [],
    );
    const [first] = own;
    const path = all[0]?.[0]?.origin.path;
    if (first === undefined || path === undefined || all.length !== channels || own.length !== channels)
      return own;
    const count = new Set(all.flatMap((frames) => frames.map(({ origin }) => origin.path))).size;
    bag.report('importMerged', {
      at: { file: path, start: 0, end: 0 },
      arguments: { count, reason: `they are ${channels} series of one patient, its channels in this order` },
      notes: all.map(
        ([image, ...others], index) =>
          `channel ${index + 1}: \`${image!.origin.path}\`${others.length === 0 ? '' : ` and ${others.length} more`}`,
      ),
    });
    return [{ ...first, image: { kind: 'series', frames: all[0]!, further: all.slice(1) } }];
  });
}

function patientOf(frames: readonly PlacedFrame[]): string {
  const { patient, series } = frames[0]!.facts;
  return patient || series;
}

/** Why a segmentation is left out. */
export const segmentationReason = 'it is a segmentation, which has no image of its own';

export function isSegmentation({ sopClass }: DicomFacts): boolean {
  return segmentations.has(sopClass);
}

/** Binary and fractional segmentations, and label maps. */
const segmentations: ReadonlySet<string> = new Set([
  '1.2.840.10008.5.1.4.1.1.66.4',
  '1.2.840.10008.5.1.4.1.1.66.7',
]);

function pad(value: number): string {
  return String(value).padStart(3, '0');
}
