import { line, type Span, type Theme } from '../theme.ts';

/** A line of a table: each cell is one span. */
export type Row = readonly Span[];

/** Rows with columns as wide as their widest cell, the first column to the left and the others to the right. */
export function table(theme: Theme, rows: readonly Row[], width: number): string[] {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...rows.map((row) => [...textOf(row[column])].length)),
  );
  return rows.map((row) => {
    const cells = row.flatMap((cell, column): Span[] => {
      const text = textOf(cell);
      const gap = ' '.repeat(widths[column]! - [...text].length);
      return column === 0 ? [cell, gap] : ['  ', gap, cell];
    });
    return line(theme, cells, width);
  });
}

function textOf(span: Span | undefined): string {
  return span === undefined ? '' : typeof span === 'string' ? span : span[1];
}
