import type * as ast from '../../src/compiler/syntax/ast.ts';

/** A syntax tree as indented text: one line per node with its kind, its place and its scalar fields. */
export function treeText(file: ast.File): string {
  const lines: string[] = [];
  print(file, '', lines);
  return lines.join('\n');
}

function print(value: unknown, indent: string, lines: string[], label = ''): void {
  if (Array.isArray(value)) {
    for (const item of value) print(item, indent, lines, label);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  const node = value as Record<string, unknown> & { span?: { start: number; end: number } };
  const scalars = Object.entries(node)
    .filter(([key, field]) => key !== 'kind' && typeof field !== 'object' && field !== undefined)
    .map(([key, field]) => `${key}=${JSON.stringify(field)}`);
  const place = node.span ? `${node.span.start}..${node.span.end}` : '';
  lines.push(
    [indent + (label ? `${label}:` : ''), node['kind'] ?? '', place, ...scalars].filter(Boolean).join(' '),
  );
  for (const [key, field] of Object.entries(node)) {
    if (key !== 'span') print(field, `${indent}  `, lines, key);
  }
}
