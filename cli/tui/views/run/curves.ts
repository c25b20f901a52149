import type { FoldProgress } from '../../../../src/runtime/index.ts';
import { number } from '../../../text/quantities.ts';
import type { RunLayout } from '../../drawing/layout.ts';
import { line, type Span } from '../../drawing/lines.ts';
import { labelOf } from '../../state/axis.ts';
import { type Curve, curvesOf, epochPoints, shownFold, smoothed, stepPoints } from '../../state/curves.ts';
import type { RunState } from '../../state/run.ts';
import { shownFolds, wholeAxis } from '../../state/zoom.ts';
import { type Role, seriesMarks, seriesRole } from '../../theme/colours.ts';
import type { Theme } from '../../theme/theme.ts';
import { chart } from '../../widgets/chart/chart.ts';
import type { Chart, Series } from '../../widgets/chart/series.ts';
import { frame } from '../../widgets/frame.ts';
import { thinned } from '../../widgets/thinned.ts';

/** The curves on the chart: the chosen one and those pinned beside it. */
export function shownCurves({ brief, curve, pinned }: RunState): readonly Curve[] {
  const all = curvesOf(brief);
  const chosen = all[curve] ?? all[0]!;
  return [chosen, ...all.filter(({ name }) => name !== chosen.name && pinned.has(name))];
}

export function chartPanel(theme: Theme, run: RunState, { chart: size }: RunLayout): readonly string[] {
  const fold = shownFold(run);
  const shown = shownCurves(run);
  const modes = [
    ...(run.log ? ['log'] : []),
    ...(run.smoothing > 0 ? [`smooth ${run.smoothing}`] : []),
    ...(run.allFolds && run.brief.folds.length > 1 ? ['all folds'] : []),
    ...(run.axis === 'time' ? ['by the clock'] : []),
    ...(run.window === null ? [] : ['zoomed']),
  ];
  const title: Span[] = [
    ['title', shown[0]!.name],
    ...(shown.length > 1 ? names(shown) : legend(shown[0]!, fold)),
    ...(modes.length === 0 ? [] : ([['quiet', `  ${modes.join(', ')}`]] as const)),
  ];
  const words = run.loading ? ' reading the run' : ' waiting for the first step';
  const content =
    fold === undefined
      ? [line(theme, [['quiet', words]], size.width - 2)]
      : chart(theme, plot(run, shown), size.width - 2, size.height - 2);
  return frame(theme, title, content, size.width, size.height);
}

function names(shown: readonly Curve[]): readonly Span[] {
  return shown.map(({ name }, index) => [seriesRole(index), `  ${seriesMarks[index % 8]} ${name}`]);
}

function legend(curve: Curve, fold: FoldProgress | undefined): readonly Span[] {
  const train: Span[] = curve.step === null ? [] : ['  ', ['train', '⠒⠒ training']];
  const byEpoch: Span[] =
    curve.epoch === null ? [] : ['  ', ['heldOut', `${heldOutMark} ${curve.epochName}`]];
  const diverged = fold?.diverged;
  const warning: Span[] = diverged
    ? ['  ', ['bad', `diverged at step ${diverged.step} of epoch ${diverged.epoch}`]]
    : [];
  return [...train, ...byEpoch, ...warning];
}

const heldOutMark = 'o';

/** Training by step, held-out values at the ends of epochs, over epochs or time. */
function plot(run: RunState, shown: readonly Curve[]): Chart {
  const folds = shownFolds(run);
  const several = shown.length * folds.length > 1;
  const all = wholeAxis(run);
  const x = { ...(run.window ?? all), ...labelOf(run.axis, all) };
  const series: Series[] = [];
  let index = 0;
  for (const curve of shown) {
    for (const one of folds) {
      const role = (own: Role): Role => (several ? seriesRole(index) : own);
      const steps = thinned(smoothed(stepPoints(one, curve, run.axis), run.smoothing), x);
      if (steps.length > 0) series.push({ role: role('train'), points: steps, joined: true, mark: null });
      const points = smoothed(epochPoints(one, curve, run.axis), curve.step === null ? run.smoothing : 0);
      const mark = several ? seriesMarks[index % 8]! : heldOutMark;
      if (points.length > 0)
        series.push({ role: role('heldOut'), points, joined: curve.step === null, mark });
      index += 1;
    }
  }
  const { heldOut } = shown[0]!;
  const published = heldOut === null ? undefined : run.brief.reported[heldOut];
  return {
    series,
    reference: published === undefined ? null : { y: published, label: `paper ${number(published)}` },
    x,
    log: run.log,
  };
}
