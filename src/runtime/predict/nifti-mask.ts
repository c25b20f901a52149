import { gzipSync } from 'node:zlib';
import type { Volume } from '../images/formats/volume.ts';

/**
 * A mask as NIfTI, packed. The header of a NIfTI image is taken over byte by byte, so that its place in the patient is the
 * same to the last bit; only what describes the values is changed, and free texts, which may name a person, are emptied.
 */
export function niftiMask(volume: Volume, mask: Uint8Array): Uint8Array {
  const { source } = volume;
  const second = source.kind === 'nifti' && source.header.length > 400;
  const start = second ? 544 : 352;
  const bytes = new Uint8Array(start + mask.length);
  const little = source.kind === 'nifti' ? source.littleEndian : true;
  if (source.kind === 'nifti') bytes.set(source.header);
  else writePlace(bytes, volume);
  describeMask(bytes, second, little, start);
  bytes.set(mask, start);
  return gzipSync(bytes);
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

/** Size and place of a volume that came in another format. */
function writePlace(bytes: Uint8Array, { columns, rows, slices, frames, spacing, affine }: Volume): void {
  const view = new DataView(bytes.buffer);
  view.setInt32(0, 348, true);
  const dims = [frames > 1 ? 4 : 3, columns, rows, slices, frames, 1, 1, 1];
  for (const [axis, size] of dims.entries()) view.setInt16(40 + 2 * axis, size, true);
  const [down, across, between] = spacing ?? [1, 1, 1];
  const steps = [1, across, down, between || 1, 1, 1, 1, 1];
  for (const [axis, size] of steps.entries()) view.setFloat32(76 + 4 * axis, size, true);
  bytes[123] = spacing === null ? 0 : 2;
  view.setInt16(254, affine === null ? 0 : 1, true);
  for (const [place, value] of (affine ?? []).slice(0, 12).entries())
    view.setFloat32(280 + 4 * place, value, true);
}
