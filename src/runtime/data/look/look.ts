import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Bag, DataPlan } from '../../../compiler/index.ts';
import { FileReader, isFileProblem } from '../../images/files.ts';
import { drawSheet, type Picture, sheetLines, sheetPng } from '../../images/sheet.ts';
import { writeAtomically } from '../../storage/atomic.ts';
import { systemProblem } from '../../storage/problems.ts';
import type { CheckedRow } from '../dataset/check-images.ts';
import { caseOf } from '../dataset/load.ts';
import { reasonOf } from '../import/convert/convert.ts';
import { reportFile } from '../import/layouts/found.ts';
import { type Manifest, parseManifest } from '../manifest/manifest.ts';
import { fingerprint } from './fingerprint.ts';
import type { FingerprintReport } from './fingerprint-schema.ts';

/** What `cmrc data show` draws. */
export interface ShowOptions {
  readonly images: number;
  /** Only images whose name, patient or label holds this text. */
  readonly only: string | null;
  /** Where the picture is written; null for none. */
  readonly out: string | null;
  /** Columns of the terminal to draw in; null for none. */
  readonly columns: number | null;
}

export interface Shown {
  /** The images drawn, row by row from the upper left. */
  readonly images: readonly string[];
  readonly columns: number;
  readonly lines: readonly string[];
}

/** Reads every image of a manifest and says what there is. The file can be read. */
export function fingerprintManifest(
  path: string,
  bag: Bag,
  progress: (done: number, total: number) => void,
): FingerprintReport | null {
  const found = manifestOf(path, bag);
  return found === null ? null : fingerprint(found.rows, { path, structures: found.structures }, progress);
}

/** Draws images that are spread evenly over a manifest. The file can be read. */
export function showManifest(path: string, options: ShowOptions, bag: Bag): Shown | null {
  const all = manifestOf(path, bag)?.rows ?? null;
  if (all === null) return null;
  const { only } = options;
  const rows = all.filter(
    ({ row: { entry } }) =>
      only === null || [entry.id, entry.patient, entry.label ?? ''].some((text) => text.includes(only)),
  );
  if (rows.length === 0) {
    bag.report('nothingShown', { at: { file: path, start: 0, end: 0 }, arguments: { text: only ?? '' } });
    return null;
  }
  const count = Math.min(rows.length, options.images);
  const chosen = Array.from(
    { length: count },
    (_, place) => rows[Math.floor((place * rows.length) / count)]!,
  );
  const reader = new FileReader();
  const pictures: Picture[] = [];
  const images: string[] = [];
  for (const { row, case: one } of chosen) {
    const image = reader.image(one.source.image);
    if (isFileProblem(image)) {
      reportFile(bag, one.source.image.path, reasonOf(image));
      continue;
    }
    const mask = one.source.mask === null ? null : reader.read(one.source.mask);
    const { height, width, channels } = image;
    const values = image.values.filter((_, index) => index % channels === 0);
    pictures.push({ height, width, values, mask: mask === null || isFileProblem(mask) ? null : mask.values });
    images.push(row.entry.id);
  }
  if (pictures.length === 0) return null;
  const columns = Math.ceil(Math.sqrt(pictures.length));
  const sheet = drawSheet(pictures, columns);
  try {
    if (options.out !== null) writeAtomically(options.out, sheetPng(sheet));
  } catch (error) {
    bag.add(systemProblem(error, options.out ?? ''));
    return null;
  }
  return { images, columns, lines: options.columns === null ? [] : sheetLines(sheet, options.columns) };
}

function manifestOf(
  path: string,
  bag: Bag,
): { readonly rows: readonly CheckedRow[]; readonly structures: Manifest['structures'] } | null {
  const manifest = parseManifest(readFileSync(path, 'utf8'), path, bag);
  if (manifest === null || bag.hasErrors) return null;
  const plan = { classes: [] } as unknown as DataPlan;
  const rows = manifest.rows.map((row) => ({ row, case: caseOf(row, dirname(path), plan) }));
  return { rows, structures: manifest.structures };
}
