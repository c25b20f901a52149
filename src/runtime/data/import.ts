import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, parse, relative, sep } from 'node:path';
import { alternatives, type Bag } from '../../compiler/index.ts';
import { writeAtomically } from '../runs/atomic.ts';
import { systemProblem } from '../runs/problems.ts';
import { parseTable, type TableRow } from './csv.ts';
import type { ManifestEntry } from './manifest-schema.ts';

/** What a folder must look like to be imported. */
export const layouts = {
  acdc: {
    title: 'volumes of short-axis slices, one npz per patient and phase',
    needs: 'index.csv (file, patient, group, slices) and volumes/ with the arrays `image` and `label`',
    rows: acdcRows,
  },
  emidec: {
    title: 'PNG pairs with a diagnosis per patient',
    needs: 'index.csv (file, patient, label), images/ and masks/',
    rows: emidecRows,
  },
  pairs: {
    title: 'PNG files of equal names',
    needs: 'images/ and masks/, and labels.csv (file or patient, label) where there are diagnoses',
    rows: pairRows,
  },
} as const;

export type Layout = keyof typeof layouts;

export interface ImportOptions {
  /** For `pairs`: finds the patient in a file's name, as its first group or the whole match; the stem unless given. */
  readonly patient?: RegExp;
}

/** What an import wrote. */
export interface Imported {
  readonly path: string;
  readonly images: number;
  readonly patients: number;
}

/** Writes the manifest of a folder that has one of the known layouts. Null, with diagnostics, when it has not. */
export function importDataset(
  layout: Layout,
  folder: string,
  out: string,
  bag: Bag,
  options: ImportOptions = {},
): Imported | null {
  const found: Found = {
    folder,
    layout,
    bag,
    options,
    file: (...parts) =>
      relative(dirname(out), join(folder, ...parts))
        .split(sep)
        .join('/'),
  };
  const entries = layouts[layout].rows(found);
  if (entries === null || bag.hasErrors) return null;
  if (entries.length === 0) {
    reportFolder(found, 'it holds no images');
    return null;
  }
  try {
    writeAtomically(
      out,
      manifestText(entries, `imported from the layout ${layout}: ${layouts[layout].title}`),
    );
  } catch (error) {
    bag.add(systemProblem(error, out));
    return null;
  }
  return { path: out, images: entries.length, patients: new Set(entries.map(({ patient }) => patient)).size };
}

interface Found {
  readonly folder: string;
  readonly layout: Layout;
  readonly bag: Bag;
  readonly options: ImportOptions;
  /** A file of the folder as the manifest names it. */
  readonly file: (...parts: readonly string[]) => string;
}

function acdcRows(found: Found): readonly ManifestEntry[] | null {
  const rows = readIndex(found, 'index.csv', ['file', 'patient', 'group', 'slices']);
  return (
    rows?.flatMap((row) => {
      const { file, patient, group, slices } = row.cells as Record<
        'file' | 'patient' | 'group' | 'slices',
        string
      >;
      const count = Number(slices);
      if (!Number.isInteger(count) || count < 1) {
        reportRow(found, 'index.csv', row, `has \`${slices}\` slices`);
        return [];
      }
      const volume = found.file('volumes', file);
      return Array.from(
        { length: count },
        (_, slice): ManifestEntry => ({
          id: `${parse(file).name}_s${String(slice).padStart(2, '0')}`,
          patient,
          image: volume,
          image_array: 'image',
          mask: volume,
          mask_array: 'label',
          slice,
          label: group,
        }),
      );
    }) ?? null
  );
}

function emidecRows(found: Found): readonly ManifestEntry[] | null {
  const rows = readIndex(found, 'index.csv', ['file', 'patient', 'label']);
  return (
    rows?.map(({ cells }): ManifestEntry => {
      const { file, patient, label } = cells as Record<'file' | 'patient' | 'label', string>;
      return {
        id: parse(file).name,
        patient,
        image: found.file('images', file),
        mask: found.file('masks', file),
        label,
      };
    }) ?? null
  );
}

function pairRows(found: Found): readonly ManifestEntry[] | null {
  const images = listFolder(found, 'images');
  const masks = listFolder(found, 'masks');
  if (images === null || masks === null) return null;
  const labels = readLabels(found);
  const known = new Set(masks);
  for (const file of images) if (!known.has(file)) reportFolder(found, `masks/ has no \`${file}\``);
  return images.map((file): ManifestEntry => {
    const stem = parse(file).name;
    const match = found.options.patient?.exec(stem);
    const patient = match?.[1] ?? match?.[0] ?? stem;
    const label = labels.get(file) ?? labels.get(stem) ?? labels.get(patient);
    return {
      id: stem,
      patient,
      image: found.file('images', file),
      mask: found.file('masks', file),
      ...(label === undefined ? {} : { label }),
    };
  });
}

/** Labels by file, stem or patient, whichever the table names. */
function readLabels(found: Found): ReadonlyMap<string, string> {
  if (!existsSync(join(found.folder, 'labels.csv'))) return new Map();
  const rows = readIndex(found, 'labels.csv', ['label']) ?? [];
  return new Map(rows.map(({ cells }) => [cells['file'] ?? cells['patient'] ?? '', cells['label']!]));
}

/** The rows of a table in the folder, with all of the columns filled. */
function readIndex(found: Found, name: string, columns: readonly string[]): readonly TableRow[] | null {
  let text: string;
  try {
    text = readFileSync(join(found.folder, name), 'utf8');
  } catch {
    reportFolder(found, `it has no ${name}`);
    return null;
  }
  const table = parseTable(text);
  const absent = columns.filter((column) => !table.columns.includes(column));
  if (absent.length > 0) {
    reportFolder(found, `${name} has no column ${alternatives(absent)}`);
    return null;
  }
  return table.rows.filter((row) => {
    const empty = columns.filter((column) => row.cells[column] === '');
    if (empty.length > 0) reportRow(found, name, row, `leaves ${alternatives(empty, 'and')} empty`);
    return empty.length === 0;
  });
}

function listFolder(found: Found, name: string): readonly string[] | null {
  try {
    return readdirSync(join(found.folder, name))
      .filter((file) => /^[^.].*\.(?:png|npy)$/i.test(file))
      .sort();
  } catch {
    reportFolder(found, `it has no folder ${name}/`);
    return null;
  }
}

function reportFolder({ bag, folder, layout }: Found, reason: string): void {
  bag.report('importFolder', {
    at: { file: folder, start: 0, end: 0 },
    arguments: { folder, layout, reason },
    notes: [`the layout \`${layout}\` needs ${layouts[layout].needs}`],
  });
}

function reportRow({ bag, folder }: Found, name: string, row: TableRow, problem: string): void {
  bag.report('importRow', {
    at: { file: join(folder, name), start: row.start, end: row.end },
    arguments: { line: row.line, file: name, problem },
  });
}

/** The manifest as YAML, a line per row. */
function manifestText(entries: readonly ManifestEntry[], description: string): string {
  const rows = entries.map((entry) => {
    const pairs = Object.entries(entry).map(([key, value]) => `${key}: ${scalar(value as string | number)}`);
    return `  - { ${pairs.join(', ')} }`;
  });
  return ['version: 1', `description: ${scalar(description)}`, 'images:', ...rows, ''].join('\n');
}

/** A value as YAML; quoted unless it can only be read as the text it is. */
function scalar(value: string | number): string {
  if (typeof value === 'number') return String(value);
  const plain = /^(?:\.{0,2}\/)*[A-Za-z][\w./-]*$/.test(value) && !/^(?:true|false|null)$/i.test(value);
  return plain ? value : JSON.stringify(value);
}
