import { crc32 } from 'node:zlib';
import { inflateSync } from 'fflate';
import { type Damage, maxBytes } from './damage.ts';

/** One file of a zip archive, still packed. */
export interface ZipEntry {
  readonly name: string;
  readonly method: number;
  readonly checksum: number;
  readonly packedSize: number;
  readonly size: number;
  /** Offset of its local header. */
  readonly offset: number;
}

const endSignature = 0x06054b50;
const entrySignature = 0x02014b50;
const localSignature = 0x04034b50;
/** In fields of this value the real number is in a zip64 record, which archives of this size do not need. */
const elsewhere = 0xffffffff;

export function isZip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b;
}

/** The directory of an archive, which stands at its end: a truncated file has none. */
export function listZip(bytes: Uint8Array): readonly ZipEntry[] | Damage {
  if (!isZip(bytes)) return { damage: 'it is no zip archive' };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = findEnd(view);
  if (end === null) return { damage: 'the archive ends before its directory' };
  const count = view.getUint16(end + 10, true);
  let offset = view.getUint32(end + 16, true);
  const entries: ZipEntry[] = [];
  for (let index = 0; index < count; index += 1) {
    if (offset + 46 > end || view.getUint32(offset, true) !== entrySignature) {
      return { damage: 'its directory is damaged' };
    }
    const nameLength = view.getUint16(offset + 28, true);
    const name = new TextDecoder().decode(bytes.subarray(offset + 46, offset + 46 + nameLength));
    const entry: ZipEntry = {
      name,
      method: view.getUint16(offset + 10, true),
      checksum: view.getUint32(offset + 16, true),
      packedSize: view.getUint32(offset + 20, true),
      size: view.getUint32(offset + 24, true),
      offset: view.getUint32(offset + 42, true),
    };
    if ([entry.packedSize, entry.size, entry.offset].includes(elsewhere)) {
      return { damage: `its entry ${name} is too large` };
    }
    entries.push(entry);
    offset += 46 + nameLength + view.getUint16(offset + 30, true) + view.getUint16(offset + 32, true);
  }
  return entries;
}

/** The contents of one entry, of exactly the declared size and checksum. */
export function unpackEntry(bytes: Uint8Array, entry: ZipEntry): Uint8Array | Damage {
  const { name, method, size, packedSize, offset } = entry;
  if (size > maxBytes) return { damage: `its entry ${name} declares ${size} bytes, more than ${maxBytes}` };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (offset + 30 > bytes.length || view.getUint32(offset, true) !== localSignature) {
    return { damage: `its entry ${name} is not where the directory says` };
  }
  const start = offset + 30 + view.getUint16(offset + 26, true) + view.getUint16(offset + 28, true);
  const packed = bytes.subarray(start, start + packedSize);
  if (packed.length < packedSize) return { damage: `the archive ends within its entry ${name}` };
  const contents = method === 0 ? packed : method === 8 ? inflate(packed, size) : null;
  if (contents === null) return { damage: `its entry ${name} is damaged or packed in an unknown way` };
  if (contents.length !== size || crc32(contents) !== entry.checksum) {
    return { damage: `its entry ${name} does not have its checksum` };
  }
  return contents;
}

/** Unpacks into a buffer of the declared size, so that nothing can grow beyond it. */
function inflate(packed: Uint8Array, size: number): Uint8Array | null {
  try {
    return inflateSync(packed, { out: new Uint8Array(size) });
  } catch {
    return null;
  }
}

/** The end record is the last 22 bytes, or further from the end where the archive carries a comment. */
function findEnd(view: DataView): number | null {
  const last = view.byteLength - 22;
  for (let offset = last; offset >= Math.max(0, last - 65535); offset -= 1) {
    if (view.getUint32(offset, true) === endSignature) return offset;
  }
  return null;
}
