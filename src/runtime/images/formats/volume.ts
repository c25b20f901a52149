import { channelOf, joinChannels, slicesAround } from '../channels.ts';
import { type Damage, maxValues } from '../damage.ts';
import type { Grid } from '../grid.ts';
import type { VolumeFinding } from './findings.ts';

/**
 * Where the pixels of a volume lie in the patient: row-major 4×4, from `(column, row, slice, 1)` to millimetres right,
 * anterior and superior, as NIfTI has it.
 */
export type Affine = readonly number[];

/** Images of one file or one series, whatever it was written as. */
export interface Volume {
  readonly columns: number;
  readonly rows: number;
  readonly slices: number;
  /** Points in time, echoes: whatever repeats the slices. */
  readonly frames: number;
  readonly channels: number;
  /** `[frames, slices, rows, columns, channels]`, rescaled to what the file says its numbers mean. */
  readonly values: Float32Array;
  /**
   * Millimetres between rows and between columns, and from slice to slice along the normal of their plane, so that the
   * product is the volume of a voxel; null where the file does not say, and a last of 0 where only that is not known.
   */
  readonly spacing: readonly [number, number, number] | null;
  readonly affine: Affine | null;
  /** Where the affine has each slice, where some are missing between them; otherwise one follows the other. */
  readonly slots?: readonly number[] | null;
  /** When each frame was taken, in milliseconds after the R wave; null where nothing says. */
  readonly times?: readonly number[] | null;
  /** What is not as it should be, for whoever reads the volume to report. */
  readonly findings?: readonly VolumeFinding[];
  readonly source: VolumeSource;
}

/** What else a file says, by the format that says it. */
export type VolumeSource =
  | { readonly kind: 'array' }
  /** PNG and TIFF, whose channels are colours. */
  | { readonly kind: 'picture' }
  | { readonly kind: 'nifti'; readonly header: Uint8Array; readonly littleEndian: boolean }
  | { readonly kind: 'dicom'; readonly files: readonly DicomOrigin[] };

/** Where a slice of a DICOM series comes from; a segmentation has to say it. In the order of the volume's images. */
export interface DicomOrigin {
  readonly path: string;
  /** From 0. */
  readonly frame: number;
}

/** Refuses what would not fit in memory, before it is unpacked. */
export function tooLarge(shape: readonly number[]): Damage | null {
  const count = shape.reduce((product, size) => product * size, 1);
  if (shape.every((size) => Number.isInteger(size) && size > 0) && count <= maxValues) return null;
  const problem = count > maxValues ? `more than ${maxValues}` : 'which is no size';
  return { damage: `it declares ${shape.join('×')} values, ${problem}` };
}

/** How many two-dimensional images a volume holds. */
export function imageCount({ frames, slices }: Volume): number {
  return frames * slices;
}

/** One image of a volume, `index` counting the slices of the first frame, then those of the second. */
export function imageOf({ rows, columns, channels, values }: Volume, index: number): Grid {
  const size = rows * columns * channels;
  return {
    height: rows,
    width: columns,
    channels,
    values: values.subarray(index * size, (index + 1) * size),
  };
}

/**
 * How many millimetres to the front of the patient a millimetre down and a millimetre across an image lead: cosines, from the
 * second row of the affine. Null without one.
 */
export function frontOf(affine: Affine | null): readonly [down: number, across: number] | null {
  if (affine === null) return null;
  const across = Math.hypot(affine[0]!, affine[4]!, affine[8]!);
  const down = Math.hypot(affine[1]!, affine[5]!, affine[9]!);
  return across === 0 || down === 0 ? null : [affine[5]! / down, affine[4]! / across];
}

/** One image with the slices beside it as further channels ({@link slicesAround}), as training puts it together. */
export function imageWithNeighbours(volume: Volume, index: number, neighbours: number): Grid {
  return joinChannels(slicesAround(index, neighbours, volume.slices).map((near) => imageOf(volume, near)));
}

/** The volume of the first channel alone. */
export function firstChannel(volume: Volume): Volume {
  if (volume.channels === 1) return volume;
  const { values } = channelOf({ height: 1, width: volume.values.length / volume.channels, ...volume }, 0);
  return { ...volume, channels: 1, values };
}
