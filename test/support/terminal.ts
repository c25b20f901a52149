import { stripVTControlCharacters } from 'node:util';

/** A terminal that understands what a screen writes: rows of text, and cursor addresses. */
export function terminal(columns: number, rows: number) {
  const cells = new Map<number, string>();
  const written: string[] = [];
  return {
    columns,
    rows,
    /** Everything that was written, piece by piece. */
    written,
    /** The rows shown, without colours and without what is empty at the end. */
    text(): string {
      const last = Math.max(0, ...cells.keys());
      return Array.from({ length: last }, (_, row) => cells.get(row + 1) ?? '')
        .join('\n')
        .trimEnd();
    },
    write(text: string) {
      written.push(text);
      if (text.includes('\u001b[2J')) cells.clear();
      // A visible sign for escape, since patterns are not to hold control characters.
      const parts = text.replaceAll('\u001b', '⎋').split(/⎋\[(\d+);1H⎋\[2K/);
      for (let index = 1; index < parts.length; index += 2) {
        cells.set(
          Number(parts[index]),
          stripVTControlCharacters(parts[index + 1]!.replace(/⎋\[\?2026l.*$/s, '').replaceAll('⎋', '\u001b')),
        );
      }
    },
  };
}
