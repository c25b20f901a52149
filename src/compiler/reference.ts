import { formatSignature, operation, operationNames } from './ir/operations.ts';
import { metrics } from './semantics/metrics.ts';
import { losses } from './semantics/settings/loss.ts';
import type { Key, Table } from './semantics/settings/table.ts';
import { datasetTable, experimentTable } from './semantics/settings.ts';

/** The part of the language reference that derives from the compiler's tables, as Markdown. */
export function languageReference(): string {
  return [
    '## Operations',
    '',
    markdownTable(
      ['operation', 'what it does'],
      operationNames
        .filter((name) => operation(name).notation !== 'statement')
        .map((name) => [code(formatSignature(name)), operation(name).summary]),
    ),
    '',
    '`cmrc explain conv` shows an operation with its parameters and an example.',
    '',
    '## Losses',
    '',
    markdownTable(
      ['loss', 'heads', 'what it is'],
      Object.entries(losses).map(([name, loss]) => [
        code(`${name}(${['head', ...optionsOf(loss.options)].join(', ')})`),
        loss.heads.join(', '),
        loss.doc,
      ]),
    ),
    '',
    '## Metrics',
    '',
    markdownTable(
      ['metric', 'heads', 'what it is'],
      Object.entries(metrics).map(([name, metric]) => [code(name), metric.head, metric.doc]),
    ),
    '',
    '## Settings of a dataset',
    '',
    settingsTable(datasetTable),
    '',
    '## Settings of an experiment',
    '',
    settingsTable(experimentTable),
  ].join('\n');
}

function optionsOf(options: Table): readonly string[] {
  return Object.entries(options).map(([name, part]) =>
    part.kind === 'key' && 'default' in part ? `${name} = ${initialOf(part)}` : name,
  );
}

function settingsTable(table: Table): string {
  return markdownTable(['setting', 'value', 'default', 'meaning'], settingRows(table, ''));
}

/** One row per key, and indented rows for what is inside it. */
function settingRows(table: Table, prefix: string): readonly (readonly string[])[] {
  return Object.entries(table).flatMap(([name, part]) => {
    if (part.kind === 'group') {
      return [
        [code(`${prefix}${name}`), 'settings', '', part.doc],
        ...settingRows(part.keys, `${prefix}${name}.`),
      ];
    }
    const initial = 'default' in part ? initialOf(part) : 'required';
    const meaning = part.source ? `${part.doc} (${part.source})` : part.doc;
    const row = [code(`${prefix}${name}`), part.type.describe, initial, meaning];
    const inside = Object.entries(part.type.inside ?? {}).map(([call, options]) => [
      '',
      code(`${call}(${optionsOf(options as Table).join(', ')})`),
      '',
      Object.entries(options as Table)
        .map(([option, own]) => `${code(option)}: ${own.doc}`)
        .join('; '),
    ]);
    return [row, ...inside];
  });
}

function initialOf({ written, default: value }: Key<unknown>): string {
  if (written !== undefined) return written;
  if (value === null) return 'none';
  return typeof value === 'string' ? `"${value}"` : JSON.stringify(value);
}

function code(text: string): string {
  return `\`${text}\``;
}

function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}
