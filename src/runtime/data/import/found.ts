import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { alternatives, type Bag } from '../../../compiler/index.ts';
import type { PlacedFrame } from '../../images/dicom/series/placed-frame.ts';
import { parseTable, type TableRow } from './csv.ts';

/** An image that a folder was found to hold, before it is opened. */
export interface FoundImage {
  /** Names it among the images of the folder. */
  readonly name: string;
  readonly patient: string;
  readonly label?: string;
  readonly image: FoundFile | { readonly kind: 'series'; readonly frames: readonly PlacedFrame[] };
  readonly mask: FoundFile | FoundContours | null;
  /** Its slices where the folder says so; null for an image of one, or of a number to find out. */
  readonly slices: number | null;
}

export interface FoundFile {
  readonly kind: 'file';
  readonly path: string;
  readonly array: string;
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
}

export function file(path: string, array: string): FoundFile {
  return { kind: 'file', path, array };
}

export function patientOf({ patient }: Search, name: string): string {
  const match = patient?.exec(name);
  return match?.[1] ?? match?.[0] ?? name;
}

/** The rows of a table in the folder, with all of the columns filled. */
export function readIndex(
  search: Search,
  name: string,
  columns: readonly string[],
): readonly TableRow[] | null {
  let text: string;
  try {
    text = readFileSync(join(search.folder, name), 'utf8');
  } catch {
    reportFolder(search, `it has no ${name}`);
    return null;
  }
  const table = parseTable(text);
  const absent = columns.filter((column) => !table.columns.includes(column));
  if (absent.length > 0) {
    reportFolder(search, `${name} has no column ${alternatives(absent)}`);
    return null;
  }
  return table.rows.filter((row) => {
    const empty = columns.filter((column) => row.cells[column] === '');
    if (empty.length > 0) reportRow(search, name, row, `leaves ${alternatives(empty, 'and')} empty`);
    return empty.length === 0;
  });
}

/** Labels by file, stem or patient, whichever the table names. */
export function readLabels(search: Search): ReadonlyMap<string, string> {
  if (!existsSync(join(search.folder, 'labels.csv'))) return new Map();
  const rows = readIndex(search, 'labels.csv', ['label']) ?? [];
  return new Map(rows.map(({ cells }) => [cells['file'] ?? cells['patient'] ?? '', cells['label']!]));
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

/** A file that an import leaves out, while the others go on. */
export function reportFile(bag: Bag, path: string, reason: string): void {
  bag.report('importFile', { at: { file: path, start: 0, end: 0 }, arguments: { path, reason } });
}
