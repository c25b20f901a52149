import { type Damage, isDamage } from '../damage.ts';
import type { Volume } from '../formats/volume.ts';
import { openDicom } from './dicom-file.ts';
import { type Pixels, readPixels } from './dicom-pixels.ts';
import { groupFrames, type PlacedFrame } from './series/placed-frame.ts';
import { stackOf } from './series/stack.ts';

/** One DICOM file as a volume. Its frames become slices and points in time as {@link stackOf} finds them. */
export async function readDicom(bytes: Uint8Array, path: string): Promise<Volume | Damage> {
  const file = openDicom(bytes);
  if (isDamage(file)) return file;
  const frames = file.facts.frames.map(
    (frame, index): PlacedFrame => ({ frame, facts: file.facts, origin: { path, frame: index } }),
  );
  const groups = groupFrames(frames);
  if (groups.length > 1) {
    return {
      damage: `its frames are ${groups.length} series, of other planes or kinds: read its folder as DICOM`,
    };
  }
  const pixels = await readPixels(file);
  if (isDamage(pixels)) return pixels;
  const found = assemble(frames, (index) => frameOf(pixels, index), pixels.channels);
  if (isDamage(found) || !pixels.inverted) return found;
  return { ...found, findings: [...(found.findings ?? []), { kind: 'inverted', path }] };
}

/** The frames of one DICOM file as they are stored, whatever they belong to. */
export async function readFrames(bytes: Uint8Array): Promise<Pixels | Damage> {
  const file = openDicom(bytes);
  return isDamage(file) ? file : readPixels(file);
}

/** The values of one frame, `[rows, columns, channels]`. */
export function frameOf({ values, frames }: Pixels, index: number): Float32Array {
  return values.subarray((index * values.length) / frames, ((index + 1) * values.length) / frames);
}

/** The images of one group as a volume. */
export function assemble(
  images: readonly PlacedFrame[],
  pixels: (index: number) => Float32Array,
  channels: number,
): Volume | Damage {
  const stack = stackOf(images, (one, other) => equalPixels(pixels(one), pixels(other)));
  if ('damage' in stack) return stack;
  const { order, slices, frames, spacing, affine, slots, times, findings } = stack;
  const { rows, columns } = images[0]!.facts;
  const each = rows * columns * channels;
  const values = new Float32Array(each * order.length);
  for (const [to, from] of order.entries()) values.set(pixels(from), to * each);
  return {
    ...{ columns, rows, slices, frames, channels, values, spacing, affine, slots, times, findings },
    source: { kind: 'dicom', files: order.map((index) => images[index]!.origin) },
  };
}

/** Null for pixels that are all the same, of which many images may be. */
function equalPixels(one: Float32Array, other: Float32Array): boolean | null {
  if (one.length !== other.length) return false;
  let constant = true;
  for (let index = 0; index < one.length; index += 1) {
    if (one[index] !== other[index]) return false;
    if (one[index] !== one[0]) constant = false;
  }
  return constant ? null : true;
}
