import { partsOfMetric } from '../../../../src/compiler/index.ts';
import { shortNames, withStructurePaths } from '../../../text/metric-names.ts';
import { number } from '../../../text/quantities.ts';
import { structuresOfMean } from '../../../text/structures.ts';
import type { RunLayout } from '../../drawing/layout.ts';
import { line, type Span } from '../../drawing/lines.ts';
import { shownFold } from '../../state/curves.ts';
import type { RunState } from '../../state/run.ts';
import type { Theme } from '../../theme/theme.ts';
import { structureSpans } from '../structures.ts';
import { shownCurves } from './curves.ts';

/** How many of a run's metrics have structures: those take a line of their own. */
export function wideMetrics({ brief }: Pick<RunState, 'brief'>): number {
  return brief.metrics.filter((metric) => withStructurePaths(brief, metric).length > 1).length;
}

/** Held-out values: now, by structure, and the paper's. The chosen curve's line is marked. */
export function metricLines(theme: Theme, run: RunState, layout: RunLayout): readonly string[] {
  const { metricRows, metricColumns, width: columns } = layout;
  const { metrics, reported } = run.brief;
  const fold = shownFold(run);
  const shown = shownCurves(run).map(({ heldOut }) => heldOut ?? '');
  const latest = fold?.epochs.at(-1)?.heldOut ?? {};
  const short = shortNames(metrics);
  const width = Math.floor(columns / metricColumns);
  const nameWidth = Math.min(Math.max(...short.map((name) => name.length), 4), width - 24);
  const spansOf = (metric: string, index: number): readonly Span[] => {
    const paper = reported[metric];
    const isShown = (curve: string | undefined) => curve === metric || curve?.startsWith(`${metric}.`);
    return [
      isShown(shown[0]) ? ['key', ' › '] : shown.some(isShown) ? ['key', ' ◆ '] : '   ',
      short[index]!.slice(0, nameWidth).padEnd(nameWidth + 1),
      ['heldOut', number(latest[metric]).padStart(6)],
      ['quiet', run.brief.units?.[metric] === undefined ? '' : ` ${run.brief.units[metric]}`],
      ...structureSpans(structuresOfMean(latest, metric), partsOfMetric(metric).metric),
      ['reported', paper === undefined ? '' : `  paper ${number(paper)}`],
    ];
  };
  const all = metrics.map((metric, index) => ({
    isWide: withStructurePaths(run.brief, metric).length > 1,
    spans: spansOf(metric, index),
  }));
  const wide = all.filter(({ isWide }) => isWide).map(({ spans }) => line(theme, spans, columns));
  const cells = all.filter(({ isWide }) => !isWide).map(({ spans }) => line(theme, spans, width));
  const rows = Math.max(0, metricRows - wide.length);
  const inColumns = Array.from({ length: rows }, (_, row) =>
    line(theme, [], 0).concat(
      ...Array.from(
        { length: metricColumns },
        (__, column) => cells[column * rows + row] ?? ' '.repeat(width),
      ),
      ' '.repeat(columns - width * metricColumns),
    ),
  );
  return [...wide.slice(0, metricRows), ...inColumns];
}
