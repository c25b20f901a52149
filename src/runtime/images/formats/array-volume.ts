import { endsInChannels } from '../channels.ts';
import { type Damage, isDamage } from '../damage.ts';
import type { NumpyArray } from '../npy.ts';
import { oddities } from './findings.ts';
import { tooLarge, type Volume } from './volume.ts';

/** A numpy array as a volume. */
export function volumeOfNumpy(array: NumpyArray | Damage): Volume | Damage {
  if (isDamage(array)) return array;
  const { shape, fortran, data } = array;
  if (shape.length < 2 || shape.length > 4) return { damage: `it has ${shape.length} axes, not 2 to 4` };
  const large = tooLarge(shape);
  if (large !== null) return large;
  const values = new Float32Array(data.length);
  const strides = fortran ? fortranStrides(shape) : null;
  for (let index = 0; index < values.length; index += 1) {
    values[index] = Number(data[strides === null ? index : fortranPlace(index, shape, strides)]!);
  }
  return volumeOfArray(shape, values);
}

/**
 * An array without a place: `[frames,] [slices,] rows, columns`, or `[slices,] rows, columns, channels` where its last axis is
 * short enough ({@link endsInChannels}), which is told.
 */
export function volumeOfArray(shape: readonly number[], values: Float32Array): Volume {
  const channelled = endsInChannels(shape);
  const channels = channelled ? shape.at(-1)! : 1;
  const [columns, rows, slices = 1, frames = 1] = [
    ...(channelled ? shape.slice(0, -1) : shape),
  ].reverse() as [number, number, number?, number?];
  return {
    ...{ rows, columns, slices, frames, channels, values },
    ...{ spacing: null, affine: null, source: { kind: 'array' } },
    ...(channelled
      ? { findings: oddities([`its last axis, of ${channels}, is taken for that of channels`]) }
      : {}),
  };
}

function fortranStrides(shape: readonly number[]): readonly number[] {
  return shape.map((_, axis) => shape.slice(0, axis).reduce((product, size) => product * size, 1));
}

function fortranPlace(index: number, shape: readonly number[], strides: readonly number[]): number {
  let rest = index;
  let place = 0;
  for (let axis = shape.length - 1; axis >= 0; axis -= 1) {
    place += (rest % shape[axis]!) * strides[axis]!;
    rest = Math.floor(rest / shape[axis]!);
  }
  return place;
}
