import type { Area } from '../../drawing/layout.ts';
import { fitted, line, type Span } from '../../drawing/lines.ts';
import type { Session } from '../../session/session.ts';
import { seriesMarks, seriesRole } from '../../theme/colours.ts';
import type { Theme } from '../../theme/theme.ts';
import { type Found, scrolledLines } from './panel.ts';

export function confusionPanel(
  session: Session,
  { labels, comparison }: Found,
  theme: Theme,
  { width, height }: Area,
): readonly string[] {
  const lines = Object.entries(labels).flatMap(([head, rows]) =>
    rows.flatMap((insight, index) => {
      if (insight === null) return [];
      const { outcomes, confusion } = insight;
      const cell = Math.max(9, ...outcomes.map((name) => Math.min(14, name.length + 2)));
      const total = (counts: readonly number[]) => counts.reduce((sum, count) => sum + count, 0);
      return [
        line(
          theme,
          [
            [seriesRole(index), ` ${seriesMarks[index % 8]} `],
            ['title', comparison.rows[index]!.label],
            ['quiet', ` · ${head}: truth by row, answer by column`],
          ],
          width,
        ),
        line(
          theme,
          [fitted('', 18), ...outcomes.map((name): Span => ['quiet', fitted(name, cell, 'right')])],
          width,
        ),
        ...confusion.map((counts, truth) =>
          line(
            theme,
            [
              ['quiet', fitted(` ${outcomes[truth]}`, 18)],
              ...counts.map(
                (count, answer): Span => [
                  truth === answer ? 'good' : count > 0 ? 'bad' : 'quiet',
                  fitted(String(count), cell, 'right'),
                ],
              ),
              [
                'quiet',
                fitted(
                  total(counts) === 0 ? '' : `${((100 * counts[truth]!) / total(counts)).toFixed(0)} % right`,
                  12,
                  'right',
                ),
              ],
            ],
            width,
          ),
        ),
        '',
      ];
    }),
  );
  return lines.length === 0
    ? ['', line(theme, [['quiet', ' no row has a label head with predictions']], width)]
    : scrolledLines(lines, session.compare.scroll, height);
}
