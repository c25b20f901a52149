import { blank, withStructures } from '../../../../src/runtime/index.ts';
import type { Area } from '../../drawing/layout.ts';
import { fitted, line } from '../../drawing/lines.ts';
import type { Session } from '../../session/session.ts';
import { seriesMarks, seriesRole } from '../../theme/colours.ts';
import type { Theme } from '../../theme/theme.ts';
import { type Found, scrolledLines, valueText } from './panel.ts';

/** Each fold as a mark on a line, the mean as a bar: how far folds lie apart, and rows from each other. */
export function foldsPanel(
  session: Session,
  found: Found,
  theme: Theme,
  { width, height }: Area,
): readonly string[] {
  const { comparison } = found;
  const columns = comparison.columns.flatMap(withStructures);
  const column = columns[session.compare.metric % Math.max(1, columns.length)];
  if (column === undefined) return [];
  const values = comparison.rows.map((row) => row.values[column.path]?.folds.values ?? []);
  const finite = values.flat().filter((value): value is number => value !== null);
  if (finite.length === 0) return ['', line(theme, [['quiet', ` ${column.path}: no values`]], width)];
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
  const name = Math.min(24, Math.max(8, ...comparison.rows.map(({ label }) => label.length)));
  const strip = width - name - 20;
  const place = (value: number) =>
    high > low ? Math.round(((value - low) / (high - low)) * (strip - 1)) : Math.floor(strip / 2);
  const rows = comparison.rows.map((row, index) => {
    const cells = Array<string>(strip).fill('·');
    const value = row.values[column.path];
    const mean = value?.folds.mean ?? null;
    if (mean !== null) cells[place(mean)] = '│';
    for (const [fold, one] of (value?.folds.values ?? []).entries()) {
      if (one !== null) cells[place(one)] = String((fold + 1) % 10);
    }
    return line(
      theme,
      [
        [seriesRole(index), ` ${seriesMarks[index % 8]} `],
        fitted(row.label, name),
        ' ',
        ['heldOut', cells.join('')],
        fitted(
          mean === null
            ? blank(value)
            : `${valueText(mean, column.unit)}${value?.folds.deviation == null ? '' : ` ± ${valueText(value.folds.deviation, column.unit)}`}`,
          15,
          'right',
        ),
      ],
      width,
    );
  });
  const ends = `${fitted(valueText(low, column.unit), Math.floor(strip / 2))}${fitted(valueText(high, column.unit), Math.ceil(strip / 2), 'right')}`;
  return scrolledLines(
    [
      line(
        theme,
        [
          ['title', ` ${column.path}`],
          ['quiet', `, ${column.better} is better; digits are folds, │ their mean`],
        ],
        width,
      ),
      line(theme, [fitted('', name + 4), ['quiet', ends]], width),
      ...rows,
    ],
    session.compare.scroll,
    height,
  );
}
