import type { Comparison } from '../../../../src/runtime/index.ts';
import type { Session } from '../../session/session.ts';
import type { CompareState } from '../../state/compare.ts';

/** What was worked out about the marked runs. */
export type Found = NonNullable<NonNullable<CompareState['insight']>['found']>;

export function valueText(value: number | null | undefined, unit: string): string {
  if (value === null || value === undefined) return '–';
  return (unit === '1' ? 100 * value : value).toFixed(unit === '1' ? 1 : 2);
}

export function metricOf(session: Session, { comparison }: Found): Comparison['columns'][number] | undefined {
  const tested = comparison.columns.filter(({ path }) => comparison.tests.some((test) => test.path === path));
  const all = tested.length > 0 ? tested : comparison.columns;
  return all[session.compare.metric % Math.max(1, all.length)];
}

/** The part of lines that is scrolled to. */
export function scrolledLines(lines: readonly string[], scroll: number, height: number): readonly string[] {
  const top = Math.max(0, Math.min(scroll, lines.length - height));
  return lines.slice(top, top + height);
}
