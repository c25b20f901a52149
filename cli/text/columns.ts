/**
 * Rows with columns as wide as their widest cell, two spaces apart. A column of numbers goes to the right.
 * @param heading whether the first row holds names, which do not count as what a column is made of
 */
export function columns(rows: readonly (readonly string[])[], heading = false): string[] {
  const count = Math.max(0, ...rows.map((row) => row.length));
  const shapes = Array.from({ length: count }, (_, column) => {
    const cells = rows.map((row) => row[column] ?? '');
    const body = cells.slice(heading ? 1 : 0).filter((cell) => cell !== '');
    return {
      width: Math.max(...cells.map((cell) => [...cell].length)),
      numeric: body.length > 0 && body.every((cell) => /^[-–±]?[\d.,]*$/.test(cell)),
    };
  });
  return rows.map((row) =>
    row
      .map((cell, column) => {
        const { width, numeric } = shapes[column]!;
        const gap = ' '.repeat(width - [...cell].length);
        return numeric ? gap + cell : cell + gap;
      })
      .join('  ')
      .trimEnd(),
  );
}
