import { withStructurePaths } from '../../text/metric-names.ts';
import type { RunRow } from './row-figures.ts';
import { type RunColumnName, runColumns } from './run-columns.ts';
import { lastValues, spreadOf } from './run-figures.ts';

/**
 * Whether a row passes a filter: every word must hold. A word is a part of the name, state, folder, spec or tags; or a
 * comparison such as `epochs>5`, `dsc>=0.8`, `state=failed`; `!` before it turns it round, `a|b` is either.
 */
export function matches(row: RunRow, filter: string): boolean {
  return filter
    .split(/\s+/)
    .filter((word) => word !== '')
    .every((word) => word.split('|').some((part) => holds(row, part)));
}

function holds(row: RunRow, word: string): boolean {
  if (word.startsWith('!')) return word.length === 1 || !holds(row, word.slice(1));
  const comparison = /^([\w.]+)(<=|>=|!=|=|<|>)(.*)$/.exec(word);
  if (comparison !== null) return compares(row, comparison[1]!, comparison[2]!, comparison[3]!);
  const wanted = word.toLowerCase();
  const texts = [
    row.label,
    runColumns.state.value(row),
    ...row.runs.flatMap(({ folder, brief, annotations }) => [
      folder,
      brief.source,
      ...brief.overrides,
      ...annotations.tags.map((tag) => `#${tag}`),
    ]),
    ...(row.runs.some(({ brief }) => brief.byHand > 0) ? ['by hand'] : []),
  ];
  return texts.some((text) => text.toLowerCase().includes(wanted));
}

function compares(row: RunRow, name: string, operator: string, wanted: string): boolean {
  const value = name in runColumns ? runColumns[name as RunColumnName].value(row) : metricValue(row, name);
  if (value === null) return false;
  const number = Number(wanted);
  const [left, right] =
    typeof value === 'number' && wanted !== '' && Number.isFinite(number)
      ? [value, number]
      : [String(value).toLowerCase(), wanted.toLowerCase()];
  switch (operator) {
    case '<':
      return left < right;
    case '>':
      return left > right;
    case '<=':
      return left <= right;
    case '>=':
      return left >= right;
    case '!=':
      return left !== right;
    default:
      return left === right;
  }
}

/** A held-out metric by its path, or by its last parts: `dsc`, `dsc.right_ventricle`. */
function metricValue(row: RunRow, name: string): number | null {
  const { brief } = row.runs[0]!;
  const paths = brief.metrics.flatMap((metric) => withStructurePaths(brief, metric));
  const path = paths.find((metric) => metric === name || metric.endsWith(`.${name}`));
  return path === undefined
    ? null
    : (spreadOf(row.runs.flatMap((run) => lastValues(run, path)))?.mean ?? null);
}
