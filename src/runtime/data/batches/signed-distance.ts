import { distanceHeads, type LossTerm } from '../../../compiler/index.ts';
import { distanceMap } from '../../images/distance-map.ts';
import type { Batch } from './data-source.ts';

/**
 * The signed distance of every pixel to the border of each channel of truths `[n, height, width, channels]`, in pixels: outside
 * the distance to the nearest pixel inside, inside 1 minus that to the nearest one outside. 0 throughout a channel that is
 * empty or full. Kervadec et al. 2019, whose code has the same.
 */
export function signedDistances(
  truth: Float32Array,
  [height, width, channels]: readonly [number, number, number],
): Float32Array {
  const signed = new Float32Array(truth.length);
  const pixels = height * width;
  const inside = new Uint8Array(pixels);
  for (let start = 0; start < truth.length; start += pixels * channels) {
    for (let channel = 0; channel < channels; channel += 1) {
      let count = 0;
      for (let pixel = 0; pixel < pixels; pixel += 1) {
        inside[pixel] = truth[start + pixel * channels + channel]! > 0.5 ? 1 : 0;
        count += inside[pixel]!;
      }
      if (count === 0 || count === pixels) continue;
      const toInside = distanceMap(inside, { height, width }, [1, 1]);
      const toOutside = distanceMap(
        inside.map((value) => 1 - value),
        { height, width },
        [1, 1],
      );
      for (let pixel = 0; pixel < pixels; pixel += 1) {
        signed[start + pixel * channels + channel] =
          inside[pixel] === 1 ? 1 - Math.sqrt(toOutside[pixel]!) : Math.sqrt(toInside[pixel]!);
      }
    }
  }
  return signed;
}

/**
 * A batch with the distances that a loss reads, of the truths that it has.
 * @param sizeOf `[height, width, channels]` of a head's map
 */
export function withDistances(
  batch: Batch,
  loss: readonly LossTerm[],
  sizeOf: (head: string) => readonly number[],
): Batch {
  const measured = distanceHeads(loss).flatMap((head) => {
    const truth = batch.targets[head];
    return truth === undefined ? [] : [[head, signedDistances(truth, sizeOf(head) as never)] as const];
  });
  return measured.length === 0 ? batch : { ...batch, distances: Object.fromEntries(measured) };
}
