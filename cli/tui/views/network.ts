import { basename } from 'node:path';
import { formatShape } from '../../../src/compiler/index.ts';
import { topOf } from '../drawing/cursor.ts';
import type { Area } from '../drawing/layout.ts';
import { chosenLine, filled, fitted, justified, line, type Span } from '../drawing/lines.ts';
import { chosenExperiment, chosenGraph } from '../session/chosen.ts';
import type { Session } from '../session/session.ts';
import { chainAt, chainsOf, type DilatedChain, summaryOf, type TreeRow, treeOf } from '../state/network.ts';
import type { Theme } from '../theme/theme.ts';
import { distributionLines } from './distributions.ts';

/** The layers of an experiment's network as a tree, and what its dilated stacks read. */
export function networkView(session: Session, theme: Theme, { width, height }: Area): readonly string[] {
  const graph = chosenGraph(session);
  if (graph === null) {
    const { wanted } = session.network;
    const text =
      wanted !== null
        ? `reading the network of ${wanted}`
        : session.specs.path === null
          ? 'no run is open, and there is no spec here'
          : session.specs.compiled === null
            ? 'choose a spec (5)'
            : 'the spec has mistakes (5 shows them), or no experiment';
    return filled(['', line(theme, [['quiet', ` ${text}`]], width)], width, height);
  }
  const { cursor, closed, run } = session.network;
  const rows = treeOf(graph, closed);
  const columns = columnsOf(rows, width);
  const summary = summaryOf(graph);
  const chosen = rows[Math.min(cursor, rows.length - 1)];
  const chain = (chosen === undefined ? null : chainAt(graph, chosen.path)) ?? chainsOf(graph)[0] ?? null;
  const lower = lowerRows(session, chain, height);
  const room = height - 2 - lower;
  const top = topOf(cursor, rows.length, room);
  const body = rows.slice(top, top + room).map((row, index) => {
    const spans = rowSpans(row, closed, columns, top + index === cursor);
    return top + index === cursor ? chosenLine(theme, spans, width) : line(theme, spans, width);
  });
  return [
    justified(
      theme,
      [
        ' ',
        ['title', run?.experiment ?? chosenExperiment(session)?.name ?? summary.network],
        ['quiet', run === null ? '' : ` · ${basename(run.folder)}`],
        [
          'quiet',
          ` · ${summary.network} ${formatShape(summary.input.shape)} → ${summary.heads.map(({ name, shape }) => `${name} ${formatShape(shape)}`).join(', ')}`,
        ],
      ],
      [
        [
          'quiet',
          ` ${summary.parameters.total.toLocaleString('en')} weights · ${(summary.macs / 1e9).toFixed(2)} GMAC `,
        ],
      ],
      width,
    ),
    line(theme, [['quiet', heading(columns)]], width),
    ...filled(body, width, room),
    ...(showsDistributions(session) && chosen !== undefined
      ? distributionLines(theme, session.network, chosen.path, { width, height: lower })
      : chain === null
        ? []
        : coverage(theme, chain, width)),
  ];
}

function showsDistributions({ network }: Session): boolean {
  return network.panel === 'distributions' && (network.run?.distributions.length ?? 0) > 0;
}

/** How many lines are below the tree. */
export function lowerRows(session: Session, chain: DilatedChain | null, height: number): number {
  const epochs = session.network.run?.distributions.length ?? 0;
  if (showsDistributions(session)) return 3 + Math.min(epochs, height >= 30 ? 8 : 4);
  return chain === null ? 0 : 4;
}

/** Widths of the names, as wide as the longest of the tree where there is room, and of the operations, which take the rest. */
interface Columns {
  readonly name: number;
  readonly text: number;
}

function columnsOf(rows: readonly TreeRow[], width: number): Columns {
  const longest = Math.max(0, ...rows.map((row) => [...nameText(row, new Set())].length));
  const name = Math.max(12, Math.min(longest, Math.floor(width * 0.4), 36));
  return { name, text: Math.max(0, width - name - 45) };
}

function nameText({ depth, branch, path, name }: TreeRow, closed: ReadonlySet<string>): string {
  const sign = branch ? (closed.has(path) ? '▸' : '▾') : ' ';
  return `${'  '.repeat(Math.min(6, depth))}${sign} ${name}`;
}

function heading({ name, text }: Columns): string {
  return `   ${fitted('layer', name)} ${fitted('operations', text)} ${fitted('shape', 12, 'right')} ${fitted('weights', 10, 'right')} ${fitted('MMAC', 8, 'right')} ${fitted('field', 6, 'right')}`;
}

function rowSpans(
  row: TreeRow,
  closed: ReadonlySet<string>,
  columns: Columns,
  chosen: boolean,
): readonly Span[] {
  return [
    chosen ? ' › ' : '   ',
    [row.branch ? 'title' : 'plain', fitted(nameText(row, closed), columns.name)],
    ' ',
    ['quiet', fitted(row.text, columns.text)],
    ' ',
    fitted(formatShape(row.shape), 12, 'right'),
    ' ',
    fitted(row.parameters === 0 ? '' : row.parameters.toLocaleString('en'), 10, 'right'),
    ' ',
    fitted(row.macs === 0 ? '' : (row.macs / 1e6).toFixed(1), 8, 'right'),
    ' ',
    fitted(String(row.field), 6, 'right'),
  ];
}

/** Along one axis: which pixels of its field a stack of dilated convolutions reads, and which it never sees. */
function coverage(theme: Theme, { rates, sampling, paths }: DilatedChain, width: number): readonly string[] {
  const { field, reached, largestGap, hybrid } = sampling;
  const read = new Set(reached);
  const room = width - 2;
  const part = Math.ceil(field / room);
  const count = Math.ceil(field / part);
  const cells = Array.from({ length: count }, (_, index) => {
    const inside = Array.from({ length: part }, (__, offset) => index * part + offset).filter(
      (at) => at < field,
    );
    const seen = inside.filter((at) => read.has(at)).length;
    return seen === inside.length ? '█' : seen > 0 ? '▄' : '·';
  });
  const full = reached.length === field;
  const kernel = hybrid[1] ?? hybrid[0] ?? 1;
  return [
    line(theme, [' ', ['frame', '─'.repeat(Math.max(0, width - 2))]], width),
    line(
      theme,
      [
        ['title', ` ${common(paths)}`],
        [
          'quiet',
          `  rates ${rates.join(', ')} · field ${field} · reads ${reached.length} of ${field} along each axis`,
        ],
      ],
      width,
    ),
    line(theme, [' ', [full ? 'good' : 'warning', cells.join('')]], width),
    line(
      theme,
      [
        full
          ? ['good', ' no holes']
          : ['warning', ` holes: up to ${largestGap - 1} pixels between those that are read`],
        ['quiet', `, hybrid distance ${kernel}${part > 1 ? `; a character is ${part} pixels` : ''}`],
      ],
      width,
    ),
  ];
}

/** What paths have in common. */
function common(paths: readonly string[]): string {
  const parts = paths.map((path) => path.split('/'));
  const first = parts[0] ?? [];
  const shared = first.findIndex((part, index) => parts.some((path) => path[index] !== part));
  return first.slice(0, shared === -1 ? first.length : Math.max(1, shared)).join('/');
}

/** The layers for other programs. */
export function networkTable(session: Session): readonly (readonly string[])[] {
  const graph = chosenGraph(session);
  return [
    ['layer', 'operation', 'shape', 'parameters', 'multiply-adds', 'receptive field'],
    ...(graph === null ? [] : summaryOf(graph).layers).map((layer) => [
      layer.path,
      layer.op,
      formatShape(layer.shape),
      String(layer.parameters),
      String(layer.macs),
      String(layer.receptive_field),
    ]),
  ];
}
