import { csvText } from '../storage/csv.ts';
import {
  agreementNote,
  agreementText,
  type ComparedMeasure,
  comparedMeasures,
} from './comparison/agreement.ts';
import type { Comparison } from './comparison/comparison.ts';
import { escaped } from './plot.ts';

/** A line for each measure, a column for each row of the comparison, and how many patients it is of. */
export function agreementRows({ rows, agreements = [] }: Pick<Comparison, 'rows' | 'agreements'>): {
  readonly heading: readonly string[];
  readonly lines: readonly (readonly string[])[];
  /** What the numbers are, to stand below them. */
  readonly note: string;
} {
  const shown = agreements.map(({ row }) => row);
  return {
    note: agreementNote(agreements),
    heading: ['measure', 'patients', ...shown.map((row) => rows[row]!.label)],
    lines: comparedMeasures(agreements).map((measure) => [
      named(measure),
      [...new Set([...measure.rows.values()].map(({ n }) => n))].join(', '),
      ...shown.map((row) => {
        const own = measure.rows.get(row);
        return own === undefined ? '–' : agreementText(own);
      }),
    ]),
  };
}

function named({ path, unit }: ComparedMeasure): string {
  return unit === '' ? path : `${path}, ${unit}`;
}

/** The agreements as Markdown; nothing without any. */
export function agreementMarkdown(comparison: Comparison): string {
  const { heading, lines, note } = agreementRows(comparison);
  if (lines.length === 0) return '';
  const row = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  const rule = row(heading.map((_, index) => (index === 0 ? '---' : '---:')));
  return [row(heading), rule, ...lines.map(row), '', `- ${note}`, ''].join('\n');
}

/** The agreements as HTML, with the intervals of bias and limits; nothing without any. */
export function agreementHtml({ rows, agreements = [] }: Comparison): string {
  const measures = comparedMeasures(agreements);
  if (measures.length === 0) return '';
  const head = agreements.map(({ row }) => `<th>${escaped(rows[row]!.label)}</th>`).join('');
  const range = (interval: { readonly low: number; readonly high: number } | null) =>
    interval === null ? '–' : `${interval.low.toFixed(1)} … ${interval.high.toFixed(1)}`;
  const body = measures.map((measure) => {
    const cells = agreements.map(({ row }) => {
      const own = measure.rows.get(row);
      if (own === undefined) return '<td>–</td>';
      const { low = null, high = null } = own.limitsIntervals ?? {};
      const extras = [
        `bias, 95 %: ${range(own.biasInterval)}`,
        `limits: ${range(own.limits)}`,
        `95 %: ${range(low)}; ${range(high)}`,
        `${own.n} patients, truth ${own.truthMean.toFixed(1)}`,
        ...(own.without.length === 0 ? [] : [`none of ${own.without.join(', ')}`]),
      ];
      return `<td>${agreementText(own)}${extras.map((extra) => `<span class="paper">${escaped(extra)}</span>`).join('')}</td>`;
    });
    return `<tr><td title="${escaped(measure.title)}">${escaped(named(measure))}</td>${cells.join('')}</tr>`;
  });
  return `<h3>Measures of the heart</h3><div class="scroll"><table><thead><tr><th>bias ± 1.96 SD</th>${head}</tr></thead><tbody>${body.join('')}</tbody></table></div><p class="notes">${escaped(agreementNote(agreements))}</p>`;
}

/** Every pair behind the agreements as CSV: a line per row, measure and patient. */
export function agreementPairs({ study, rows, agreements = [] }: Comparison): string {
  return csvText([
    ['study', 'row', 'measure', 'unit', 'patient', 'truth', 'predicted'],
    ...agreements.flatMap(({ row, measures }) =>
      measures.flatMap(({ path, unit, patients }) =>
        patients.map(({ patient, truth, measured }) => [
          study,
          rows[row]!.label,
          path,
          unit,
          patient,
          truth,
          measured,
        ]),
      ),
    ),
  ]);
}

/** The agreements as CSV: a line per row and measure. */
export function agreementCsv({ study, rows, agreements = [] }: Comparison): string {
  const head = [
    'study',
    'row',
    'measure',
    'unit',
    'patients',
    'truth_mean',
    'predicted_mean',
    'bias',
    'bias_low',
  ].concat(
    [
      'bias_high',
      'sd',
      'lower_limit',
      'lower_limit_low',
      'lower_limit_high',
      'upper_limit',
      'upper_limit_low',
    ],
    ['upper_limit_high'],
  );
  return csvText([
    head,
    ...agreements.flatMap(({ row, measures }) =>
      measures.map((one) => [
        study,
        rows[row]!.label,
        one.path,
        one.unit,
        one.n,
        one.truthMean,
        one.measuredMean,
        one.bias,
        one.biasInterval?.low,
        one.biasInterval?.high,
        one.deviation,
        one.limits?.low,
        one.limitsIntervals?.low.low,
        one.limitsIntervals?.low.high,
        one.limits?.high,
        one.limitsIntervals?.high.low,
        one.limitsIntervals?.high.high,
      ]),
    ),
  ]);
}

/** The agreements as a table of LaTeX; `text` makes a text one of LaTeX. Nothing without any. */
export function agreementLatex(comparison: Comparison, text: (plain: string) => string): string {
  const { heading, lines, note } = agreementRows(comparison);
  if (lines.length === 0) return '';
  const number = (cell: string) =>
    /\d/.test(cell) ? `$${cell.replace('±', '\\pm').replaceAll('–', '--')}$` : text(cell).replace('–', '--');
  return [
    '\\begin{table}',
    '  \\centering',
    `  \\caption{${text(comparison.study)}: ${text(note)}.}`,
    `  \\begin{tabular}{l${'r'.repeat(heading.length - 1)}}`,
    '    \\toprule',
    `    ${heading.map(text).join(' & ')} \\\\`,
    '    \\midrule',
    ...lines.map(([measure, ...cells]) => `    ${[text(measure!), ...cells.map(number)].join(' & ')} \\\\`),
    '    \\bottomrule',
    '  \\end{tabular}',
    '\\end{table}',
    '',
  ].join('\n');
}
