/** One line of a table, by column name, with its place in the text. */
export interface TableRow {
  /** By the names of columns. */
  readonly cells: Readonly<Record<string, string>>;
  /** Cells beyond those that the header names, unless all of them are empty. */
  readonly beyond: number;
  /** From 1; the header is line 1. */
  readonly line: number;
  readonly start: number;
  readonly end: number;
}

export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly TableRow[];
  /** The line of a quote that never ends, which would swallow the rest. */
  readonly open: number | null;
}

/** The text of a table, or why its bytes are none. What is not UTF-8 would give other names and labels than were written. */
export function tableText(bytes: Uint8Array): { readonly text: string } | { readonly reason: string } {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff))
    return { reason: 'it is UTF-16: save it as CSV in UTF-8' };
  try {
    return { text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch {
    return { reason: 'it is not UTF-8: save it as CSV in UTF-8' };
  }
}

/** What separates cells, by where programs write it: spreadsheets take semicolons where a comma is the decimal sign. */
const separators = [',', ';', '\t'] as const;

/**
 * Reads a table with a header, whose cells are separated by commas, semicolons or tabs, whichever its header has most of. A
 * cell may be quoted, and then hold separators, line breaks and doubled quotes. Empty lines are skipped; lines end as on any
 * system.
 * @param usual columns that are known in whatever capitals, which people and spreadsheets give them
 */
export function parseTable(text: string, usual: readonly string[] = []): Table {
  const start = text.startsWith('\uFEFF') ? 1 : 0;
  const header = /^[^\r\n]*/.exec(text.slice(start))![0].replace(/"[^"]*"/g, '');
  const count = (separator: string) => header.split(separator).length;
  const separator = separators.reduce((most, one) => (count(one) > count(most) ? one : most));
  const { records, open } = recordsOf(text, start, separator);
  const columns = (records[0]?.cells ?? []).map((name) =>
    usual.includes(name.toLowerCase()) ? name.toLowerCase() : name,
  );
  const rows = records.slice(1).map(({ cells, ...place }) => ({
    ...place,
    cells: Object.fromEntries(columns.map((column, index) => [column, cells[index] ?? ''])),
    beyond: cells.slice(columns.length).some((cell) => cell !== '') ? cells.length - columns.length : 0,
  }));
  return { columns, rows, open };
}

interface TableRecord extends Pick<TableRow, 'line' | 'start' | 'end'> {
  readonly cells: readonly string[];
}

function recordsOf(
  text: string,
  from: number,
  separator: string,
): { readonly records: readonly TableRecord[]; readonly open: number | null } {
  const records: TableRecord[] = [];
  const cell = new RegExp(`[ ]*"((?:[^"]|"")*)"([^${separator}\\r\\n]*)|([^${separator}\\r\\n]*)`, 'y');
  let [at, line, open] = [from, 1, null as number | null];
  while (at < text.length) {
    const [start, first] = [at, line];
    const cells: string[] = [];
    do {
      if (cells.length > 0) at += 1;
      cell.lastIndex = at;
      const [whole, quoted, behind, plain] = cell.exec(text)!;
      if (quoted === undefined && /^ *"/.test(plain!)) open ??= line;
      cells.push(quoted === undefined ? plain!.trim() : quoted.replaceAll('""', '"') + behind!.trimEnd());
      at += whole.length;
      line += whole.split(/\r\n|\r|\n/).length - 1;
    } while (text[at] === separator);
    if (at > start) records.push({ cells, line: first, start, end: at });
    at += text.startsWith('\r\n', at) ? 2 : 1;
    line += 1;
  }
  return { records, open };
}
