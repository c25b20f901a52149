import { readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Bag } from '../../../../compiler/index.ts';
import { readSeries } from '../../../images/dicom/series/read-series.ts';
import type { FileProblem } from '../../../images/files.ts';
import { type Findings, oddities } from '../../../images/formats/findings.ts';
import { onGridOf } from '../../../images/formats/image-grid.ts';
import type { ReaderThread } from '../../../images/formats/reader-thread.ts';
import { frontOf, imageCount, type Volume } from '../../../images/formats/volume.ts';
import { maskValuesOf } from '../../../images/mask-values.ts';
import { writeAtomically } from '../../../storage/atomic.ts';
import type { ManifestEntry } from '../../manifest/manifest-schema.ts';
import {
  type FoundContours,
  type FoundFile,
  type FoundImage,
  firstFile,
  reportFile,
} from '../layouts/found.ts';
import { maskOfContours, parseContour } from './outlines.ts';
import { readChannels } from './read-channels.ts';
import { writeNpz } from './write-npz.ts';

/** Where the images of an import go. */
export interface Target {
  /** The folder of the manifest. */
  readonly beside: string;
  /** The folder of decoded images in it. */
  readonly folder: string;
  /** The file of this image in that. */
  readonly file: string;
}

/**
 * Decodes an image and its mask into one npz file in a folder beside the manifest, and gives the manifest's rows, one per
 * slice and point in time. A file that cannot be read is reported, and gives none.
 */
export async function convert(
  found: FoundImage,
  target: Target,
  reader: ReaderThread,
  bag: Bag,
  findings: Findings,
): Promise<readonly ManifestEntry[]> {
  const path = firstFile(found.image);
  const leave = (where: string, reason: string): readonly ManifestEntry[] => {
    reportFile(bag, where, reason);
    return [];
  };
  const image = await readImage(found.image, reader);
  if ('problem' in image) return leave(path, reasonOf(image));
  findings.add(path, image.findings);
  if (image.channels !== 1 && !isOfChannels(found.image) && image.source.kind !== 'array')
    return leave(path, `it has ${image.channels} channels, where grey images have one`);
  const mask = await readMask(found.mask, image, reader);
  if (mask !== null && 'problem' in mask) {
    const missing = mask.problem === 'array' && found.mask?.kind === 'file' && found.mask.path === path;
    // A file that holds an image alone is one without a mask.
    if (!missing) return leave(maskPath(found.mask) ?? path, reasonOf(mask));
  }
  let masks: Float32Array | null = null;
  if (mask !== null && !('problem' in mask)) {
    const where = maskPath(found.mask) ?? path;
    const placed = onGridOf(image, mask, 'mask');
    if ('reason' in placed) return leave(where, placed.reason);
    const values = maskValuesOf(placed.volume.values);
    if (values.kind === 'wrong') return leave(where, values.reason);
    const rounded =
      values.kind === 'rounded'
        ? [`values of its mask are rounded to whole numbers, by up to ${Number(values.most.toPrecision(1))}`]
        : [];
    if (where !== path) findings.add(where, mask.findings);
    findings.add(where, oddities([...(placed.remark === null ? [] : [placed.remark]), ...rounded]));
    masks = values.kind === 'rounded' ? values.values : placed.volume.values;
  }
  const shape = [imageCount(image), image.rows, image.columns];
  const arrays = {
    image: { shape: image.channels === 1 ? shape : [...shape, image.channels], values: image.values },
  };
  writeAtomically(
    join(target.beside, target.folder, target.file),
    writeNpz(masks === null ? arrays : { ...arrays, mask: { shape, values: masks } }),
  );
  return rowsOf(found, `${target.folder}/${target.file}`, image, masks !== null);
}

function rowsOf(
  { name, patient, label, attributes, phase, thickness: known }: FoundImage,
  file: string,
  image: Volume,
  masked: boolean,
): readonly ManifestEntry[] {
  const [down, across, own] = image.spacing ?? [0, 0, 0];
  const thickness = known ?? own;
  const trigger = (slice: number) => image.times?.[Math.floor(slice / image.slices)];
  const front = frontOf(image.affine);
  const pad = (value: number) => String(value).padStart(2, '0');
  return Array.from({ length: imageCount(image) }, (_, slice): ManifestEntry => {
    const frame = Math.floor(slice / image.slices);
    const time = image.frames > 1 ? `_t${pad(frame)}` : '';
    return {
      id: `${name}${time}_s${pad(slice % image.slices)}`,
      patient,
      image: file,
      slice,
      ...(image.frames > 1 ? { slices: image.slices } : {}),
      ...(masked ? { mask_array: 'mask' } : {}),
      ...(label === undefined ? {} : { label }),
      ...(attributes === undefined ? {} : { attributes }),
      ...(image.spacing === null ? {} : { spacing: [round(down), round(across)] as const }),
      ...(thickness > 0 ? { thickness: round(thickness) } : {}),
      ...(trigger(slice) === undefined ? {} : { trigger: round(trigger(slice)!) }),
      ...(image.frames > 1 ? { phase: String(frame) } : phase === undefined ? {} : { phase }),
      ...(front === null ? {} : { front: [round(front[0]), round(front[1])] as const }),
    };
  });
}

/** Spacings are written to a nanometre, as no scanner knows them better; a longer row would only be harder to read. */
function round(millimetres: number): number {
  return Number(millimetres.toFixed(6));
}

/** The image of a file, of the files of its channels, or of all files of a series. */
export async function readImage(
  image: FoundImage['image'],
  reader: ReaderThread,
): Promise<Volume | FileProblem> {
  if (image.kind === 'file') return reader.volume(image.path, image.array);
  if (image.kind === 'channels')
    return readChannels(
      image.files.map(({ path, array }) => ({
        name: basename(path),
        read: () => reader.volume(path, array),
      })),
    );
  if (image.further === undefined) return readSeries(image.frames, reader);
  return readChannels(
    [image.frames, ...image.further].map((frames) => ({
      name: frames[0]!.origin.path,
      read: () => readSeries(frames, reader),
    })),
  );
}

function isOfChannels(image: FoundImage['image']): boolean {
  return image.kind === 'channels' || (image.kind === 'series' && image.further !== undefined);
}

async function readMask(
  mask: FoundFile | FoundContours | null,
  image: Volume,
  reader: ReaderThread,
): Promise<Volume | FileProblem | null> {
  if (mask === null) return null;
  if (mask.kind === 'file') return reader.volume(mask.path, mask.array, 'mask');
  const [inner, outer] = [mask.inner, mask.outer].map(readContour);
  if (inner === null || outer === null) return { problem: 'damaged', reason: 'it is no outline of points' };
  const grid = maskOfContours(inner!, outer!, { height: image.rows, width: image.columns });
  return { ...image, slices: 1, frames: 1, channels: 1, values: grid.values };
}

const longestContour = 2 ** 20;

function readContour(path: string): ReturnType<typeof parseContour> {
  return statSync(path).size > longestContour ? null : parseContour(readFileSync(path, 'utf8'));
}

function maskPath(mask: FoundImage['mask']): string | null {
  return mask === null ? null : mask.kind === 'file' ? mask.path : mask.outer;
}

/** Why a file gives no image, in words that follow a colon. */
export function reasonOf(problem: FileProblem): string {
  switch (problem.problem) {
    case 'missing':
      return 'it does not exist';
    case 'array': {
      const names = problem.arrays.slice(0, 12).map((name) => `\`${name}\``);
      return `it holds no such array, but ${names.length === 0 ? 'none' : names.join(', ')}`;
    }
    case 'damaged':
    case 'slice':
      return problem.reason;
  }
}
