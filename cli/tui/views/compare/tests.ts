import type { Area } from '../../layout.ts';
import { fitted, line, type Span, wrapped } from '../../lines.ts';
import type { Session } from '../../session.ts';
import type { Theme } from '../../theme.ts';
import { type Found, metricOf, scrolled, shown } from './panel.ts';

export function testsPanel(
  session: Session,
  found: Found,
  theme: Theme,
  { width, height }: Area,
): readonly string[] {
  const { comparison } = found;
  const column = metricOf(session, found);
  const tests = comparison.tests.filter(({ path }) => path === column?.path);
  if (column === undefined || tests.length === 0) {
    return [
      '',
      line(
        theme,
        [['quiet', ' no pair of rows has a paired test: two rows with the same held-out images are needed']],
        width,
      ),
    ];
  }
  const unit = column.unit === '1' ? 'points' : column.unit;
  const name = Math.max(10, Math.min(26, Math.floor((width - 44) / 2)));
  const rows = tests.map((test) => {
    const [one, other] = test.rows.map((row) => comparison.rows[row]!.label) as [string, string];
    const significant = test.corrected < 0.05;
    return line(
      theme,
      [
        ' ',
        fitted(one, name),
        ['quiet', ' − '],
        fitted(other, name),
        [
          significant ? 'good' : 'plain',
          fitted(`${test.difference > 0 ? '+' : ''}${shown(test.difference, column.unit)}`, 9, 'right'),
        ],
        fitted(pText(test.p), 9, 'right'),
        [significant ? 'good' : 'quiet', fitted(pText(test.corrected), 9, 'right')],
        significant ? ['good', ' ✓'] : '  ',
        ['quiet', ` ${test.test} ${test.patients} patients`],
      ],
      width,
    );
  });
  const heading: Span[] = [
    ['title', fitted(` ${column.path}`, 2 * name + 4)],
    ['quiet', `${fitted(unit, 9, 'right')}${fitted('p', 9, 'right')}${fitted('Holm', 9, 'right')}`],
  ];
  const words = comparison.notes
    .filter((note) => !note.startsWith('bold:'))
    .flatMap((note) => wrapped(note, width - 2))
    .map((text) => line(theme, [['quiet', ` ${text}`]], width));
  return scrolled([line(theme, heading, width), ...rows, '', ...words], session.compare.scroll, height);
}

function pText(p: number): string {
  return p < 0.0001 ? '<0.0001' : p.toFixed(4);
}
