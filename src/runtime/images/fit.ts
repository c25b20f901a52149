import { cannotTake, type FitStep, type Spacing, sizeAfter } from '../../compiler/index.ts';
import {
  type AffineMap,
  type Grid,
  type Interpolation,
  type Outside,
  type Size,
  sameSize,
  warp,
} from './grid.ts';

/** One step worked out for a given input size. */
interface Placement {
  readonly from: Size;
  readonly to: Size;
  readonly forward: AffineMap;
  readonly inverse: AffineMap;
  /** Placing on a canvas has nothing beyond the image; scaling repeats its border. */
  readonly outside: Outside;
}

/** How an image of one size reaches the network, and how a prediction gets back. */
export interface Fitting {
  readonly from: Size;
  readonly to: Size;
  readonly placements: readonly Placement[];
}

/** A step that an image cannot take. */
export interface FitProblem {
  readonly step: FitStep;
  /** The size of the image when it reaches the step. */
  readonly size: Size;
  readonly reason: 'larger' | 'smaller' | 'without spacing';
}

/** The steps that change how far pixels are apart. */
const scalings: readonly FitStep['kind'][] = ['resize', 'longest', 'resample'];

/**
 * Works the steps out for images of one size, or names the first step that such an image cannot take.
 * @param spacing mm between the rows and the columns of the image
 */
export function planFit(steps: readonly FitStep[], size: Size, spacing: Spacing): Fitting | FitProblem {
  const placements: Placement[] = [];
  let current = size;
  let apart = spacing;
  for (const step of steps) {
    if (cannotTake(step, current)) {
      return { step, size: current, reason: step.kind === 'pad' ? 'larger' : 'smaller' };
    }
    const target = sizeAfter(step, current, apart);
    if (target === undefined) return { step, size: current, reason: 'without spacing' };
    if (scalings.includes(step.kind)) {
      placements.push(scale(current, target));
      apart = apart && [
        (apart[0] * current.height) / target.height,
        (apart[1] * current.width) / target.width,
      ];
    } else placements.push(place(current, target));
    current = target;
  }
  return { from: size, to: current, placements };
}

/** Whether {@link planFit} found a problem. */
export function isFitProblem(result: Fitting | FitProblem): result is FitProblem {
  return 'reason' in result;
}

/** Brings an image (bilinear) or a mask (nearest) to the network's size. */
export function fit(fitting: Fitting, grid: Grid, method: Interpolation): Grid {
  expectSize(grid, fitting.from);
  return fitting.placements.reduce(
    (current, { to, forward, outside }) => warp(current, to, forward, method, outside),
    grid,
  );
}

/**
 * Brings a map of the network's size, such as probabilities, back to the original grid. Pixels that the network never
 * saw, because they were cropped away, are zero. After padding and cropping alone it is exact.
 */
export function unfit(fitting: Fitting, grid: Grid, method: Interpolation): Grid {
  expectSize(grid, fitting.to);
  return fitting.placements.reduceRight(
    (current, { from, inverse, outside }) => warp(current, from, inverse, method, outside),
    grid,
  );
}

function expectSize(grid: Grid, size: Size): void {
  if (sameSize(grid, size)) return;
  throw new Error(
    `a grid of ${grid.height}×${grid.width} met a fit for ${size.height}×${size.width}; plan the fit for its size`,
  );
}

/** The image around the centre of a larger canvas, or the centre of it; the odd pixel is at the end. */
function place(from: Size, to: Size): Placement {
  const top = offset(from.height, to.height);
  const left = offset(from.width, to.width);
  return { from, to, forward: translate(-top, -left), inverse: translate(top, left), outside: 'zero' };
}

/** Zeros before the first pixel; negative when pixels are cut off. */
function offset(from: number, to: number): number {
  return to >= from ? Math.floor((to - from) / 2) : -Math.floor((from - to) / 2);
}

function translate(rows: number, columns: number): AffineMap {
  return { rows: [1, 0, rows], columns: [0, 1, columns] };
}

/** Scaling with pixel areas kept: the corners of both images coincide, not the centres of their corner pixels. */
function scale(from: Size, to: Size): Placement {
  return { from, to, forward: scaling(from, to), inverse: scaling(to, from), outside: 'edge' };
}

function scaling(from: Size, to: Size): AffineMap {
  const rows = from.height / to.height;
  const columns = from.width / to.width;
  return { rows: [rows, 0, (rows - 1) / 2], columns: [0, columns, (columns - 1) / 2] };
}
