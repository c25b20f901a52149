import type { Damage } from '../damage.ts';

/**
 * DICOM's run-length coding (PS3.5 annex G), which no package of its own exists for: up to 15 segments, each the bytes of
 * one place of one colour, the highest place first.
 * @returns the values pixel by pixel, the lowest byte of each first
 */
export function unpackRle(
  packed: Uint8Array,
  pixels: number,
  channels: number,
  width: number,
): Uint8Array | Damage {
  const segments = channels * width;
  if (packed.length < 64) return { damage: 'a packed frame ends within its header' };
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  const declared = view.getUint32(0, true);
  if (declared !== segments || segments > 15 || ![1, 2, 4].includes(width)) {
    return { damage: `a packed frame has ${declared} segments, not ${segments}` };
  }
  const out = new Uint8Array(pixels * segments);
  for (let segment = 0; segment < segments; segment += 1) {
    const start = view.getUint32(4 + 4 * segment, true);
    const end = segment + 1 < segments ? view.getUint32(8 + 4 * segment, true) : packed.length;
    const channel = Math.floor(segment / width);
    const place = width - 1 - (segment % width);
    const written = unpackSegment(
      packed.subarray(start, Math.max(start, end)),
      out,
      channel * width + place,
      segments,
      pixels,
    );
    if (written < pixels) return { damage: `a packed frame holds ${written} of ${pixels} pixels` };
  }
  return out;
}

/** PackBits: a count below 128 is followed by that many bytes and one more, a count above by one byte to repeat. */
function unpackSegment(
  packed: Uint8Array,
  out: Uint8Array,
  first: number,
  step: number,
  pixels: number,
): number {
  let written = 0;
  for (let at = 0; at + 1 < packed.length && written < pixels; ) {
    const count = packed[at]!;
    at += 1;
    if (count === 128) continue;
    const length = Math.min(count < 128 ? count + 1 : 257 - count, pixels - written);
    for (let index = 0; index < length; index += 1) {
      out[first + (written + index) * step] = packed[count < 128 ? at + index : at] ?? 0;
    }
    written += length;
    at += count < 128 ? count + 1 : 1;
  }
  return written;
}
