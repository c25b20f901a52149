import type { Comparison } from '../src/runtime/index.ts';
import { columns as aligned } from './columns.ts';

/** A comparison as lines: the table, its notes, and the pairs that differ significantly. */
export function comparisonText({ study, columns, rows, tests, notes }: Comparison): readonly string[] {
  const shown = (value: number | null | undefined, unit: string) =>
    value === null || value === undefined ? '–' : (unit === '1' ? 100 * value : value).toFixed(2);
  const header = ['', ...columns.map(({ path, unit }) => `${path}${unit === '1' ? ' %' : ` ${unit}`}`)];
  const body = rows.map((row) => [
    row.label,
    ...columns.map(({ path, unit }, index) => {
      if (row.missing !== null) return index === 0 ? row.missing : '';
      const value = row.values[path];
      const spread = value?.folds.deviation ?? null;
      const text = `${shown(value?.value, unit)}${spread === null ? '' : ` ± ${shown(spread, unit)}`}`;
      const best = row.best.includes(path) ? ' *' : '';
      return `${text}${best}${value?.reported == null ? '' : ` (paper ${shown(value.reported, unit)})`}`;
    }),
  ]);
  const significant = tests.filter(({ corrected }) => corrected < 0.05);
  return [
    study,
    '',
    ...aligned([header, ...body], true).map((line) => `  ${line}`),
    '',
    ...notes.map((note) => `  ${note.replace('bold:', '*:')}`),
    ...(tests.length === 0
      ? []
      : [
          `  ${significant.length} of ${tests.length} paired differences are significant`,
          ...significant.map(({ path, rows: [one, other], difference, corrected, test }) => {
            const unit = columns.find((column) => column.path === path)!.unit;
            return `    ${path}: ${rows[one]!.label} − ${rows[other]!.label} = ${shown(difference, unit)}, p ${corrected < 0.0001 ? '< 0.0001' : `= ${corrected.toFixed(4)}`} (${test}, Holm)`;
          }),
        ]),
    '',
  ];
}
