import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { GivenAttribute } from '../../manifest/manifest-schema.ts';
import type { TableRow } from './csv.ts';
import { type FoundImage, readIndex, reportFolder, reportLabels, reportRow, type Search } from './found.ts';

const table = 'labels.csv';

/** What the table says of an image. */
export type KnownFacts = Pick<FoundImage, 'label' | 'attributes'>;

/**
 * The diagnoses and other attributes of a folder's `labels.csv`: a row names a file, or a patient and so all of the patient's files.
 * Every column but `file`, `patient` and `label` is an attribute: a number, a text, or several texts with `;` between them. Rows that
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
   * What is known of an image by the names that it may have in the table: that of its file before that of its patient.
   * @param names at least one; the last is told of an image without a row
   */
  get(...names: readonly string[]): KnownFacts {
    const composed = names.map((name) => name.normalize('NFC'));
    const found = [...new Set(composed)].flatMap((name) => this.#rows.get(name) ?? []);
    for (const name of composed) this.#used.add(name);
    const [first] = found;
    const other = found.find((row) => first !== undefined && differingColumn(row, first) !== undefined);
    if (first !== undefined && other !== undefined) this.#contradict(first, other);
    if (first === undefined) {
      this.#without.push(names.at(-1)!);
      return {};
    }
    const { label } = first.cells;
    const attributes = Object.fromEntries(
      attributeColumns(first).flatMap((column) => {
        const cell = found.map(({ cells }) => cells[column]!).find((text) => text !== '');
        return cell === undefined ? [] : [[column, attributeOf(cell)]];
      }),
    );
    return {
      ...(label !== undefined && label !== '' && { label }),
      ...(Object.keys(attributes).length > 0 && { attributes }),
    };
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

function attributeColumns({ cells }: TableRow): readonly string[] {
  return Object.keys(cells).filter((column) => !['file', 'patient', 'label', ''].includes(column));
}

/** The first column in which two rows say different things; an empty cell says nothing. */
function differingColumn(row: TableRow, earlier: TableRow): string | undefined {
  const says = ({ cells }: TableRow, column: string) => cells[column] ?? '';
  return ['label', ...attributeColumns(row)].find((column) => {
    const [one, other] = [says(row, column), says(earlier, column)];
    return one !== other && (column === 'label' || (one !== '' && other !== ''));
  });
}

/** A number as one; one that begins with a zero is a name. */
function attributeOf(cell: string): GivenAttribute {
  if (/^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:e[+-]?\d+)?$/i.test(cell)) return Number(cell);
  const several = cell.split(';').map((text) => text.trim());
  return several.length === 1 ? cell : several.filter((text) => text !== '');
}

function contradiction(row: TableRow, earlier: TableRow): string {
  const { cells } = row;
  const column = differingColumn(row, earlier)!;
  if (column !== 'label')
    return `gives \`${cells[column]}\` as \`${column}\` where line ${earlier.line} gives \`${earlier.cells[column]}\``;
  return `gives the label \`${cells['label']}\` where line ${earlier.line} gives \`${earlier.cells['label']}\``;
}

function rowsByName(search: Search): ReadonlyMap<string, TableRow> {
  const rows = new Map<string, TableRow>();
  const read = readIndex(search, table, [], ['file', 'patient']) ?? [];
  if (read.length > 0 && !('label' in read[0]!.cells) && attributeColumns(read[0]!).length === 0) {
    reportFolder(search, `${table} has no column \`label\``);
    return rows;
  }
  for (const row of read) {
    if (row.cells['label'] === '' && attributeColumns(row).length === 0) {
      reportRow(search, table, row, 'leaves `label` empty');
      continue;
    }
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
    else if (differingColumn(row, earlier) !== undefined)
      reportRow(search, table, row, `${contradiction(row, earlier)} to \`${name}\``);
  }
  return rows;
}
