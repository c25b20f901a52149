import { shortStructure } from '../../../text/structures.ts';
import type { Area } from '../../drawing/layout.ts';
import { fitted, line, type Span } from '../../drawing/lines.ts';
import type { Session } from '../../session/session.ts';
import { seriesRole } from '../../theme/colours.ts';
import type { Theme } from '../../theme/theme.ts';
import { type Found, scrolledLines } from './panel.ts';

/** An image's name without the patient's, which stands beside it: what is left tells the slice. */
function partOf(id: string, patient: string): string {
  const rest = id.startsWith(patient) ? id.slice(patient.length).replace(/^[-_./ ]+/, '') : '';
  return rest === '' ? id : rest;
}

/** ` (rv 0.00)`, the structure with the lowest value; nothing where there is a single one. */
function worstText(structures: Readonly<Record<string, number | null>>): string {
  const known = Object.entries(structures).flatMap(([name, value]) =>
    value === null ? [] : [{ name, value }],
  );
  const [worst] = known.sort((one, other) => one.value - other.value);
  return worst === undefined ? '' : ` (${shortStructure(worst.name)} ${worst.value.toFixed(2)})`;
}

export function worstPanel(
  session: Session,
  { cases, comparison }: Found,
  theme: Theme,
  { width, height }: Area,
): readonly string[] {
  if (cases.length === 0) return ['', line(theme, [['quiet', ' no row has predicted masks']], width)];
  const isDetailed = cases.some(({ structures }) => structures.some((own) => Object.keys(own).length > 0));
  const narrowest = isDetailed ? 15 : 9;
  const cell = Math.max(
    narrowest,
    Math.min(isDetailed ? 18 : 16, Math.floor((width - 32) / Math.max(1, comparison.rows.length))),
  );
  const shownRows = comparison.rows.slice(0, Math.floor((width - 32) / cell));
  const heading: Span[] = [
    ['quiet', fitted(' image', 20)],
    ['quiet', fitted('patient', 12)],
    ...shownRows.map(({ label }, index): Span => [seriesRole(index), fitted(label, cell, 'right')]),
  ];
  const rows = cases.map(({ id, patient, dice, structures }) =>
    line(
      theme,
      [
        fitted(` ${partOf(id, patient)}`, 20),
        ['quiet', fitted(patient, 12)],
        ...shownRows.map((_, row): Span => {
          const value = dice[row] ?? null;
          return [
            value !== null && value < 0.5 ? 'bad' : 'plain',
            fitted(value === null ? '–' : `${value.toFixed(3)}${worstText(structures[row]!)}`, cell, 'right'),
          ];
        }),
      ],
      width,
    ),
  );
  return [
    line(
      theme,
      [
        ['title', ' Dice coefficient by image'],
        [
          'quiet',
          `, the worst of the first row first${isDetailed ? '; in brackets its worst structure' : ''}`,
        ],
      ],
      width,
    ),
    line(theme, heading, width),
    ...scrolledLines(rows, session.compare.scroll, height - 2),
  ];
}
