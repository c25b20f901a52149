import type { DataPlan, HeadPlan } from '../../../compiler/index.ts';
import type { Grid } from '../../images/grid.ts';

type Structure = DataPlan['structures'][number];

/** Whether a mask value belongs to a structure; one without values owns every value but 0. */
export function belongs(structure: Structure, value: number): boolean {
  return structure.values.length === 0 ? value !== 0 : structure.values.includes(value);
}

/** The channel of a mask head that speaks of a structure: categorical heads have the background before them. */
export function structureChannel(encoding: HeadPlan['encoding'], structure: number): number {
  return encoding === 'categorical' ? structure + 1 : structure;
}

/**
 * The truth of a mask head, `[height, width, channels]` of 0 and 1, from a mask of values. In a categorical head a
 * pixel that several structures claim goes to the first of them.
 */
export function encodeMask(
  mask: Grid,
  encoding: HeadPlan['encoding'],
  structures: readonly Structure[],
): Float32Array {
  const background = encoding === 'categorical' ? 1 : 0;
  const channels = encoding === 'binary' ? 1 : structures.length + background;
  const out = new Float32Array(mask.height * mask.width * channels);
  const codes = new Map<number, Float32Array>();
  let code: Float32Array = new Float32Array(channels);
  for (let pixel = 0; pixel < mask.values.length; pixel += 1) {
    const value = mask.values[pixel]!;
    // Neighbours mostly have the same value, so the table is asked seldom.
    if (pixel === 0 || value !== mask.values[pixel - 1]) {
      code = codes.get(value) ?? encodeValue(value, encoding, structures, channels);
      codes.set(value, code);
    }
    for (let channel = 0; channel < channels; channel += 1) out[pixel * channels + channel] = code[channel]!;
  }
  return out;
}

function encodeValue(
  value: number,
  encoding: HeadPlan['encoding'],
  structures: readonly Structure[],
  channels: number,
): Float32Array {
  const row = new Float32Array(channels);
  const owners = structures.flatMap((structure, index) => (belongs(structure, value) ? [index] : []));
  if (encoding === 'categorical') {
    row[owners[0] === undefined ? 0 : structureChannel(encoding, owners[0])] = 1;
  } else {
    for (const owner of owners) if (owner < channels) row[owner] = 1;
  }
  return row;
}
