import type { HeadPlan, RunPlan } from '../../../compiler/index.ts';
import { structureChannel } from '../../data/dataset/encode.ts';
import type { Grid } from '../../images/grid.ts';
import { keepLargestComponent } from './components.ts';

/**
 * Where a mask head answers that a structure is: 1 or 0 per pixel, `[height, width]`. It has the largest value in a
 * softmax, else one from the threshold on; of its components the largest alone where the experiment says so. What is
 * measured and what is written are this.
 * @param map the head's probabilities `[height, width, channels]`
 */
export function predictedRegion(
  map: Grid,
  { encoding }: Pick<HeadPlan, 'encoding'>,
  structure: number,
  { threshold, components }: Pick<RunPlan['evaluate'], 'threshold' | 'components'>,
): Uint8Array {
  const { channels, values, height, width } = map;
  const channel = structureChannel(encoding, structure);
  const region = new Uint8Array(height * width);
  for (let pixel = 0; pixel < region.length; pixel += 1) {
    const at = pixel * channels;
    const isChosen =
      encoding === 'categorical'
        ? largest(values, at, channels) === channel
        : values[at + channel]! >= threshold;
    region[pixel] = isChosen ? 1 : 0;
  }
  if (components === 'largest') keepLargestComponent(region, height, width);
  return region;
}

/** The index of the first largest of `count` values from `start` on. */
export function largest(values: ArrayLike<number>, start: number, count: number): number {
  let best = 0;
  for (let index = 1; index < count; index += 1) {
    if (values[start + index]! > values[start + best]!) best = index;
  }
  return best;
}
