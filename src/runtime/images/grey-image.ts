import { fileChannels, type RunPlan } from '../../compiler/index.ts';
import { isFitProblem, planFit, unfit } from './fit.ts';
import type { Grid, Size } from './grid.ts';

/** The first channel of an image's own slice, its least value black and its largest white; what a fit cut away is black. */
export interface GreyImage extends Size {
  readonly values: Uint8Array;
}

/**
 * An image for people to look at.
 * @param image as the network takes it, `[height, width, channels]`
 * @param original the grid that it came from; null where none is known, then it stays at the network's size
 * @param spacing mm between the rows and the columns of that grid
 */
export function greyImage(
  plan: RunPlan,
  image: Float32Array,
  original: Size | null,
  spacing: readonly [number, number] | null,
): GreyImage {
  const [height, width, channels] = plan.network.input.shape as [number, number, number];
  // Neighbouring slices stand before and after the slice itself.
  const own = fileChannels(plan.data) * (plan.data.neighbours ?? 0);
  const seen: Grid = {
    height,
    width,
    channels: 1,
    values: Float32Array.from({ length: height * width }, (_, pixel) => image[pixel * channels + own]!),
  };
  const fitting = original === null ? null : planFit(plan.data.fit, original, spacing);
  const grid = fitting === null || isFitProblem(fitting) ? seen : unfit(fitting, seen, 'bilinear');
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of grid.values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const scale = high > low ? 255 / (high - low) : 0;
  return {
    height: grid.height,
    width: grid.width,
    values: Uint8Array.from(grid.values, (value) => Math.round((value - low) * scale)),
  };
}
