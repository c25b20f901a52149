import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { alternatives, type Bag } from '../../../../compiler/index.ts';
import type { PlacedFrame } from '../../../images/dicom/series/placed-frame.ts';
import type { GivenAttribute } from '../../manifest/manifest-schema.ts';
import { parseTable, type TableRow, tableText } from './csv.ts';

/** An image that a folder was found to hold, before it is opened. */
export interface FoundImage {
  /** Names it among the images of the folder. */
  readonly name: string;
  readonly patient: string;
  readonly label?: string;
  /** What else is known of it or its patient. */
  readonly attributes?: Readonly<Record<string, GivenAttribute>>;
  readonly image: FoundFile | FoundChannels | FoundSeries;
  readonly mask: FoundFile | FoundContours | null;
  /** The moment of the cycle where the folder names it: `ED` or `ES`. */
  readonly phase?: string;
  /** Cubic millimetres, where the folder says them and the file does not. */
  readonly voxelVolume?: number;
  /** Millimetres from slice to slice, where the folder tells more of it than the image's own file. */
  readonly thickness?: number;
  /** Its slices where the folder says so; null for an image of one, or of a number to find out. */
  readonly slices: number | null;
}

export interface FoundFile {
  readonly kind: 'file';
  readonly path: string;
  readonly array: string;
}

/** The files of an image's channels, in their order. */
export interface FoundChannels {
  readonly kind: 'channels';
  readonly files: readonly FoundFile[];
}

/** A DICOM series. */
export interface FoundSeries {
  readonly kind: 'series';
  readonly frames: readonly PlacedFrame[];
  /** Series of the same patient that are its further channels, in their order. */
  readonly further?: readonly (readonly PlacedFrame[])[];
}

/** Outlines of the muscle's inner and outer border. */
export interface FoundContours {
  readonly kind: 'contours';
  readonly inner: string;
  readonly outer: string;
}

/** What looking through a folder needs. */
export interface Search {
  readonly folder: string;
  readonly layout: string;
  readonly needs: string;
  readonly bag: Bag;
  /** Finds the patient in a file's name, as its first group or the whole match. */
  readonly patient: RegExp | null;
  readonly imageArray: string;
  readonly maskArray: string;
  /** Of the layout `dicom`: how many series of a patient are the channels of one image; one unless given. */
  readonly channels?: number;
}

export function file(path: string, array: string): FoundFile {
  return { kind: 'file', path, array };
}

/** One file, or several that are the channels of an image. */
export function fileOrChannels(paths: readonly string[], array: string): FoundFile | FoundChannels {
  const files = paths.map((path) => file(path, array));
  return files.length === 1 ? files[0]! : { kind: 'channels', files };
}

/** The file of an image, or the first of those that it is read from. */
export function firstFile(image: FoundImage['image']): string {
  switch (image.kind) {
    case 'file':
      return image.path;
    case 'channels':
      return image.files[0]?.path ?? '';
    case 'series':
      return image.frames[0]?.origin.path ?? '';
  }
}

export function patientOf({ patient }: Search, name: string): string {
  const match = patient?.exec(name);
  return match?.[1] ?? match?.[0] ?? name;
}

/** The rows of a table in the folder, with all of the columns filled; of `oneOf` the table has at least one. */
export function readIndex(
  search: Search,
  name: string,
  columns: readonly string[],
  oneOf: readonly string[] = [],
): readonly TableRow[] | null {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(join(search.folder, name));
  } catch {
    reportFolder(search, `it has no ${name}`);
    return null;
  }
  const found = tableText(bytes);
  if ('reason' in found) {
    reportFolder(search, `${name} cannot be read, ${found.reason}`);
    return null;
  }
  const table = parseTable(found.text, ['file', 'patient', 'label', ...columns, ...oneOf]);
  const twice = table.columns.find((column, index) => column !== '' && table.columns.indexOf(column) < index);
  if (twice !== undefined) {
    reportFolder(search, `${name} has two columns \`${twice}\``);
    return null;
  }
  if (table.open !== null) {
    reportFolder(search, `${name} has a quote in line ${table.open} that does not end`);
    return null;
  }
  const absent = columns.filter((column) => !table.columns.includes(column));
  if (absent.length > 0) {
    reportFolder(search, `${name} has no column ${alternatives(absent)}`);
    return null;
  }
  if (oneOf.length > 0 && !oneOf.some((column) => table.columns.includes(column))) {
    reportFolder(search, `${name} has no column ${alternatives(oneOf)}`);
    return null;
  }
  return table.rows.filter((row) => {
    const empty = columns.filter((column) => row.cells[column] === '');
    if (row.beyond > 0) {
      const cells = table.columns.length + row.beyond;
      reportRow(
        search,
        name,
        row,
        `has ${cells} cells where the header names ${table.columns.length} columns`,
      );
    } else if (empty.length > 0) reportRow(search, name, row, `leaves ${alternatives(empty, 'and')} empty`);
    return row.beyond === 0 && empty.length === 0;
  });
}

/** A file's name without what says its format. */
export function stemOf(name: string): string {
  return name.replace(/\.(?:nii\.gz|hdr\.gz|[^.]*)$/i, '');
}

export function reportFolder({ bag, folder, layout, needs }: Search, reason: string): void {
  bag.report('importFolder', {
    at: { file: folder, start: 0, end: 0 },
    arguments: { folder, layout, reason },
    notes: [`the layout \`${layout}\` needs ${needs}`],
  });
}

export function reportRow({ bag, folder }: Search, name: string, row: TableRow, problem: string): void {
  bag.report('importRow', {
    at: { file: join(folder, name), start: row.start, end: row.end },
    arguments: { line: row.line, file: name, problem },
  });
}

/** What is odd about a table that is used all the same; of one row, or of the whole. */
export function reportLabels(
  { bag, folder }: Search,
  name: string,
  row: TableRow | null,
  problem: string,
): void {
  bag.report('importTable', {
    at: { file: join(folder, name), start: row?.start ?? 0, end: row?.end ?? 0 },
    arguments: { place: row === null ? `\`${name}\`` : `line ${row.line} of \`${name}\``, problem },
  });
}

/** A file that an import leaves out, while the others go on. */
export function reportFile(bag: Bag, path: string, reason: string): void {
  bag.report('importFile', { at: { file: path, start: 0, end: 0 }, arguments: { path, reason } });
}
