import { partsOfMetric } from '../../../../src/compiler/index.ts';
import { agreementRows, blank, structureLines, withStructures } from '../../../../src/runtime/index.ts';
import { shortNames } from '../../../text/metric-names.ts';
import { isLost, shortStructure } from '../../../text/structures.ts';
import type { Area } from '../../drawing/layout.ts';
import { fitted, line, type Span, wrapped } from '../../drawing/lines.ts';
import type { Session } from '../../session/session.ts';
import { seriesMarks, seriesRole } from '../../theme/colours.ts';
import type { Theme } from '../../theme/theme.ts';
import { type Found, scrolledLines, valueText } from './panel.ts';
import { testsTable } from './tests.ts';

export function tablePanel(
  session: Session,
  { comparison }: Found,
  theme: Theme,
  { width, height }: Area,
): readonly string[] {
  const { columns, rows, notes } = comparison;
  const short = shortNames(columns.map(({ path }) => path));
  const names = [
    ...rows.map(({ label }) => label),
    ...columns.flatMap(({ structures }) => structures.map((name) => `  ${shortStructure(name)}`)),
  ];
  const nameWidth = Math.min(24, Math.max(8, ...names.map((name) => name.length)));
  const room = Math.max(1, Math.floor((width - nameWidth - 4) / cellWidth));
  const first = Math.min(session.compare.metric, Math.max(0, columns.length - room));
  const visible = columns.slice(first, first + room);
  const heading: Span[] = [
    fitted('', nameWidth + 3),
    ...visible.map((column, index): Span => {
      const unit = column.unit === '1' ? '%' : column.unit;
      return ['quiet', ` ${fitted(`${short[first + index]} ${unit}`, cellWidth - 1, 'right')}`];
    }),
  ];
  const body = rows.flatMap((row, index) => {
    const cells = visible.map((column): Span => {
      const value = row.values[column.path];
      if (row.missing !== null) return fitted('', cellWidth);
      const deviation = value?.folds.deviation ?? null;
      const text =
        value?.value == null
          ? `${blank(value)} `
          : `${valueText(value.value, column.unit)}${deviation === null ? '' : ` ± ${valueText(deviation, column.unit)}`}${row.best.includes(column.path) ? '*' : ' '}`;
      return [row.best.includes(column.path) ? 'good' : 'plain', fitted(text, cellWidth, 'right')];
    });
    const intervals = visible.map((column): Span => {
      const interval = row.values[column.path]?.interval;
      const text =
        interval == null
          ? ''
          : `${valueText(interval.low, column.unit)}…${valueText(interval.high, column.unit)} `;
      return ['quiet', fitted(text, cellWidth, 'right')];
    });
    const name: Span[] = [[seriesRole(index), ` ${seriesMarks[index % 8]} `], fitted(row.label, nameWidth)];
    if (row.missing !== null) return [line(theme, [...name, ' ', ['quiet', row.missing]], width)];
    const structures = structureLines(row, visible).map(({ structure, values }) => {
      const below = values.map((value, at): Span => {
        const { path, unit } = visible[at]!;
        const deviation = value?.folds.deviation ?? null;
        const text =
          value === undefined
            ? ''
            : value.value === null
              ? `${blank(value)} `
              : `${valueText(value.value, unit)}${deviation === null ? '' : ` ± ${valueText(deviation, unit)}`} `;
        const isGone = isLost(value?.value ?? null, partsOfMetric(path).metric);
        return [isGone ? 'bad' : 'quiet', fitted(text, cellWidth, 'right')];
      });
      return line(
        theme,
        ['   ', ['quiet', fitted(`  ${shortStructure(structure)}`, nameWidth)], ...below],
        width,
      );
    });
    return [
      line(theme, [...name, ...cells], width),
      line(theme, [fitted('', nameWidth + 3), ...intervals], width),
      ...structures,
    ];
  });
  const more =
    columns.length > room
      ? [`m and M: ${columns.length} metrics, ${first + 1} to ${first + visible.length} are shown`]
      : [];
  const texts = [
    '± deviation over folds; below it the 95 % interval by patients',
    ...more,
    ...notes.map((note) => note.replace('bold:', '*:')),
  ];
  const words = texts
    .flatMap((text) => wrapped(text, width - 2))
    .map((text) => line(theme, [['quiet', ` ${text}`]], width));
  return scrolledLines([line(theme, heading, width), ...body, '', ...words], session.compare.scroll, height);
}

const cellWidth = 15;

/** What the comparison shows as a table for other programs. */
export function compareTable({ compare }: Session): readonly (readonly string[])[] {
  const comparison = compare.insight?.found?.comparison;
  if (comparison === undefined) return [['row']];
  if (compare.panel === 'tests') return testsTable(comparison);
  if (compare.panel === 'measures') {
    const { heading, lines } = agreementRows(comparison);
    return [heading, ...lines];
  }
  return [
    ['row', 'metric', 'value', 'low', 'high', 'mean of folds', 'deviation of folds'],
    ...comparison.rows.flatMap((row) =>
      comparison.columns.flatMap(withStructures).map(({ path }) => {
        const value = row.values[path];
        const cells = [
          value?.value,
          value?.interval?.low,
          value?.interval?.high,
          value?.folds.mean,
          value?.folds.deviation,
        ];
        return [row.label, path, ...cells.map((cell) => (cell == null ? '' : String(cell)))];
      }),
    ),
  ];
}
