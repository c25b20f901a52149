import { agreementRows } from '../../../../src/runtime/index.ts';
import type { Area } from '../../drawing/layout.ts';
import { fitted, line, type Span, wrapped } from '../../drawing/lines.ts';
import type { Session } from '../../session/session.ts';
import type { Theme } from '../../theme/theme.ts';
import { type Found, scrolledLines } from './panel.ts';

/** Volumes, mass, function and thickness against the truth's own: bias ± 1.96 SD of each row. */
export function measuresPanel(
  session: Session,
  { comparison }: Found,
  theme: Theme,
  { width, height }: Area,
): readonly string[] {
  const { heading, lines, note } = agreementRows(comparison);
  const told = (text: string) =>
    wrapped(text, width - 2).map((words) => line(theme, [['quiet', ` ${words}`]], width));
  if (lines.length === 0) {
    return [
      '',
      ...told('no row has measures of the heart: runs with masks have them once `cmrc evaluate` judged them'),
    ];
  }
  const longest = Math.max(...[heading, ...lines].map(([name]) => name!.length));
  const name = Math.min(longest, Math.max(16, width - 12 - cell * (heading.length - 2)));
  const spans = ([first, patients, ...cells]: readonly string[], role: 'title' | 'plain'): Span[] => [
    [role, ` ${fitted(first!, name)}`],
    ['quiet', fitted(patients!, 10, 'right')],
    ...cells.map((text): Span => [role, fitted(text, cell, 'right')]),
  ];
  return scrolledLines(
    [
      line(theme, spans(heading, 'title'), width),
      ...lines.map((one) => line(theme, spans(one, 'plain'), width)),
      '',
      ...told(note),
    ],
    session.compare.scroll,
    height,
  );
}

const cell = 18;
