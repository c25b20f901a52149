import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { TableRow } from './csv.ts';
import { readIndex, reportLabels, reportRow, type Search } from './found.ts';

const table = 'labels.csv';

/**
 * The diagnoses of a folder's `labels.csv`: a row names a file, or a patient and so all of the patient's files. Rows that
 * contradict each other are errors; what is guessed, unused or missing is told.
 */
export class Labels {
  readonly #search: Search;
  readonly #rows: ReadonlyMap<string, TableRow>;
  readonly #used = new Set<string>();
  readonly #without: string[] = [];

  /** Reads the table; without one no image has a label, and nothing is told. */
  constructor(search: Search) {
    this.#search = search;
    this.#rows = existsSync(join(search.folder, table)) ? rowsByName(search) : new Map();
  }

  /**
   * The label of an image by the names that it may have in the table: that of its file before that of its patient.
   * @param names at least one; the last is told of an image without a label
   */
  get(...names: readonly string[]): string | undefined {
    const composed = names.map((name) => name.normalize('NFC'));
    const found = [...new Set(composed)].flatMap((name) => this.#rows.get(name) ?? []);
    for (const name of composed) this.#used.add(name);
    const [first] = found;
    const other = found.find(({ cells }) => cells['label'] !== first?.cells['label']);
    if (first !== undefined && other !== undefined) this.#contradict(first, other);
    if (first === undefined) this.#without.push(names.at(-1)!);
    return first?.cells['label'];
  }

  /** Tells which rows no image had, and which images no row. To be called when all images were asked for. */
  tellRest(): void {
    if (this.#rows.size === 0) return;
    for (const [name, row] of this.#rows) {
      if (!this.#used.has(name))
        reportLabels(
          this.#search,
          table,
          row,
          `names \`${name}\`, which is no image or patient of the folder`,
        );
    }
    const [first, ...others] = this.#without;
    if (first === undefined) return;
    const more = others.length === 0 ? '' : ` and ${others.length} more`;
    reportLabels(this.#search, table, null, `has no row for \`${first}\`${more}`);
  }

  #contradict(one: TableRow, other: TableRow): void {
    reportRow(this.#search, table, other, contradiction(other, one));
  }
}

function contradiction({ cells }: TableRow, earlier: TableRow): string {
  return `gives the label \`${cells['label']}\` where line ${earlier.line} gives \`${earlier.cells['label']}\``;
}

function rowsByName(search: Search): ReadonlyMap<string, TableRow> {
  const rows = new Map<string, TableRow>();
  for (const row of readIndex(search, table, ['label'], ['file', 'patient']) ?? []) {
    const { file = '', patient = '' } = row.cells;
    // File systems and spreadsheets write composed letters in one way or the other.
    const name = (file === '' ? patient : file).normalize('NFC');
    if (name === '') {
      reportRow(search, table, row, 'leaves `file` and `patient` empty');
      continue;
    }
    if (file === '' && 'file' in row.cells)
      reportLabels(
        search,
        table,
        row,
        `leaves \`file\` empty, so its label is that of all images of \`${patient}\``,
      );
    const earlier = rows.get(name);
    if (earlier === undefined) rows.set(name, row);
    else if (earlier.cells['label'] !== row.cells['label'])
      reportRow(search, table, row, `${contradiction(row, earlier)} to \`${name}\``);
  }
  return rows;
}
