import type { FitStep } from '../../../plan/run-plan.ts';
import type { GraphWriter } from './graph-writer.ts';

/** The rows or the columns of an image on their way to the network. Tensors without axes. */
interface Axis {
  /** Pixels, of type double. */
  readonly size: string;
  /** Millimetres between two of them, of type double; null where nobody asks. */
  readonly spacing: string | null;
}

/** Matrices that bring an axis to the network's size, and back. */
interface AxisFitting {
  /** `[network, image]` */
  readonly to: string;
  /** `[image, network]` */
  readonly back: string;
}

/** How an image reaches the network, and how a prediction gets back: rows from the left, columns from the right. */
export interface Fitting {
  readonly rows: AxisFitting;
  readonly columns: AxisFitting;
}

/**
 * The steps of `fit` as matrices, worked out of the image's size when it is there: every step draws rows and columns anew
 * one by one, bilinear, so that a step is a matrix from each side, and all of them are the matrices' products. Null for no
 * steps.
 * @param image `[batch, channels, rows, columns]`
 * @param spacing `[2]`, mm between rows and between columns; null where no step asks
 */
export function fittingOf(
  w: GraphWriter,
  steps: readonly FitStep[],
  image: string,
  spacing: string | null,
): Fitting | null {
  if (steps.length === 0) return null;
  const apart = spacing === null ? null : w.cast(spacing, 'double');
  const axes = [0, 1].map(
    (place): Axis => ({
      size: w.cast(w.reshape(w.size(image, 2 + place), w.ints()), 'double'),
      spacing: apart === null ? null : w.pick(apart, 0, place),
    }),
  ) as [Axis, Axis];
  const found: [AxisFitting[], AxisFitting[]] = [[], []];
  let current = axes;
  for (const step of steps) {
    const next = current.map((axis, place) => sizeAfter(w, step, axis, current, place)) as [string, string];
    for (const [place, axis] of current.entries())
      found[place]!.push(matrices(w, isScaling(step), axis.size, next[place]!));
    current = current.map(({ size, spacing: gap }, place) => ({
      size: next[place]!,
      spacing:
        gap === null || !isScaling(step) ? gap : w.node('Div', [w.node('Mul', [gap, size]), next[place]!]),
    })) as [Axis, Axis];
  }
  const [rows, columns] = found.map((each) => product(w, each)) as [AxisFitting, AxisFitting];
  return { rows, columns };
}

/** `rows · x · columnsᵀ` of every map. */
export function drawn(w: GraphWriter, x: string, rows: string, columns: string): string {
  return w.node('MatMul', [w.node('MatMul', [rows, x]), w.transpose(columns, [1, 0])]);
}

function isScaling({ kind }: FitStep): boolean {
  return kind === 'resize' || kind === 'longest' || kind === 'resample';
}

/** As `sizeAfter` of the compiler has it, in doubles. */
function sizeAfter(
  w: GraphWriter,
  step: FitStep,
  { size, spacing }: Axis,
  [rows, columns]: readonly [Axis, Axis],
  place: number,
): string {
  const double = (value: number) => w.model.doubles([], [value]);
  const rounded = (value: string) =>
    w.node('Max', [w.node('Floor', [w.node('Add', [value, double(0.5)])]), double(1)]);
  switch (step.kind) {
    case 'longest': {
      const factor = w.node('Div', [double(step.size), w.node('Max', [rows.size, columns.size])]);
      return rounded(w.node('Mul', [size, factor]));
    }
    case 'resample': {
      if (spacing === null) throw new Error('a step resamples, and nothing gives a spacing');
      return rounded(w.node('Mul', [size, w.node('Div', [spacing, double(step.spacing)])]));
    }
    default:
      return double(place === 0 ? step.height : step.width);
  }
}

/** Of one step along one axis. */
function matrices(w: GraphWriter, scales: boolean, from: string, to: string): AxisFitting {
  const [small, large] = [w.cast(from, 'float'), w.cast(to, 'float')];
  if (scales) {
    const scaled = (a: string, b: string) => {
      const factor = w.node('Div', [a, b]);
      const shift = w.node('Div', [w.node('Sub', [factor, w.scalar(1)]), w.scalar(2)]);
      return samples(w, b, a, { factor, shift, edge: true });
    };
    return { to: scaled(small, large), back: scaled(large, small) };
  }
  // Around the centre; the odd pixel is at the end.
  const more = w.node('Sub', [large, small]);
  const half = w.node('Floor', [w.node('Div', [w.node('Abs', [more]), w.scalar(2)])]);
  const before = w.node('Mul', [w.node('Sign', [more]), half]);
  const factor = w.scalar(1);
  return {
    to: samples(w, large, small, { factor, shift: w.node('Neg', [before]), edge: false }),
    back: samples(w, small, large, { factor, shift: before, edge: false }),
  };
}

/**
 * `[to, from]`: the share that place `r` of the result takes of each place, bilinear around `factor · r + shift`. Beyond the
 * border is its last place, or nothing.
 */
function samples(
  w: GraphWriter,
  to: string,
  from: string,
  { factor, shift, edge }: { readonly factor: string; readonly shift: string; readonly edge: boolean },
): string {
  const places = (count: string) => w.node('Range', [w.scalar(0), count, w.scalar(1)]);
  const wanted = w.node('Add', [w.node('Mul', [places(to), factor]), shift]);
  const last = w.node('Sub', [from, w.scalar(1)]);
  const at = edge ? w.node('Min', [w.node('Max', [wanted, w.scalar(0)]), last]) : wanted;
  const column = w.node('Unsqueeze', [at, w.ints(1)]);
  const row = w.node('Unsqueeze', [places(from), w.ints(0)]);
  const distance = w.node('Abs', [w.node('Sub', [column, row])]);
  return w.node('Relu', [w.node('Sub', [w.scalar(1), distance])]);
}

/** The steps one after the other. */
function product(w: GraphWriter, steps: readonly AxisFitting[]): AxisFitting {
  return steps.reduce((before, step) => ({
    to: w.node('MatMul', [step.to, before.to]),
    back: w.node('MatMul', [before.back, step.back]),
  }));
}
