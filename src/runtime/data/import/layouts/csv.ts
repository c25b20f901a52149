/** One line of a table, by column name, with its place in the text. */
export interface TableRow {
  readonly cells: Readonly<Record<string, string>>;
  /** From 1; the header is line 1. */
  readonly line: number;
  readonly start: number;
  readonly end: number;
}

export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly TableRow[];
}

/** Reads comma-separated values with a header; a cell may be quoted, but not hold a line break. Empty lines are skipped. */
export function parseTable(text: string): Table {
  let offset = 0;
  const lines = text.split('\n').map((line, index) => {
    const start = offset;
    offset += line.length + 1;
    const content = line.replace(/\r$/, '');
    return { cells: splitCells(content), line: index + 1, start, end: start + content.length };
  });
  const filled = lines.filter(({ start, end }) => end > start);
  const columns = filled[0]?.cells ?? [];
  const rows = filled.slice(1).map(({ cells, ...place }) => ({
    ...place,
    cells: Object.fromEntries(columns.map((column, index) => [column, cells[index] ?? ''])),
  }));
  return { columns, rows };
}

/** The comma before each cell makes every match longer than nothing, so that no empty cell is skipped. */
function splitCells(line: string): readonly string[] {
  const cells = `,${line.replace(/^\uFEFF/, '')}`.matchAll(/,(?:"((?:[^"]|"")*)"|([^,]*))/g);
  return [...cells].map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain!.trim());
}
