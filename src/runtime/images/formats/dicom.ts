import { type Damage, isDamage } from '../damage.ts';
import { type DicomFacts, type DicomFrame, openDicom, type Place } from './dicom-file.ts';
import { readPixels } from './dicom-pixels.ts';
import type { Affine, Volume } from './volume.ts';

/** One DICOM file as a volume. Its frames become slices and points in time as {@link arrange} finds them. */
export async function readDicom(bytes: Uint8Array, path: string): Promise<Volume | Damage> {
  const file = openDicom(bytes);
  if (isDamage(file)) return file;
  const values = await readPixels(file);
  if (values instanceof Float32Array) {
    const frames = file.facts.frames.map((frame, index) => ({
      frame,
      origin: { path, frame: index },
      facts: file.facts,
    }));
    return assemble(frames, (index) =>
      values.subarray((index * values.length) / frames.length, ((index + 1) * values.length) / frames.length),
    );
  }
  return values;
}

/** One image on its way into a volume. */
export interface PlacedFrame {
  readonly frame: DicomFrame;
  readonly facts: DicomFacts;
  readonly origin: { readonly path: string; readonly frame: number };
}

/** The order of images: points in time of slices, the lowest slice first; null where their number is uneven. */
export interface Arrangement {
  readonly order: readonly number[];
  readonly slices: number;
  readonly frames: number;
}

const tolerance = 0.01;

/** Sorts images by their place along the normal of their plane, and those of one place by time. */
export function arrange(images: readonly PlacedFrame[]): Arrangement {
  const depth = images.map(({ frame: { place } }) => (place === null ? 0 : along(place)));
  const order = images
    .map((_, index) => index)
    .sort((a, b) => {
      if (Math.abs(depth[a]! - depth[b]!) > tolerance) return depth[a]! - depth[b]!;
      const [one, other] = [images[a]!, images[b]!];
      return one.facts.trigger - other.facts.trigger || one.facts.instance - other.facts.instance || a - b;
    });
  const places: number[][] = [];
  for (const index of order) {
    const last = places.at(-1);
    if (last !== undefined && Math.abs(depth[last[0]!]! - depth[index]!) <= tolerance) last.push(index);
    else places.push([index]);
  }
  const frames = places[0]?.length ?? 0;
  if (places.some((own) => own.length !== frames)) return { order, slices: images.length, frames: 1 };
  const byTime = Array.from({ length: frames }, (_, time) => places.map((own) => own[time]!)).flat();
  return { order: byTime, slices: places.length, frames };
}

/** Images of equal size as one volume. */
export function assemble(images: readonly PlacedFrame[], pixels: (index: number) => Float32Array): Volume {
  const { order, slices, frames } = arrange(images);
  const first = images[order[0]!]!;
  const { rows, columns, channels } = first.facts;
  const each = rows * columns * channels;
  const values = new Float32Array(each * images.length);
  for (const [to, from] of order.entries()) values.set(pixels(from), to * each);
  const last = images[order[slices - 1]!]!;
  const gap = between(first.frame, last.frame, slices);
  const spacing = first.frame.spacing;
  return {
    ...{ columns, rows, slices, frames, channels, values },
    spacing: spacing === null ? null : [spacing[0], spacing[1], gap ?? 0],
    affine: affineOf(first.frame, last.frame, slices, gap),
    source: { kind: 'dicom', files: order.map((index) => images[index]!.origin) },
  };
}

function between(first: DicomFrame, last: DicomFrame, slices: number): number | null {
  if (slices > 1 && first.place !== null && last.place !== null) {
    const distance = Math.hypot(
      ...first.place.position.map((one, axis) => last.place!.position[axis]! - one),
    );
    if (distance > 0) return distance / (slices - 1);
  }
  return first.thickness;
}

/** How far an image lies along the normal of its plane. */
function along({ position, orientation }: Place): number {
  const normal = normalOf(orientation);
  return position.reduce((sum, value, axis) => sum + value * normal[axis]!, 0);
}

function normalOf([ax, ay, az, bx, by, bz]: readonly number[]): readonly [number, number, number] {
  return [ay! * bz! - az! * by!, az! * bx! - ax! * bz!, ax! * by! - ay! * bx!];
}

/** DICOM counts to the left and to the back where NIfTI counts to the right and to the front. */
function affineOf(first: DicomFrame, last: DicomFrame, slices: number, gap: number | null): Affine | null {
  const { place, spacing } = first;
  if (place === null || spacing === null) return null;
  const across = place.orientation.slice(0, 3).map((value) => value * spacing[1]);
  const down = place.orientation.slice(3).map((value) => value * spacing[0]);
  const step =
    slices > 1 && last.place !== null
      ? last.place.position.map((value, axis) => (value - place.position[axis]!) / (slices - 1))
      : normalOf(place.orientation).map((value) => value * (gap ?? 1));
  const rows = [0, 1, 2].map((axis) => {
    const sign = axis < 2 ? -1 : 1;
    return [across[axis]!, down[axis]!, step[axis]!, place.position[axis]!].map((value) => sign * value + 0);
  });
  return [...rows.flat(), 0, 0, 0, 1];
}
