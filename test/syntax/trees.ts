import type * as ast from '../../src/compiler/syntax/ast.ts';

/** A tree as plain data without places and comments, and with imports and their names sorted: what a file means. */
export function meaning(file: ast.File): unknown {
  const bare = strip({ ...file, comments: [] }) as { imports: { names: { text: string }[] }[] };
  for (const item of bare.imports) item.names.sort(byText);
  bare.imports.sort(byText);
  return bare;
}

function strip(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(strip);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) => (key === 'span' ? [] : [[key, strip(inner)]])),
  );
}

function byText(a: unknown, b: unknown): number {
  const [first, second] = [JSON.stringify(a), JSON.stringify(b)];
  return first < second ? -1 : first > second ? 1 : 0;
}
