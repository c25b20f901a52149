import { shortNames } from '../../../text/metric-names.ts';
import { number } from '../../../text/quantities.ts';
import type { RunLayout } from '../../drawing/layout.ts';
import { line, type Span } from '../../drawing/lines.ts';
import { shownFold } from '../../state/curves.ts';
import type { RunState } from '../../state/run.ts';
import type { Theme } from '../../theme/theme.ts';
import { shownCurves } from './curves.ts';

/** Held-out values: now, best so far, and the paper's. The chosen curve's line is marked. */
export function metricLines(theme: Theme, run: RunState, layout: RunLayout): readonly string[] {
  const { metricRows, metricColumns, width: columns } = layout;
  const { metrics, reported } = run.brief;
  const fold = shownFold(run);
  const shown = shownCurves(run).map(({ heldOut }) => heldOut);
  const latest = fold?.epochs.at(-1)?.heldOut;
  const short = shortNames(metrics);
  const width = Math.floor(columns / metricColumns);
  const nameWidth = Math.min(Math.max(...short.map((name) => name.length), 4), width - 24);
  const cells = metrics.map((metric, index) => {
    const paper = reported[metric];
    const spans: Span[] = [
      shown[0] === metric ? ['key', ' › '] : shown.includes(metric) ? ['key', ' ◆ '] : '   ',
      short[index]!.slice(0, nameWidth).padEnd(nameWidth + 1),
      ['heldOut', number(latest?.[metric]).padStart(6)],
      ['reported', paper === undefined ? '' : `  paper ${number(paper)}`],
    ];
    return line(theme, spans, width);
  });
  return Array.from({ length: metricRows }, (_, row) =>
    line(theme, [], 0).concat(
      ...Array.from(
        { length: metricColumns },
        (__, column) => cells[column * metricRows + row] ?? ' '.repeat(width),
      ),
      ' '.repeat(columns - width * metricColumns),
    ),
  );
}
