import type { RunPlan } from '../../compiler/index.ts';
import { measuredHeads } from '../heart/measured-heads.ts';
import type { TimedSlice } from '../heart/moments.ts';
import { frontOf, imageOf, type Volume } from '../images/formats/volume.ts';
import type { Input } from './inputs.ts';
import { maskValues } from './masks.ts';

/** The slices of an input with their structures, by mask head. */
export function timedSlices(
  plan: RunPlan,
  { name, image, phase }: Input,
  volume: Volume,
  masks: ReadonlyMap<string, Uint8Array>,
): Readonly<Record<string, readonly TimedSlice[]>> {
  const values = maskValues(plan.data);
  const { rows, columns, slices, frames, spacing } = volume;
  const place = image.kind === 'rows' ? image.rows[0]!.place : undefined;
  const voxel = spacing === null || spacing[2] === 0 ? null : spacing[0] * spacing[1] * spacing[2];
  const each = rows * columns;
  return Object.fromEntries(
    measuredHeads(plan).map(({ name: head }) => [
      head,
      Array.from({ length: frames * slices }, (_, index): TimedSlice => {
        const own = masks.get(head)!.subarray(index * each, (index + 1) * each);
        const grid = imageOf(volume, index);
        return {
          phase: frames > 1 ? String(Math.floor(index / slices)) : phase,
          volume: name,
          slice: {
            rows,
            columns,
            regions: values.map((value) => own.map((pixel) => (pixel === value ? 1 : 0))),
            image:
              grid.channels === 1 ? grid.values : grid.values.filter((__, at) => at % grid.channels === 0),
            spacing: spacing === null ? null : [spacing[0], spacing[1]],
            voxelMm3: place?.voxelVolume ?? voxel,
            front: place?.front ?? frontOf(volume.affine),
          },
        };
      }),
    ]),
  );
}
