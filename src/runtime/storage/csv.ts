/** What a cell can hold; null is empty. */
export type CsvCell = string | number | null | undefined;

/**
 * Rows of comma-separated values, as RFC 4180 has them. A text that a spreadsheet would take for a formula gets an
 * apostrophe before it: names come from files, and a formula can do what its reader can.
 */
export function csvText(rows: readonly (readonly CsvCell[])[]): string {
  return rows.map((row) => `${row.map(cellText).join(',')}\n`).join('');
}

function cellText(value: CsvCell): string {
  if (value === null || value === undefined) return '';
  const text = typeof value === 'string' && isFormula(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Numbers may begin with a sign. */
function isFormula(text: string): boolean {
  return /^[\t\r]*[=+@-]/.test(text) && !/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text);
}
