import { counted } from '../../../text/quantities.ts';
import type { Area } from '../../drawing/layout.ts';
import { fitted, line, type Span, wrapped } from '../../drawing/lines.ts';
import type { Session } from '../../session/session.ts';
import type { Theme } from '../../theme/theme.ts';
import { type Found, metricOf, scrolledLines, valueText } from './panel.ts';

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
  const name = Math.max(10, Math.min(26, Math.floor((width - fixedWidth) / 2)));
  const signed = (value: number) => `${value > 0 ? '+' : ''}${valueText(value, column.unit)}`;
  const rows = tests.map((test) => {
    const [one, other] = test.rows.map((row) => comparison.rows[row]!.label) as [string, string];
    const significant = test.corrected < 0.05;
    const role = significant ? 'good' : 'plain';
    const { interval } = test;
    return line(
      theme,
      [
        ' ',
        fitted(one, name),
        ['quiet', ' − '],
        fitted(other, name),
        [role, fitted(signed(test.difference), 8, 'right')],
        [
          'quiet',
          fitted(interval === null ? '' : `${signed(interval.low)}…${signed(interval.high)}`, 16, 'right'),
        ],
        fitted(pText(test.p), 8, 'right'),
        [significant ? 'good' : 'quiet', fitted(pText(test.corrected), 8, 'right')],
        significant ? ['good', ' ✓'] : '  ',
        ['quiet', width < 2 * name + fixedWidth + 14 ? '' : ` ${counted(test.patients, 'patient')}`],
      ],
      width,
    );
  });
  const heading: Span[] = [
    ['title', fitted(` ${column.path}, ${tests[0]!.test}`, 2 * name + 4)],
    [
      'quiet',
      `${fitted(unit, 8, 'right')}${fitted('95 %', 16, 'right')}${fitted('p', 8, 'right')}${fitted('Holm', 8, 'right')}`,
    ],
  ];
  const words = comparison.notes
    .filter((note) => !note.startsWith('bold:'))
    .flatMap((note) => wrapped(note, width - 2))
    .map((text) => line(theme, [['quiet', ` ${text}`]], width));
  return scrolledLines([line(theme, heading, width), ...rows, '', ...words], session.compare.scroll, height);
}

/** What stands beside the names of a pair. */
const fixedWidth = 1 + 3 + 8 + 16 + 8 + 8 + 2;

function pText(p: number): string {
  return p < 0.0001 ? '<.0001' : p.toFixed(4);
}

/** The paired tests of all metrics as a table for other programs. */
export function testsTable({ rows, tests }: Found['comparison']): readonly (readonly string[])[] {
  return [
    ['metric', 'row', 'other', 'difference', 'low', 'high', 'test', 'p', 'corrected', 'images', 'patients'],
    ...tests.map((test) => [
      test.path,
      ...test.rows.map((row) => rows[row]!.label),
      String(test.difference),
      ...[test.interval?.low, test.interval?.high].map((end) => (end === undefined ? '' : String(end))),
      test.test,
      ...[test.p, test.corrected, test.images, test.patients].map(String),
    ]),
  ];
}
