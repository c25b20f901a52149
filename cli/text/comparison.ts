import { agreementRows, blank, type Comparison, structureLines } from '../../src/runtime/index.ts';
import { columns as aligned } from './columns.ts';

/** Of pairs that do not differ significantly, so many lines are shown. */
const maxPairs = 40;

/** A comparison as lines: the table, its notes, and the paired differences with their intervals. */
export function comparisonText(comparison: Comparison): readonly string[] {
  const { study, columns, rows, tests, notes } = comparison;
  const shown = (value: number | null | undefined, unit: string) =>
    value === null || value === undefined ? '–' : (unit === '1' ? 100 * value : value).toFixed(2);
  const cell = (value: Comparison['rows'][number]['values'][string] | undefined, unit: string) => {
    if (value?.value == null) return blank(value);
    const spread = value.folds.deviation;
    return `${shown(value.value, unit)}${spread === null ? '' : ` ± ${shown(spread, unit)}`}`;
  };
  const header = ['', ...columns.map(({ path, unit }) => `${path}${unit === '1' ? ' %' : ` ${unit}`}`)];
  const body = rows.flatMap((row) => [
    [
      row.label,
      ...columns.map(({ path, unit }, index) => {
        if (row.missing !== null) return index === 0 ? row.missing : '';
        const value = row.values[path];
        const text = cell(value, unit);
        const best = row.best.includes(path) ? ' *' : '';
        return `${text}${best}${value?.reported == null ? '' : ` (paper ${shown(value.reported, unit)})`}`;
      }),
    ],
    ...structureLines(row, columns).map(({ structure, values }) => [
      `  ${structure}`,
      ...values.map((value, index) => (value === undefined ? '' : cell(value, columns[index]!.unit))),
    ]),
  ]);
  const significant = tests.filter(isSignificant);
  const listed = tests.length <= maxPairs ? tests : significant;
  return [
    study,
    '',
    ...aligned([header, ...body], true).map((line) => `  ${line}`),
    '',
    ...agreementTable(comparison),
    ...notes.map((note) => `  ${note.replace('bold:', '*:')}`),
    ...(tests.length === 0
      ? []
      : [
          `  ${significant.length} of ${tests.length} paired differences are significant (!)`,
          ...aligned(
            listed.map((test) => {
              const { path, rows: pair, difference, interval, corrected, correction, posterior } = test;
              const [one, other] = pair.map((row) => rows[row]!.label);
              const unit = columns.find((column) => column.path === path)!.unit;
              const ends =
                interval === null ? '' : `95 % ${shown(interval.low, unit)} to ${shown(interval.high, unit)}`;
              const p = corrected < 0.0001 ? 'p < 0.0001' : `p = ${corrected.toFixed(4)}`;
              return [
                isSignificant(test) ? '!' : '',
                path,
                `${one} − ${other}`,
                shown(difference, unit),
                ends,
                p,
                `${test.test}${test.exact ? ' exact' : ''}, Holm of ${correction.tests}`,
                posterior === null
                  ? ''
                  : `better ${percent(posterior.first)}, equal ${percent(posterior.equal)}, worse ${percent(posterior.second)}`,
              ];
            }),
          ).map((line) => `    ${line}`),
          ...(listed.length < tests.length
            ? [`    the other ${tests.length - listed.length} are in \`--format json\``]
            : []),
        ]),
    '',
  ];
}

/** `97 %` */
function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`;
}

/** Bias ± 1.96 deviations of measures of the heart. */
function agreementTable(comparison: Comparison): readonly string[] {
  const { heading, lines, note } = agreementRows(comparison);
  if (lines.length === 0) return [];
  return [...aligned([heading, ...lines], true).map((line) => `  ${line}`), '', `  ${note}`];
}

function isSignificant({ corrected }: Comparison['tests'][number]): boolean {
  return corrected < 0.05;
}
