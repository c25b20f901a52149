import { gzipSync } from 'node:zlib';
import type { Volume } from '../images/formats/volume.ts';

/**
 * A mask as NIfTI, packed. The header of a NIfTI image is taken over byte by byte, so that its place in the patient is the
 * same to the last bit; of another volume place, phases and the step between them, in milliseconds, are written. Only what describes the values is changed, and free texts, which may name a person, are emptied.
 */
export function niftiMask(volume: Volume, mask: Uint8Array): Uint8Array {
  const { source } = volume;
  const second = source.kind === 'nifti' && source.header.length > 400;
  const start = second ? 544 : 352;
  const onGrid = withGaps(volume, mask);
  const bytes = new Uint8Array(start + onGrid.length);
  const little = source.kind === 'nifti' ? source.littleEndian : true;
  if (source.kind === 'nifti') bytes.set(source.header);
  else writePlace(bytes, volume);
  describeMask(bytes, second, little, start);
  bytes.set(onGrid, start);
  return gzipSync(bytes);
}

/** How many slices the affine has from the first to the last, missing ones among them. */
function gridSlices({ slices, slots }: Volume): number {
  return (slots?.at(-1) ?? slices - 1) + 1;
}

/** A mask whose slices lie where the affine says: missing slices are there and empty. */
function withGaps(volume: Volume, mask: Uint8Array): Uint8Array {
  const { slots, slices, frames } = volume;
  if (!slots) return mask;
  const each = volume.rows * volume.columns;
  const count = gridSlices(volume);
  const out = new Uint8Array(each * count * frames);
  for (let image = 0; image < slices * frames; image += 1) {
    const to = Math.floor(image / slices) * count + slots[image % slices]!;
    out.set(mask.subarray(image * each, (image + 1) * each), to * each);
  }
  return out;
}

/** Labels are numbers of a byte without scale. */
function describeMask(bytes: Uint8Array, second: boolean, little: boolean, start: number): void {
  const view = new DataView(bytes.buffer);
  const labels = 1002;
  const unsignedByte = 2;
  if (second) {
    bytes.set(Buffer.from('n+2\0\r\n\x1a\n', 'latin1'), 4);
    view.setInt16(12, unsignedByte, little);
    view.setInt16(14, 8, little);
    view.setBigInt64(168, BigInt(start), little);
    for (const [at, value] of [
      [176, 1],
      [184, 0],
      [192, 0],
      [200, 0],
    ] as const)
      view.setFloat64(at, value, little);
    bytes.fill(0, 240, 344);
    view.setInt32(504, labels, little);
    bytes.fill(0, 508, 524);
    return;
  }
  bytes.fill(0, 4, 32);
  view.setInt16(68, labels, little);
  view.setInt16(70, unsignedByte, little);
  view.setInt16(72, 8, little);
  view.setFloat32(108, start, little);
  for (const [at, value] of [
    [112, 1],
    [116, 0],
    [124, 0],
    [128, 0],
  ] as const)
    view.setFloat32(at, value, little);
  bytes.fill(0, 148, 252);
  bytes.fill(0, 328, 344);
  bytes.set(Buffer.from('n+1\0', 'latin1'), 344);
}

/** Units of NIfTI's `xyzt_units`. */
const millimetres = 2;
const milliseconds = 16;

/** Size and place of a volume that came in another format. */
function writePlace(bytes: Uint8Array, volume: Volume): void {
  const { columns, rows, frames, spacing, affine, times } = volume;
  const view = new DataView(bytes.buffer);
  view.setInt32(0, 348, true);
  const dims = [frames > 1 ? 4 : 3, columns, rows, gridSlices(volume), frames, 1, 1, 1];
  for (const [axis, size] of dims.entries()) view.setInt16(40 + 2 * axis, size, true);
  const [down, across, between] = spacing ?? [1, 1, 1];
  const phase = times && times.length > 1 ? (times.at(-1)! - times[0]!) / (times.length - 1) : 0;
  const steps = [1, across, down, between || 1, phase > 0 ? phase : 1, 1, 1, 1];
  for (const [axis, size] of steps.entries()) view.setFloat32(76 + 4 * axis, size, true);
  bytes[123] = (spacing === null ? 0 : millimetres) + (phase > 0 ? milliseconds : 0);
  if (phase > 0) view.setFloat32(136, times![0]!, true);
  view.setInt16(254, affine === null ? 0 : 1, true);
  for (const [place, value] of (affine ?? []).slice(0, 12).entries())
    view.setFloat32(280 + 4 * place, value, true);
}
