/** Rows with columns as wide as their widest cell, two spaces apart, numbers to the right. */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const count = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: count }, (_, column) =>
    Math.max(...rows.map((row) => [...(row[column] ?? '')].length)),
  );
  return rows.map((row) =>
    row
      .map((cell, column) => {
        const gap = ' '.repeat(widths[column]! - [...cell].length);
        return /^[-–±]?[\d.,]*$/.test(cell) && cell !== '' ? gap + cell : cell + gap;
      })
      .join('  ')
      .trimEnd(),
  );
}
