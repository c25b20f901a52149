import { trainableCount, weightCount } from './count.ts';
import type { Graph, Node } from './graph.ts';
import type { Parameter } from './operations/entry.ts';
import { operation } from './operations.ts';
import { formatShape } from './shape.ts';

/** The graph as text: one line per node with its operands, attributes, layer, shape and path in aligned columns. */
export function printGraph(graph: Graph): string {
  const layers = new Map<string, number>();
  const rows = graph.nodes.map((node) => {
    if (node.weights.length > 0 && !layers.has(node.layer)) layers.set(node.layer, layers.size);
    return [
      `%${node.id}`,
      printCall(node),
      node.weights.length > 0 ? `w${layers.get(node.layer)}` : '',
      formatShape(node.shape),
      node.op === 'input' ? '' : node.origin.path,
    ];
  });
  const heads = graph.heads.map((head) => [
    head.name,
    `%${head.node}`,
    head.kind,
    formatShape(graph.nodes[head.node]!.shape),
  ]);
  const parameters = graph.parameters.map(({ name, value }) => `${name} = ${value}`).join(', ');
  return [
    `graph ${graph.name}${parameters === '' ? '' : ` (${parameters})`}`,
    ...alignColumns(rows).map((row) => `  ${row}`),
    ...alignColumns(heads).map((row) => `  head ${row}`),
    `  weights ${formatCount(weightCount(graph))}, ${formatCount(trainableCount(graph))} trainable`,
    '',
  ].join('\n');
}

/** `conv %0 32 stride=2 bias=false`: required attributes bare, others only where they differ from the default. */
function printCall(node: Node): string {
  if (node.op === 'input') return `input ${node.attributes.name}`;
  return [node.op, ...node.operands.map((id) => `%${id}`), ...printAttributes(node)].join(' ');
}

/** The attributes of a node as the printed form shows them. */
export function printAttributes(node: Node): readonly string[] {
  if (node.op === 'input') return [];
  const attributes = node.attributes as Readonly<Record<string, unknown>>;
  return (operation(node.op).parameters as readonly Parameter[]).flatMap(({ name, default: otherwise }) => {
    const value = printValue(attributes[name]);
    if (otherwise === undefined) return [value];
    const usual = typeof otherwise === 'object' ? attributes[otherwise.sameAs] : otherwise;
    return value === printValue(usual) ? [] : [`${name}=${value}`];
  });
}

/** Pads the cells of every column to equal width; trailing spaces are dropped. */
export function alignColumns(
  rows: readonly (readonly string[])[],
  right: readonly number[] = [],
): readonly string[] {
  const widths = rows.reduce<number[]>(
    (widest, row) => row.map((cell, column) => Math.max(widest[column] ?? 0, cell.length)),
    [],
  );
  return rows.map((row) =>
    row
      .map((cell, column) =>
        right.includes(column) ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!),
      )
      .join('  ')
      .trimEnd(),
  );
}

/** `5,325,906`. */
export function formatCount(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}

function printValue(value: unknown): string {
  if (!Array.isArray(value)) return String(value);
  return value[0] === value[1] ? String(value[0]) : value.join('×');
}
