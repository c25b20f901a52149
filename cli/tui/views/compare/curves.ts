import { shownMetrics, withStructurePaths } from '../../../text/metric-names.ts';
import { number } from '../../../text/quantities.ts';
import type { Area } from '../../drawing/layout.ts';
import { fitted, line, type Span } from '../../drawing/lines.ts';
import { comparedRuns } from '../../session/chosen.ts';
import type { Session } from '../../session/session.ts';
import { labelOf } from '../../state/axis.ts';
import { groupsOf } from '../../state/rows.ts';
import { foldsOf, meanByEpoch } from '../../state/run-figures.ts';
import { seriesMarks, seriesRole } from '../../theme/colours.ts';
import type { Theme } from '../../theme/theme.ts';
import { chart } from '../../widgets/chart/chart.ts';

export function curvesPanel(session: Session, theme: Theme, { width, height }: Area): readonly string[] {
  const { axis } = session.compare;
  const groups = groupsOf(comparedRuns(session));
  const paths = groups.flatMap(([first]) =>
    shownMetrics(first!.brief).flatMap((path) => withStructurePaths(first!.brief, path)),
  );
  const metrics = ['loss', ...new Set(paths)];
  const metric = metrics[session.compare.metric % metrics.length]!;
  const legendRows = Math.min(groups.length, Math.max(2, Math.floor(height / 4)));
  const series = groups.map((group, index) => ({
    role: seriesRole(index),
    points: meanByEpoch(
      group.flatMap(foldsOf),
      (epoch) => (metric === 'loss' ? epoch.loss : epoch.heldOut[metric]),
      axis,
    ),
    joined: true,
    mark: groups.length > 1 ? seriesMarks[index % 8]! : null,
  }));
  const to =
    axis === 'time'
      ? Math.max(1, ...series.flatMap(({ points }) => points.map(({ x }) => x)))
      : Math.max(1, ...groups.flatMap((group) => group.map(({ brief }) => brief.epochs)));
  const legend = groups.slice(0, legendRows).map((group, index) => {
    const last = series[index]!.points.at(-1)?.y;
    const first = group[0]!.brief;
    const changes = first.overrides.join('; ');
    return line(
      theme,
      [
        [seriesRole(index), ` ${seriesMarks[index % 8]} `],
        fitted(first.experiment, Math.min(28, Math.floor(width / 3))),
        ['title', ` ${number(last ?? null).padStart(7)} `],
        ['quiet', `${group.length > 1 ? `${group.length} seeds ` : ''}${changes}`],
      ],
      width,
    );
  });
  const title: Span[] = [
    ['title', ` ${metric === 'loss' ? 'training loss' : metric}`],
    ['quiet', `, mean over folds and seeds${axis === 'time' ? ', by time of training' : ''}`],
  ];
  return [
    line(theme, title, width),
    ...chart(
      theme,
      { series, reference: null, x: { from: 0, to, ...labelOf(axis, { to }) } },
      width,
      height - 1 - legendRows,
    ),
    ...legend,
  ];
}
