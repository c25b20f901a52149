import type { DataPlan, HeadPlan } from '../../compiler/index.ts';
import { structureChannel } from '../data/dataset/encode.ts';
import type { Grid } from '../images/grid.ts';

/** The value that stands for a structure in a written mask: its first in the data, or its place. */
export function maskValues({ structures }: DataPlan): readonly number[] {
  return structures.map(({ values }, index) => values[0] ?? index + 1);
}

/**
 * A head's probabilities `[height, width, channels]` as a mask of {@link maskValues}. Where several structures are above
 * the threshold, the first has the pixel.
 */
export function maskOf(map: Grid, head: HeadPlan, data: DataPlan, threshold: number): Uint8Array {
  const { channels, values } = map;
  const names = maskValues(data);
  const structures = head.encoding === 'binary' ? names.slice(0, 1) : names;
  const mask = new Uint8Array(map.height * map.width);
  for (let pixel = 0; pixel < mask.length; pixel += 1) {
    const at = pixel * channels;
    if (head.encoding === 'categorical') {
      let best = 0;
      for (let channel = 1; channel < channels; channel += 1) {
        if (values[at + channel]! > values[at + best]!) best = channel;
      }
      // Beyond what was cropped away all are zero, and the background wins.
      const structure = structures.findIndex((_, index) => structureChannel(head.encoding, index) === best);
      mask[pixel] = structures[structure] ?? 0;
    } else {
      const structure = structures.findIndex((_, index) => values[at + index]! >= threshold);
      mask[pixel] = structures[structure] ?? 0;
    }
  }
  return mask;
}
