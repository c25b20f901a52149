import { listed } from '../diagnostics/listing.ts';
import { alignColumns, formatCount } from '../ir/print.ts';
import { formatShape } from '../ir/shape.ts';
import type { Difference } from './difference.ts';
import type { ChangedLayer, OwnLayer } from './layers.ts';
import { type Part, partOf, parts } from './settings.ts';

/** How many layers are shown of each kind, unless all are asked for. */
const maxLayers = 20;

/** A difference as people read it: settings, layers, totals, and what is the same. */
export function differenceText(difference: Difference, { all = false } = {}): string {
  const { before, after, same, settings } = difference;
  const lines = [`${before.name} → ${after.name}`];
  if (same) lines.push('the same run: training one is training the other');
  if (settings.length > 0) {
    const rows = settings.map(({ path, before: from, after: to }) => [
      `  ${path}`,
      `${from ?? 'absent'} → ${to ?? 'absent'}`,
    ]);
    lines.push('', 'settings', ...alignColumns(rows));
  }
  lines.push(...layerLines(difference, all ? Number.POSITIVE_INFINITY : maxLayers));
  if (!same) lines.push('', ...totalLines(difference));
  const equal = parts.filter((part) => !settings.some(({ path }) => partOf(path) === part));
  if (equal.length > 0) lines.push('', `the same: ${listed(equal.map((part) => titles[part]))}`);
  return `${lines.join('\n')}\n`;
}

const titles: { readonly [P in Part]: string } = {
  model: 'model and its parameters',
  heads: 'heads',
  loss: 'loss',
  data: 'data',
  train: 'training',
  augment: 'augmentation',
  evaluate: 'evaluation',
};

function layerLines({ layers }: Difference, limit: number): readonly string[] {
  const { added, removed, same } = layers;
  // What only has another shape or size follows from what is before it.
  const changed = layers.changed.filter(({ changes }) => changes.length > 0);
  const follows = layers.changed.length - changed.length;
  if (added.length + removed.length + layers.changed.length === 0)
    return ['', `layers: all ${same} operations the same`];
  const counts = [
    [added.length, 'added'],
    [removed.length, 'removed'],
    [changed.length, 'changed'],
    [follows, 'of other size because of them'],
    [same, 'operations the same'],
  ] as const;
  return [
    '',
    `layers: ${counts.flatMap(([count, what]) => (count === 0 ? [] : [`${count} ${what}`])).join(', ')}`,
    ...shown(removed, '-', limit, own),
    ...shown(added, '+', limit, own),
    ...shown(changed, '~', limit, change),
  ];
}

function shown<T>(
  layers: readonly T[],
  mark: string,
  limit: number,
  cells: (layer: T) => readonly string[],
): readonly string[] {
  const rows = layers.slice(0, limit).map((layer) => [`  ${mark}`, ...cells(layer)]);
  const rest = layers.length - rows.length;
  return [...alignColumns(rows), ...(rest > 0 ? [`  ${mark}  and ${rest} more (\`--all\` shows them)`] : [])];
}

function own({ path, operation, shape, parameters }: OwnLayer): readonly string[] {
  const counted = parameters === 0 ? '' : `${formatCount(parameters)} parameters`;
  return [path, operation, formatShape(shape), counted];
}

function change({ before, after, changes, shape, parameters }: ChangedLayer): readonly string[] {
  const arrow = (from: string, to: string) => (from === to ? from : `${from} → ${to}`);
  const [from, to] = [formatCount(parameters.before), formatCount(parameters.after)];
  return [
    arrow(before, after),
    changes.map(changeText).join(', '),
    arrow(formatShape(shape.before), formatShape(shape.after)),
    from === to ? '' : `${from} → ${to} parameters`,
  ];
}

/** `rate 2 → 3`, `operands − encoder/pool`. */
function changeText({ what, before, after }: ChangedLayer['changes'][number]): string {
  if (after === '') return `${what} − ${before}`;
  return before === '' ? `${what} + ${after}` : `${what} ${before} → ${after}`;
}

function totalLines({ totals }: Difference): readonly string[] {
  const row = (
    name: string,
    { before, after }: { before: number; after: number },
    say: (n: number) => string,
  ) => {
    if (before === after) return [name, say(before), ''];
    const share = before === 0 ? '' : `${after > before ? '+' : '−'}${percent(Math.abs(after / before - 1))}`;
    return [name, `${say(before)} → ${say(after)}`, share];
  };
  return alignColumns([
    row('parameters', totals.parameters, formatCount),
    row('trainable', totals.trainable, formatCount),
    row('multiply-adds', totals.macs, (count) => scaled(count, '')),
    row('memory to train', totals.training_memory, (bytes) => scaled(bytes, 'B')),
    row('memory to infer', totals.inference_memory, (bytes) => scaled(bytes, 'B')),
  ]);
}

/** `4.486 G`, `802.8 MB`, `1.2 kB`. */
function scaled(count: number, unit: string): string {
  const [size, prefix] = scales.find(([least]) => count >= least) ?? [1, ''];
  const digits = size === 1 ? 0 : size === 1e9 ? 3 : 1;
  return `${(count / size).toFixed(digits)} ${prefix}${unit}`.trim();
}

const scales = [
  [1e9, 'G'],
  [1e6, 'M'],
  [1e3, 'k'],
] as const;

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
