import { metricPath } from '../../../../src/compiler/index.ts';
import { number } from '../../../text/quantities.ts';
import type { Area } from '../../drawing/layout.ts';
import { line } from '../../drawing/lines.ts';
import type { Session } from '../../session/session.ts';
import { seriesRole } from '../../theme/colours.ts';
import type { Theme } from '../../theme/theme.ts';
import { chart } from '../../widgets/chart/chart.ts';
import type { Found } from './panel.ts';

export function rocPanel(
  _session: Session,
  { labels, comparison }: Found,
  theme: Theme,
  { width, height }: Area,
): readonly string[] {
  const drawn = Object.entries(labels).find(([, all]) =>
    all.some((one) => one !== null && one.roc.length > 0),
  );
  const [head, rows] = drawn ?? [];
  const curves = (rows ?? []).flatMap((insight, index) =>
    insight === null || insight.roc.length === 0 ? [] : [{ insight, index }],
  );
  if (head === undefined || curves.length === 0) {
    return [
      '',
      line(theme, [['quiet', ' no ROC curve: a label head with images of both classes is needed']], width),
    ];
  }
  const series = [
    {
      role: 'frame' as const,
      points: [
        { x: 0, y: 0 },
        { x: 1, y: 1 },
      ],
      joined: true,
      mark: null,
    },
    ...curves.map(({ insight, index }) => ({
      role: seriesRole(index),
      points: stairs(insight.roc.map(({ fallout, sensitivity }) => ({ x: fallout, y: sensitivity }))),
      joined: true,
      mark: null,
    })),
  ];
  const legend = curves.slice(0, 6).map(({ index }) => {
    const [name = '', part = null] = head.split('.');
    const auc = comparison.rows[index]!.values[metricPath(name, 'auc', part)];
    const interval =
      auc?.interval == null ? '' : ` (${number(auc.interval.low)}…${number(auc.interval.high)})`;
    return line(
      theme,
      [
        [seriesRole(index), ` ━ ${comparison.rows[index]!.label}`],
        ['quiet', `  AUC ${number(auc?.value)}${interval}`],
      ],
      width,
    );
  });
  return [
    line(
      theme,
      [
        ['title', ` ${head}`],
        ['quiet', `: sensitivity over 1 − specificity; positive is ${curves[0]!.insight.positive}`],
      ],
      width,
    ),
    ...chart(
      theme,
      { series, reference: null, x: { from: 0, to: 1, label: '1−spec' }, y: { from: 0, to: 1.02 } },
      Math.min(width, 2 * height + 20),
      height - 1 - legend.length,
    ).map(
      (text) => line(theme, [], 0) + text + ' '.repeat(Math.max(0, width - Math.min(width, 2 * height + 20))),
    ),
    ...legend,
  ];
}

/** A curve of thresholds goes up and along, never across. */
function stairs(points: readonly { readonly x: number; readonly y: number }[]) {
  return points.flatMap((point, index) => {
    const steps = 12;
    const before = points[index - 1];
    if (before === undefined) return [point];
    return Array.from({ length: steps }, (_, part) => ({
      x: before.x + ((point.x - before.x) * (part + 1)) / steps,
      y: before.y + ((point.y - before.y) * (part + 1)) / steps,
    }));
  });
}
