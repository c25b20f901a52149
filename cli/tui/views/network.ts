import { formatShape } from '../../../src/compiler/index.ts';
import { topOf } from '../drawing/cursor.ts';
import type { Area } from '../drawing/layout.ts';
import { chosenLine, filled, fitted, justified, line, type Span } from '../drawing/lines.ts';
import { chosenExperiment, chosenGraph } from '../session/chosen.ts';
import type { Session } from '../session/session.ts';
import { chainAt, chainsOf, type DilatedChain, summaryOf, type TreeRow, treeOf } from '../state/network.ts';
import type { Theme } from '../theme/theme.ts';

/** The layers of an experiment's network as a tree, and what its dilated stacks read. */
export function networkView(session: Session, theme: Theme, { width, height }: Area): readonly string[] {
  const graph = chosenGraph(session);
  if (graph === null) {
    const text =
      session.specs.compiled === null
        ? 'choose a spec (5)'
        : 'the spec has mistakes (5 shows them), or no experiment';
    return filled(['', line(theme, [['quiet', ` ${text}`]], width)], width, height);
  }
  const { cursor, closed } = session.network;
  const rows = treeOf(graph, closed);
  const summary = summaryOf(graph);
  const chosen = rows[Math.min(cursor, rows.length - 1)];
  const chain = (chosen === undefined ? null : chainAt(graph, chosen.path)) ?? chainsOf(graph)[0] ?? null;
  const coverRows = chain === null ? 0 : 4;
  const room = height - 2 - coverRows;
  const top = topOf(cursor, rows.length, room);
  const body = rows.slice(top, top + room).map((row, index) => {
    const spans = rowSpans(row, closed, width, top + index === cursor);
    return top + index === cursor ? chosenLine(theme, spans, width) : line(theme, spans, width);
  });
  return [
    justified(
      theme,
      [
        ' ',
        ['title', chosenExperiment(session)?.name ?? summary.network],
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
    line(theme, [['quiet', heading(width)]], width),
    ...filled(body, width, room),
    ...(chain === null ? [] : coverage(theme, chain, width)),
  ];
}

const nameWidth = (width: number) => Math.max(18, Math.min(30, Math.floor(width * 0.3)));
const textWidth = (width: number) => Math.max(0, width - nameWidth(width) - 45);

function heading(width: number): string {
  return `   ${fitted('layer', nameWidth(width))} ${fitted('operations', textWidth(width))} ${fitted('shape', 12, 'right')} ${fitted('weights', 10, 'right')} ${fitted('MMAC', 8, 'right')} ${fitted('field', 6, 'right')}`;
}

function rowSpans(
  row: TreeRow,
  closed: ReadonlySet<string>,
  width: number,
  chosen: boolean,
): readonly Span[] {
  const sign = row.branch ? (closed.has(row.path) ? '▸' : '▾') : ' ';
  const name = `${'  '.repeat(Math.min(6, row.depth))}${sign} ${row.name}`;
  return [
    chosen ? ' › ' : '   ',
    [row.branch ? 'title' : 'plain', fitted(name, nameWidth(width))],
    ' ',
    ['quiet', fitted(row.text, textWidth(width))],
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
