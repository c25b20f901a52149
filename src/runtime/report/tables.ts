import { blank } from '../metrics/untrained.ts';
import { csvText } from '../storage/csv.ts';
import { agreementLatex, agreementMarkdown } from './agreement-tables.ts';
import { type Column, structurePaths, withStructures } from './comparison/columns.ts';
import type { Comparison, Row } from './comparison/comparison.ts';
import type { ComparedValue } from './comparison/members.ts';

/** How a comparison is written. */
export type TableForm = 'markdown' | 'csv' | 'latex';

/** A comparison as a table with its notes: ours, and in a second line of the cell what is published. */
export function writeTable(comparison: Comparison, form: TableForm): string {
  switch (form) {
    case 'markdown':
      return `${markdown(comparison)}${agreementMarkdown(comparison)}`;
    case 'csv':
      return csv(comparison);
    case 'latex':
      return `${latex(comparison)}${agreementLatex(comparison, escaped)}`;
  }
}

/** `DSC, %`: a metric with the unit its numbers are shown in. */
export function heading({ path, unit, better }: Column): string {
  return `${path} ${better === 'higher' ? '↑' : '↓'}${unit === '1' ? ' %' : ` ${unit}`}`;
}

/** A number as tables show it: shares as percentages with two decimals, as the paper prints them. */
export function shown(value: number | null | undefined, { unit }: Pick<Column, 'unit'>): string {
  if (value === null || value === undefined) return '–';
  return (unit === '1' ? 100 * value : value).toFixed(2);
}

/** `82.14 ± 0.71` */
export function cellText(value: ComparedValue | undefined, column: Column): string {
  if (value?.value == null) return blank(value);
  const { deviation } = value.folds;
  return `${shown(value.value, column)}${deviation === null ? '' : ` ± ${shown(deviation, column)}`}`;
}

/** The lines below a row: of each structure its name, and its value under every column that is a mean over structures. */
export function structureLines(
  { values, missing }: Pick<Row, 'values' | 'missing'>,
  columns: readonly Column[],
): readonly { readonly structure: string; readonly values: readonly (ComparedValue | undefined)[] }[] {
  const names = missing === null ? [...new Set(columns.flatMap(({ structures }) => structures))] : [];
  return names.map((structure) => ({
    structure,
    values: columns.map((column) => {
      const path = structurePaths(column)[column.structures.indexOf(structure)];
      return path === undefined ? undefined : values[path];
    }),
  }));
}

function hasReported({ rows }: Comparison): boolean {
  return rows.some(({ values }) => Object.values(values).some(({ reported }) => reported !== null));
}

function markdown(comparison: Comparison): string {
  const { study, columns, rows, notes } = comparison;
  const published = hasReported(comparison);
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  const cells = (row: Row) =>
    columns.map((column) => {
      const value = row.values[column.path];
      const text = cellText(value, column);
      const ours = row.best.includes(column.path) ? `**${text}**` : text;
      const paper = value?.reported ?? null;
      return paper === null ? ours : `${ours} (paper ${shown(paper, column)})`;
    });
  return [
    `### ${study}`,
    '',
    line(['', ...columns.map(heading)]),
    line(['---', ...columns.map(() => '---:')]),
    ...rows.flatMap((row) => [
      line([row.label, ...(row.missing === null ? cells(row) : spanned(row.missing, columns))]),
      ...structureLines(row, columns).map(({ structure, values }) =>
        line([
          `&nbsp;&nbsp;${structure}`,
          ...values.map((value, index) => (value === undefined ? '' : cellText(value, columns[index]!))),
        ]),
      ),
    ]),
    '',
    ...notes.map((note) => `- ${note}`),
    ...(published ? ['- (paper …): what is published of the same row'] : []),
    '',
  ].join('\n');
}

function spanned(text: string, columns: readonly Column[]): readonly string[] {
  return columns.map((_, index) => (index === 0 ? `*${text}*` : ''));
}

/** One line per row and metric, with all that is known of it. */
function csv({ study, columns, rows }: Comparison): string {
  const head = [
    'study',
    'row',
    'metric',
    'unit',
    'value',
    'low',
    'high',
    'interval',
    'fold_mean',
    'fold_sd',
    'reported',
    'best',
    'missing',
    'empty_of',
    'empty_masks',
    'empty_both',
    'empty_truth_only',
    'empty_prediction_only',
  ];
  const lines = rows.flatMap((row) =>
    columns.flatMap(withStructures).map((column) => {
      const value = row.values[column.path];
      return [
        study,
        row.label,
        column.path,
        column.unit,
        value?.value,
        value?.interval?.low,
        value?.interval?.high,
        value?.interval?.method ?? value?.withoutInterval ?? '',
        value?.folds.mean,
        value?.folds.deviation,
        value?.reported,
        String(row.best.includes(column.path)),
        row.missing ?? '',
        value?.empty?.of,
        value?.empty?.masks,
        value?.empty?.both,
        value?.empty?.truthOnly,
        value?.empty?.predictionOnly,
      ];
    }),
  );
  return csvText([head, ...lines]);
}

/** The paired tests of all metrics, one line each, with all that is known of them. */
export function testsTable({
  rows,
  tests,
}: Pick<Comparison, 'rows' | 'tests'>): readonly (readonly string[])[] {
  const end = (value: number | undefined) => (value === undefined ? '' : String(value));
  return [
    [
      'metric',
      'row',
      'other',
      'difference',
      'low',
      'high',
      'test',
      'exact',
      'p',
      'corrected',
      'correction',
      'tests_corrected',
      'better',
      'equal',
      'worse',
      'margin',
      'images',
      'patients',
      'reason',
    ],
    ...tests.map((test) => [
      test.path,
      ...test.rows.map((row) => rows[row]!.label),
      String(test.difference),
      ...[test.interval?.low, test.interval?.high].map(end),
      test.test,
      ...[test.exact, test.p, test.corrected].map(String),
      test.correction.method,
      String(test.correction.tests),
      ...[test.posterior?.first, test.posterior?.equal, test.posterior?.second].map(end),
      ...[test.margin, test.images, test.patients].map(String),
      test.reason ?? '',
    ]),
  ];
}

function latex(comparison: Comparison): string {
  const { study, columns, rows, notes } = comparison;
  const numberOf = (value: ComparedValue | undefined, column: Column) => {
    const deviation = value?.folds.deviation ?? null;
    return `${shown(value?.value, column)}${deviation === null ? '' : ` \\pm ${shown(deviation, column)}`}`;
  };
  const cell = (row: Row, column: Column) => {
    const value = row.values[column.path];
    const number = numberOf(value, column);
    const ours =
      value?.value == null
        ? blank(value).replace('–', '--')
        : row.best.includes(column.path)
          ? `$\\mathbf{${number}}$`
          : `$${number}$`;
    return value?.reported == null ? ours : `${ours} (${shown(value.reported, column)})`;
  };
  const below = (row: Row) =>
    structureLines(row, columns).map(({ structure, values }) =>
      [
        `\\quad ${escaped(structure)}`,
        ...values.map((value, index) => {
          if (value === undefined) return '';
          return value.value === null
            ? blank(value).replace('–', '--')
            : `$${numberOf(value, columns[index]!)}$`;
        }),
      ].join(' & '),
    );
  const body = rows.flatMap((row) =>
    row.missing === null
      ? [[escaped(row.label), ...columns.map((column) => cell(row, column))].join(' & '), ...below(row)]
      : [`${escaped(row.label)} & \\multicolumn{${columns.length}}{l}{${escaped(row.missing)}}`],
  );
  return [
    '% needs \\usepackage{booktabs}',
    '\\begin{table}',
    '  \\centering',
    `  \\caption{${escaped(study)}. ${notes.map(escaped).join('. ')}.${hasReported(comparison) ? ' In parentheses: published.' : ''}}`,
    `  \\begin{tabular}{l${'r'.repeat(columns.length)}}`,
    '    \\toprule',
    `    ${['', ...columns.map((column) => escaped(heading(column)))].join(' & ')} \\\\`,
    '    \\midrule',
    ...body.map((line) => `    ${line} \\\\`),
    '    \\bottomrule',
    '  \\end{tabular}',
    '\\end{table}',
    '',
  ].join('\n');
}

function escaped(text: string): string {
  return text
    .replace(/[\\{}$&#%_^~]/g, (sign) =>
      sign === '\\' ? '\\textbackslash{}' : sign === '^' || sign === '~' ? `\\${sign}{}` : `\\${sign}`,
    )
    .replaceAll('↑', '$\\uparrow$')
    .replaceAll('↓', '$\\downarrow$')
    .replaceAll('±', '$\\pm$')
    .replaceAll('<', '$<$')
    .replaceAll('`', '');
}
