import type { DataPlan, HeadPlan, RunPlan } from '../../compiler/index.ts';
import type { Grid } from '../images/grid.ts';
import { predictedRegion } from '../metrics/masks/predicted-region.ts';

/** The value that stands for a structure in a written mask: its first in the data, or its place. */
export function maskValues({ structures }: DataPlan): readonly number[] {
  return structures.map(({ values }, index) => values[0] ?? index + 1);
}

/**
 * A head's probabilities `[height, width, channels]` as a mask of {@link maskValues}: the regions that held-out images
 * are measured by. A pixel of several structures is of the first.
 */
export function maskOf(
  map: Grid,
  head: Pick<HeadPlan, 'encoding'>,
  data: DataPlan,
  evaluate: Pick<RunPlan['evaluate'], 'threshold' | 'components'>,
): Uint8Array {
  const names = maskValues(data);
  const mask = new Uint8Array(map.height * map.width);
  for (const [structure, value] of (head.encoding === 'binary' ? names.slice(0, 1) : names).entries()) {
    const region = predictedRegion(map, head, structure, evaluate);
    for (let pixel = 0; pixel < mask.length; pixel += 1)
      if (region[pixel] === 1 && mask[pixel] === 0) mask[pixel] = value;
  }
  return mask;
}
