import type { EpochEvent, FoldProgress, RunBrief, StepEvent } from '../../src/runtime/index.ts';
import type { RunState } from './session.ts';
import type { Point } from './widgets/chart.ts';

/** Something that can be drawn over the epochs of a run. */
export interface Curve {
  readonly name: string;
  /** At each step; null where it is known by epoch only. */
  readonly step: ((step: StepEvent) => number) | null;
  /** At the end of each epoch, of held-out images where those are meant; null where it is known by step only. */
  readonly epoch: ((epoch: EpochEvent) => number | null | undefined) | null;
  /** What the values by epoch are, in the legend. */
  readonly epochName: string;
  /** The key among an epoch's held-out values, and among the published ones. */
  readonly heldOut: string | null;
}

/** All curves of a run in the order in which keys go through them. */
export function curvesOf(brief: Pick<RunBrief, 'heads' | 'metrics'>): readonly Curve[] {
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
    ...brief.metrics.map(
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
      step: null,
      epoch: (epoch) => epoch.memoryBytes / 1e9,
      epochName: 'at the end of each epoch',
      heldOut: null,
    },
  ];
}

/** The fold on the screen, once it has spoken. */
export function shownFold({ fold, progress }: Pick<RunState, 'fold' | 'progress'>): FoldProgress | undefined {
  return progress.folds.get(fold ?? progress.current);
}

const stepPointsOf = new WeakMap<readonly StepEvent[], Map<string, readonly Point[]>>();

/** A curve by step, over epochs; remembered, since a fold may have a hundred thousand steps. */
export function stepPoints({ steps, started }: FoldProgress, curve: Curve): readonly Point[] {
  const { step: value } = curve;
  if (value === null) return [];
  let known = stepPointsOf.get(steps);
  if (known === undefined) {
    known = new Map();
    stepPointsOf.set(steps, known);
  }
  let points = known.get(curve.name);
  if (points === undefined) {
    const perEpoch = Math.max(1, started.stepsPerEpoch);
    points = steps.map((step) => ({ x: step.epoch - 1 + step.step / perEpoch, y: value(step) }));
    known.set(curve.name, points);
  }
  return points;
}

/** A curve by epoch. */
export function epochPoints({ epochs }: FoldProgress, { epoch: value }: Curve): readonly Point[] {
  return value === null ? [] : epochs.map((epoch) => ({ x: epoch.epoch, y: value(epoch) ?? Number.NaN }));
}

/** The exponential average of points, `kept` being the part of the one before; starts without a bias. NaN is passed over. */
export function smoothed(points: readonly Point[], kept: number): readonly Point[] {
  if (kept <= 0) return points;
  let average = 0;
  let weight = 0;
  return points.map(({ x, y }) => {
    if (!Number.isFinite(y)) return { x, y };
    average = kept * average + (1 - kept) * y;
    weight = kept * weight + (1 - kept);
    return { x, y: average / weight };
  });
}
