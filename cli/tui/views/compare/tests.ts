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
  // Where there is little room, the corrected p-value alone.
  const both = width >= 100;
  const fixed = fixedWidth - (both ? 0 : pWidth);
  const name = Math.max(10, Math.min(26, Math.floor((width - fixed) / 2)));
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
        both ? fitted(pText(test.p), pWidth, 'right') : '',
        [significant ? 'good' : 'quiet', fitted(pText(test.corrected), pWidth, 'right')],
        significant ? ['good', ' ✓'] : '  ',
        fitted(chancesText(test.posterior), chancesWidth, 'right'),
        ['quiet', width < 2 * name + fixed + 14 ? '' : ` ${counted(test.patients, 'patient')}`],
      ],
      width,
    );
  });
  const heading: Span[] = [
    [
      'title',
      fitted(` ${column.path}, ${[...new Set(tests.map(({ test }) => test))].join(' or ')}`, 2 * name + 4),
    ],
    [
      'quiet',
      [
        fitted(unit, 8, 'right'),
        fitted('95 %', 16, 'right'),
        both ? fitted('p', pWidth, 'right') : '',
        fitted(`Holm/${tests[0]!.correction.tests}`, pWidth, 'right'),
        '  ',
        fitted('better/=/worse', chancesWidth, 'right'),
      ].join(''),
    ],
  ];
  const words = comparison.notes
    .filter((note) => !note.startsWith('bold:'))
    .flatMap((note) => wrapped(note, width - 2))
    .map((text) => line(theme, [['quiet', ` ${text}`]], width));
  return scrolledLines([line(theme, heading, width), ...rows, '', ...words], session.compare.scroll, height);
}

const pWidth = 8;
const chancesWidth = 15;

/** What stands beside the names of a pair. */
const fixedWidth = 1 + 3 + 8 + 16 + pWidth + pWidth + 2 + chancesWidth;

/** `97/2/1`: percent that the first row is better, equal, worse. */
function chancesText(posterior: Found['comparison']['tests'][number]['posterior']): string {
  if (posterior === null) return '–';
  return [posterior.first, posterior.equal, posterior.second]
    .map((share) => (100 * share).toFixed(0))
    .join('/');
}

function pText(p: number): string {
  return p < 0.0001 ? '<.0001' : p.toFixed(4);
}
