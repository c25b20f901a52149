import type { EpochEvent, FoldProgress, RunBrief, StepEvent } from '../../../src/runtime/index.ts';
import { shownMetrics, withStructurePaths } from '../../text/metric-names.ts';
import type { Point } from '../widgets/chart/series.ts';
import { type Axis, beginOf } from './axis.ts';
import type { RunState } from './run.ts';

/** Something that can be drawn over the epochs of a run. */
export interface Curve {
  readonly name: string;
  /** At each step, undefined at those that say nothing of it; null where it is known by epoch only. */
  readonly step: ((step: StepEvent) => number | undefined) | null;
  /** At the end of each epoch, of held-out images where those are meant; null where it is known by step only. */
  readonly epoch: ((epoch: EpochEvent) => number | null | undefined) | null;
  /** What the values by epoch are, in the legend. */
  readonly epochName: string;
  /** The key among an epoch's held-out values, and among the published ones. */
  readonly heldOut: string | null;
}

/** All curves of a run in the order in which keys go through them. */
export function curvesOf(brief: Pick<RunBrief, 'heads' | 'metrics' | 'structures'>): readonly Curve[] {
  const heldOut = (key: string) => (epoch: EpochEvent) => epoch.heldOut[key];
  const heads = brief.heads.length > 1 ? brief.heads : [];
  return [
    {
      name: 'loss',
      step: (step) => step.loss,
      epoch: heldOut('loss'),
      epochName: 'held out',
      heldOut: 'loss',
    },
    ...heads.map(
      (head): Curve => ({
        name: `${head} loss`,
        step: (step) => step.heads[head] ?? Number.NaN,
        epoch: heldOut(`${head}.loss`),
        epochName: 'held out',
        heldOut: `${head}.loss`,
      }),
    ),
    ...shownMetrics(brief)
      .flatMap((metric) => withStructurePaths(brief, metric))
      .map(
        (name): Curve => ({
          name,
          step: null,
          epoch: heldOut(name),
          epochName: 'held out',
          heldOut: name,
        }),
      ),
    {
      name: 'learning rate',
      step: null,
      epoch: (epoch) => epoch.learningRate,
      epochName: 'at the end of each epoch',
      heldOut: null,
    },
    {
      name: 'step time, s',
      step: (step) => step.stepMs / 1000,
      epoch: null,
      epochName: '',
      heldOut: null,
    },
    {
      name: 'memory, GB',
      step: ({ usage }) => usage && usage.memoryBytes / 1e9,
      epoch: (epoch) => epoch.memoryBytes / 1e9,
      epochName: 'at the end of each epoch',
      heldOut: null,
    },
    {
      name: 'processor, cores',
      step: ({ usage }) => usage?.cores,
      epoch: null,
      epochName: '',
      heldOut: null,
    },
  ];
}

/** The fold on the screen, once it has spoken. */
export function shownFold({ fold, progress }: Pick<RunState, 'fold' | 'progress'>): FoldProgress | undefined {
  return progress.folds.get(fold ?? progress.current);
}

/** Points of a curve so far, how many steps they stand for, and the last of these. */
interface Grown {
  readonly points: Point[];
  seen: number;
  last: StepEvent | undefined;
}

const grownOf = new WeakMap<FoldProgress['started'], Map<string, Grown>>();

/**
 * A curve by step, over epochs or over the time since the fold began. A fold may have a hundred thousand steps and a few more at every frame, so points are kept
 * and those of new steps put behind them: the answer is the same array as before, and longer.
 */
export function stepPoints(fold: FoldProgress, curve: Curve, axis: Axis = 'epochs'): readonly Point[] {
  const { steps, started } = fold;
  const { step: value } = curve;
  if (value === null) return [];
  const name = `${axis} ${curve.name}`;
  const curves = grownOf.get(started) ?? new Map<string, Grown>();
  grownOf.set(started, curves);
  let cached = curves.get(name);
  if (cached === undefined || steps[cached.seen - 1] !== cached.last) {
    cached = { points: [], seen: 0, last: undefined };
    curves.set(name, cached);
  }
  const perEpoch = Math.max(1, started.stepsPerEpoch);
  const begin = beginOf(fold);
  for (let index = cached.seen; index < steps.length; index += 1) {
    const step = steps[index]!;
    const y = value(step);
    if (y === undefined) continue;
    const x = axis === 'time' ? (step.time - begin) / 1000 : step.epoch - 1 + step.step / perEpoch;
    cached.points.push({ x, y });
  }
  cached.seen = steps.length;
  cached.last = steps.at(-1);
  return cached.points;
}

/** A curve by epoch, over epochs or over the time since the fold began. */
export function epochPoints(
  fold: FoldProgress,
  { epoch: value }: Curve,
  axis: Axis = 'epochs',
): readonly Point[] {
  if (value === null) return [];
  const begin = beginOf(fold);
  return fold.epochs.map((epoch) => ({
    x: axis === 'time' ? (epoch.time - begin) / 1000 : epoch.epoch,
    y: value(epoch) ?? Number.NaN,
  }));
}

/** An average so far: of points that stay the same array when they become more. */
interface Averaged {
  readonly points: Point[];
  average: number;
  weight: number;
}

const averagedOf = new WeakMap<readonly Point[], Map<number, Averaged>>();

/** The exponential average of points, `kept` being the part of the one before; starts without a bias. NaN is passed over. */
export function smoothed(points: readonly Point[], kept: number): readonly Point[] {
  if (kept <= 0) return points;
  const averages = averagedOf.get(points) ?? new Map<number, Averaged>();
  averagedOf.set(points, averages);
  const cached = averages.get(kept) ?? { points: [], average: 0, weight: 0 };
  averages.set(kept, cached);
  for (let index = cached.points.length; index < points.length; index += 1) {
    const { x, y } = points[index]!;
    if (Number.isFinite(y)) {
      cached.average = kept * cached.average + (1 - kept) * y;
      cached.weight = kept * cached.weight + (1 - kept);
    }
    cached.points.push({ x, y: Number.isFinite(y) ? cached.average / cached.weight : y });
  }
  return cached.points;
}
