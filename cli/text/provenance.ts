import type { Provenance } from '../../src/compiler/index.ts';
import { columns } from './columns.ts';

/** Where the values of a spec come from, as lines: what the paper says, what had to be assumed, what nobody said. */
export function provenanceText(provenance: readonly Provenance[]): readonly string[] {
  return headings.flatMap(([kind, heading]) => {
    const rows = provenance
      .filter((item) => item.kind === kind)
      .map(({ path, value, source }) => [`  ${path}`, short(value), source]);
    return rows.length === 0 ? [] : [`${heading} (${rows.length})`, ...columns(rows), ''];
  });
}

const headings: readonly (readonly [Provenance['kind'], string])[] = [
  ['paper', 'from the publication'],
  ['assumed', 'assumed'],
  ['default', 'defaults of the language'],
  ['unsaid', 'without a source'],
];

/** Values are shown on one line. */
function short(value: string): string {
  const line = value.replace(/\s+/g, ' ');
  return line.length > 48 ? `${line.slice(0, 47)}…` : line;
}
