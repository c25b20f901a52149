import { shownMetrics } from '../../../text/metric-names.ts';
import { type Area, arrangeRun } from '../../drawing/layout.ts';
import { beside, filled, line } from '../../drawing/lines.ts';
import type { Session } from '../../session/session.ts';
import { epochPoints, stepPoints } from '../../state/curves.ts';
import type { Theme } from '../../theme/theme.ts';
import { chartPanel, shownCurves } from './curves.ts';
import { logLines, logPanel } from './log.ts';
import { metricLines, wideMetrics } from './metrics.ts';
import { picturePanel } from './picture.ts';
import { progressLine } from './progress.ts';

/** The screen of one run: curves, picture, progress, metrics, the end of the log; or the whole log. */
export function runView({ run, runs }: Session, theme: Theme, area: Area): readonly string[] {
  if (run === null) {
    const text = runs.all.length > 0 ? ' choose a run in the table (1) and press enter' : ' no run is open';
    return filled(['', line(theme, [['quiet', text]], area.width)], area.width, area.height);
  }
  if (run.panel === 'log') return logPanel(theme, run, area);
  const layout = arrangeRun(area, shownMetrics(run.brief).length, wideMetrics(run));
  const left = chartPanel(theme, run, layout);
  return [
    ...(layout.picture === null ? left : beside(left, picturePanel(theme, run, layout.picture))),
    progressLine(theme, run, area.width),
    ...metricLines(theme, run, layout),
    ...logLines(theme, run, layout),
  ];
}

/** The curves on the chart as a table: a row for each point. */
export function runTable({ run }: Session): readonly (readonly string[])[] {
  if (run === null) return [['curve', 'fold', 'epoch', 'value']];
  const { axis } = run;
  const place = axis === 'time' ? 'seconds' : 'epoch';
  const rows: (readonly string[])[] = [['curve', 'fold', 'of', place, 'value']];
  for (const curve of shownCurves(run)) {
    for (const fold of run.progress.folds.values()) {
      for (const { x, y } of stepPoints(fold, curve, axis))
        rows.push([curve.name, String(fold.fold), 'step', String(x), String(y)]);
      for (const { x, y } of epochPoints(fold, curve, axis))
        rows.push([curve.name, String(fold.fold), 'epoch', String(x), String(y)]);
    }
  }
  return rows;
}
