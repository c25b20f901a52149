import { inflateSync } from 'node:zlib';
import { type DecodedPng, decode } from 'fast-png';
import { type Damage, isDamage, maxValues } from './damage.ts';
import type { Grid } from './grid.ts';

const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

export function isPng(bytes: Uint8Array): boolean {
  return signature.every((byte, index) => bytes[index] === byte);
}

/** What pixels are of: their numbers mean brightness, or name structures. */
export type ImageKind = 'image' | 'mask';

/**
 * The pixels of a PNG as `[height, width, channels]`, in the file's own numbers: 0 to 255 or to 65535. Those of a palette are
 * the numbers of its entries in a mask, and in an image the greys that these have; colours are none. Checksums are checked.
 */
export function readPng(bytes: Uint8Array, kind: ImageKind): Grid | Damage {
  const header = readHeader(bytes);
  if (isDamage(header)) return header;
  try {
    const decoded = decode(bytes, { checkCrc: true });
    const grid = gridOf(decoded);
    return kind === 'image' && decoded.palette !== undefined ? greysOf(grid, decoded.palette) : grid;
  } catch (problem) {
    return { damage: reasonOf(problem) };
  }
}

function greysOf(grid: Grid, palette: readonly (readonly number[])[]): Grid | Damage {
  const used = [...new Set(grid.values)].map((entry) => palette[entry]);
  if (!used.every((colour) => colour?.[0] === colour?.[1] && colour?.[1] === colour?.[2]))
    return {
      damage: 'its pixels are numbers of colours in a palette, where images are grey: save it as grey',
    };
  return { ...grid, values: grid.values.map((entry) => palette[entry]?.[0] ?? 0) };
}

interface Header {
  readonly height: number;
  readonly width: number;
}

/** No colour profile needs more room. */
const maxProfileBytes = 2 ** 24;

/**
 * Walks the chunks. Compressed data never needs much more room than the pixels, and unpacks to a row of them and a byte
 * each, so anything larger is a file that would unpack to something else than the image it declares: it is refused before
 * the decoder, which knows no limit, sees it.
 */
function readHeader(bytes: Uint8Array): Header | Damage {
  if (!isPng(bytes)) return { damage: 'it is no PNG file' };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 33) return { damage: 'the file ends within its header' };
  const width = view.getUint32(16);
  const height = view.getUint32(20);
  const bits = bytes[24]! * ({ 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }[bytes[25]!] ?? 4);
  if (width === 0 || height === 0) return { damage: `it declares ${height}×${width} pixels` };
  if (width * height * Math.ceil(bits / 8) > maxValues) {
    return { damage: `it declares ${height}×${width} pixels, more than ${maxValues} values` };
  }
  const packed: Uint8Array[] = [];
  let compressed = 0;
  let offset = signature.length;
  while (offset + 12 <= bytes.length) {
    const length = view.getUint32(offset);
    const type = String.fromCharCode(...bytes.subarray(offset + 4, offset + 8));
    if (offset + 12 + length > bytes.length) return { damage: `the file ends within its chunk ${type}` };
    const content = bytes.subarray(offset + 8, offset + 8 + length);
    if (type === 'IDAT') {
      compressed += length;
      packed.push(content);
    }
    if (type === 'iCCP' && unpacksBeyond([content.subarray(content.indexOf(0) + 2)], maxProfileBytes)) {
      return { damage: `its colour profile unpacks to more than ${maxProfileBytes} bytes` };
    }
    if (type === 'IEND') {
      // Of an interlaced image some rows are short, and have their byte all the same.
      const raw = height * (Math.ceil((width * bits) / 8) + 8) + 64;
      if (compressed > 1.02 * raw + 65536) {
        return { damage: `its ${compressed} compressed bytes are too many for ${height}×${width} pixels` };
      }
      return unpacksBeyond(packed, raw)
        ? { damage: `its data unpacks to more than the ${raw} bytes that ${height}×${width} pixels need` }
        : { height, width };
    }
    offset += 12 + length;
  }
  return { damage: 'the file ends before its last chunk' };
}

/** Whether compressed data unpacks to more bytes; what is damaged the decoder tells of. Takes no more memory than that. */
function unpacksBeyond(packed: readonly Uint8Array[], bytes: number): boolean {
  try {
    inflateSync(Buffer.concat(packed), { maxOutputLength: bytes });
    return false;
  } catch (problem) {
    return (problem as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
  }
}

function gridOf({ height, width, channels, depth, data }: DecodedPng): Grid {
  const values = depth < 8 ? unpackBits(data, height, width, depth) : Float32Array.from(data);
  return { height, width, channels, values };
}

/** Pixels of 1, 2 or 4 bits lie packed, the first in the highest bits, every row beginning a new byte. */
function unpackBits(packed: ArrayLike<number>, height: number, width: number, depth: number): Float32Array {
  const values = new Float32Array(height * width);
  const rowBytes = Math.ceil((width * depth) / 8);
  for (let row = 0; row < height; row += 1) {
    for (let column = 0; column < width; column += 1) {
      const bit = column * depth;
      const byte = packed[row * rowBytes + (bit >> 3)]!;
      values[row * width + column] = (byte >> (8 - depth - (bit & 7))) & (2 ** depth - 1);
    }
  }
  return values;
}

function reasonOf(problem: unknown): string {
  const message = problem instanceof Error ? problem.message : String(problem);
  const cause = problem instanceof Error && problem.cause instanceof Error ? ` ${problem.cause.message}` : '';
  return `${message}${cause}`.replace(/[.:]$/, '');
}
