import { existsSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { alternatives, type Bag } from '../../../compiler/index.ts';
import { Findings } from '../../images/formats/findings.ts';
import { ReaderThread } from '../../images/formats/reader-thread.ts';
import { writeAtomically } from '../../storage/atomic.ts';
import { systemProblem } from '../../storage/problems.ts';
import type { ManifestDocument, ManifestEntry } from '../manifest/manifest-schema.ts';
import { convert } from './convert/convert.ts';
import { decodedFolder, liesWithin } from './decoded-folder.ts';
import { type FoundImage, reportFolder, reportLabels, type Search } from './layouts/found.ts';
import { type Layout, layoutFacts } from './layouts/layout-facts.ts';
import { layouts } from './layouts/layouts.ts';
import { openPseudonyms, type Pseudonyms } from './pseudonyms.ts';
import { distinctNames, fileNames } from './unique-names.ts';

export interface ImportOptions {
  /** Finds the patient in a file's name, as its first group or the whole match; the name itself unless given. */
  readonly patient?: RegExp;
  readonly imageArray?: string;
  readonly maskArray?: string;
  /** Of the layout `dicom`: how many series of a patient are the channels of one image. */
  readonly channels?: number;
  /** Writes pseudonyms for patients and names, and copies every image out of its file. DICOM is always imported so. */
  readonly deidentify?: boolean;
  /** The file with the key of pseudonyms; beside the manifest unless given. */
  readonly key?: string;
  readonly progress?: (done: number, total: number) => void;
}

/** What an import wrote. */
export interface Imported {
  readonly path: string;
  readonly images: number;
  readonly patients: number;
  /** Files that were left out, each with a diagnostic. */
  readonly skipped: number;
}

/** Writes the manifest of a folder that has one of the known layouts. Null, with diagnostics, when it has not. */
export async function importDataset(
  layout: Layout,
  folder: string,
  out: string,
  bag: Bag,
  options: ImportOptions = {},
): Promise<Imported | null> {
  const search: Search = {
    folder,
    layout,
    needs: layoutFacts[layout].needs,
    bag,
    patient: options.patient ?? null,
    imageArray: options.imageArray ?? 'image',
    maskArray: options.maskArray ?? 'mask',
    ...(options.channels !== undefined && { channels: options.channels }),
  };
  const written = [out, ...(options.key === undefined || existsSync(options.key) ? [] : [options.key])];
  for (const path of written) {
    if (!liesWithin(path, folder)) continue;
    bag.report('sourceFolder', {
      at: { file: path, start: 0, end: 0 },
      arguments: { path, folder },
      help: [{ message: 'name a file in another folder' }],
    });
    return null;
  }
  const reader = new ReaderThread();
  try {
    const found = await layouts[layout].find(search, reader);
    if (found === null || bag.hasErrors) return null;
    const pseudonyms =
      options.deidentify === true || layout === 'dicom'
        ? openPseudonyms(options.key ?? keyOf(folder, out), bag)
        : null;
    if (bag.hasErrors) return null;
    const hiding = pseudonyms === null ? [] : found.flatMap(({ attributes = {} }) => Object.keys(attributes));
    if (hiding.length > 0) {
      const columns = alternatives([...new Set(hiding)], 'and');
      const problem = `says ${columns}, which a manifest of pseudonyms leaves out, as it may tell who someone is`;
      reportLabels(search, 'labels.csv', null, problem);
    }
    const names = distinctNames(found.map(({ name }) => name));
    const images = found.map((one, index) => hidden({ ...one, name: names[index]! }, index, pseudonyms));
    const files = fileNames(images.map(({ name }) => name));
    const findings = new Findings();
    const entries: ManifestEntry[] = [];
    let decoded: string | null = null;
    let skipped = 0;
    for (const [index, one] of images.entries()) {
      options.progress?.(index, found.length);
      if (isNative(one) && pseudonyms === null) {
        entries.push(...nativeRows(one, out));
        continue;
      }
      decoded ??= decodedFolder(out, folder, bag);
      const target = { beside: dirname(out), folder: decoded, file: `${files[index]!}.npz` };
      const rows = await convert(one, target, reader, bag, findings);
      if (rows.length === 0) skipped += 1;
      entries.push(...rows);
    }
    findings.report(bag);
    if (entries.length === 0) {
      reportFolder(search, 'it holds no images');
      return null;
    }
    writeAtomically(
      out,
      manifestText({
        version: 1,
        description: `imported from the layout ${layout}: ${layoutFacts[layout].title}`,
        structures: entries.some(({ mask, mask_array }) => (mask ?? mask_array) !== undefined)
          ? layouts[layout].structures(search)
          : {},
        images: entries,
      }),
    );
    return {
      path: out,
      images: entries.length,
      patients: new Set(entries.map(({ patient }) => patient)).size,
      skipped,
    };
  } catch (error) {
    bag.add(systemProblem(error, out));
    return null;
  } finally {
    await reader.end();
  }
}

/** The key lies beside the manifest, since nothing is written into a source; one that an earlier version left there counts. */
function keyOf(folder: string, out: string): string {
  const earlier = join(folder, '.cmrnet-key');
  return existsSync(earlier) ? earlier : join(dirname(out), '.cmrnet-key');
}

/** Formats that training reads as they are, and of which it is known how many slices they hold. */
function isNative({ image, mask, slices }: FoundImage): boolean {
  if (image.kind === 'series' || mask?.kind !== 'file') return false;
  const files = image.kind === 'file' ? [image] : image.files;
  return [...files, mask].every(
    ({ path }) => /\.png$/i.test(path) || (slices !== null && /\.np[yz]$/i.test(path)),
  );
}

function nativeRows(
  { name, patient, label, attributes, image, mask, slices, phase, voxelVolume }: FoundImage,
  out: string,
): readonly ManifestEntry[] {
  if (image.kind === 'series' || mask?.kind !== 'file') return [];
  const named = (path: string) => relative(dirname(out), path).split(sep).join('/');
  const entry = (slice: number | null): ManifestEntry => ({
    id: slice === null ? name : `${name}_s${String(slice).padStart(2, '0')}`,
    patient,
    image: image.kind === 'file' ? named(image.path) : image.files.map(({ path }) => named(path)),
    ...(slice === null || image.kind !== 'file' ? {} : { image_array: image.array }),
    mask: named(mask.path),
    ...(slice === null ? {} : { mask_array: mask.array, slice }),
    ...(label === undefined ? {} : { label }),
    ...(attributes === undefined ? {} : { attributes }),
    ...(phase === undefined ? {} : { phase }),
    ...(voxelVolume === undefined ? {} : { voxel_volume: voxelVolume }),
  });
  return slices === null ? [entry(null)] : Array.from({ length: slices }, (_, slice) => entry(slice));
}

/**
 * The image under a name that says nothing: images of a patient share its pseudonym, and are counted. Attributes are left out, for an
 * age or a date may tell who it is.
 */
function hidden(one: FoundImage, index: number, pseudonyms: Pseudonyms | null): FoundImage {
  if (pseudonyms === null) return one;
  const patient = pseudonyms.of(one.patient);
  const { attributes: _, ...rest } = one;
  return { ...rest, patient, name: `${patient}_${String(index + 1).padStart(4, '0')}` };
}

/** The manifest as YAML, a line per row. */
function manifestText({ version, description, structures, images }: Required<ManifestDocument>): string {
  const flow = (mapping: object) =>
    `{ ${Object.entries(mapping)
      .map(([key, value]) => `${key}: ${written(value as Value)}`)
      .join(', ')} }`;
  return [
    `version: ${version}`,
    `description: ${written(description)}`,
    ...(Object.keys(structures).length === 0 ? [] : [`structures: ${flow(structures)}`]),
    'images:',
    ...images.map((entry) => `  - ${flow(entry)}`),
    '',
  ].join('\n');
}

type Value = string | number | readonly (string | number)[] | { readonly [name: string]: Value };

function isList(value: Value): value is readonly (string | number)[] {
  return Array.isArray(value);
}

/** A value as YAML; quoted unless it can only be read as the text it is. */
function written(value: Value): string {
  if (typeof value === 'number') return String(value);
  if (isList(value)) return `[${value.map(written).join(', ')}]`;
  if (typeof value === 'object') {
    const pairs = Object.entries(value).map(([name, own]) => `${written(name)}: ${written(own)}`);
    return `{ ${pairs.join(', ')} }`;
  }
  const plain = /^(?:\.{0,2}\/)*[A-Za-z][\w./-]*$/.test(value) && !/^(?:true|false|null)$/i.test(value);
  return plain ? value : JSON.stringify(value);
}
