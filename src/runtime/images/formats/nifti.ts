import { existsSync } from 'node:fs';
import { isCompressed, type NIFTI1, NIFTI2, readHeader } from 'nifti-reader-js';
import { type Damage, isDamage } from '../damage.ts';
import { oddities } from './findings.ts';
import { placeOf } from './nifti-place.ts';
import { tooLarge, type Volume } from './volume.ts';

type Header = NIFTI1 | NIFTI2;

/**
 * A NIfTI-1 or NIfTI-2 volume in either byte order, scaled as its header says. Axes beyond the third are frames.
 * @param companion reads the `.img` file of a pair
 */
export function readNifti(bytes: Uint8Array, companion: () => Uint8Array | Damage): Volume | Damage {
  const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  if (isCompressed(buffer)) return { damage: 'it is packed twice' };
  const header = headerOf(buffer);
  if (isDamage(header)) return header;
  const [count = 0, ...axes] = header.dims;
  if (!(count >= 1 && count <= 7)) return { damage: `it declares ${count} axes` };
  const shape = axes.slice(0, count);
  const type = types[header.datatypeCode];
  if (type === undefined) {
    return { damage: `its values have the type ${header.datatypeCode}, which is not read` };
  }
  const channels = type.channels ?? 1;
  const large = tooLarge([...shape, channels]);
  if (large !== null) return large;

  const paired = header.magic.startsWith('ni');
  const file = paired ? companion() : bytes;
  if (isDamage(file)) return file;
  const start = startOf(header, paired);
  if (start === null)
    return { damage: `its values would begin at byte ${header.vox_offset}, within its header` };
  const total = shape.reduce((product, size) => product * size, channels);
  const available = file.length - start;
  if (!(available >= total * type.bytes)) {
    return {
      damage: `it declares ${total * type.bytes} bytes of values and holds ${Math.max(0, available)}`,
    };
  }
  const view = new DataView(file.buffer, file.byteOffset + start, total * type.bytes);
  const values = new Float32Array(total);
  // A slope of 0 says that there is no scaling.
  const scaled = header.scl_slope !== 0 && Number.isFinite(header.scl_slope);
  const slope = scaled ? header.scl_slope : 1;
  const inter = scaled && Number.isFinite(header.scl_inter) ? header.scl_inter : 0;
  for (let index = 0; index < total; index += 1) {
    values[index] = type.read(view, index * type.bytes, header.littleEndian) * slope + inter;
  }
  const [columns = 1, rows = 1, slices = 1, ...rest] = shape;
  const { spacing, affine, remarks } = placeOf(header, bytes, [columns, rows, slices]);
  return {
    columns,
    rows,
    slices,
    frames: rest.reduce((product, size) => product * size, 1),
    channels,
    values,
    spacing,
    affine,
    findings: oddities(remarks),
    source: {
      kind: 'nifti',
      header: bytes.slice(0, header instanceof NIFTI2 ? 540 : 348),
      littleEndian: header.littleEndian,
    },
  };
}

function headerOf(buffer: ArrayBuffer): Header | Damage {
  const damage = 'its header is not that of a whole NIfTI file';
  try {
    return readHeader(buffer, true) ?? { damage };
  } catch {
    return { damage };
  }
}

/** The first byte of the values. Some writers say 0 in a single file, and mean the first one that may hold any. */
function startOf(header: Header, paired: boolean): number | null {
  const { vox_offset: offset } = header;
  if (!(offset >= 0)) return null;
  if (paired) return Math.trunc(offset);
  const least = header instanceof NIFTI2 ? 544 : 352;
  if (offset === 0) return least;
  return offset >= least - 4 ? Math.trunc(offset) : null;
}

interface ValueType {
  readonly bytes: number;
  readonly channels?: number;
  readonly read: (view: DataView, at: number, littleEndian: boolean) => number;
}

/** By NIfTI's codes of types. */
const types: Readonly<Record<number, ValueType>> = {
  2: { bytes: 1, read: (view, at) => view.getUint8(at) },
  4: { bytes: 2, read: (view, at, little) => view.getInt16(at, little) },
  8: { bytes: 4, read: (view, at, little) => view.getInt32(at, little) },
  16: { bytes: 4, read: (view, at, little) => view.getFloat32(at, little) },
  64: { bytes: 8, read: (view, at, little) => view.getFloat64(at, little) },
  128: { bytes: 1, channels: 3, read: (view, at) => view.getUint8(at) },
  256: { bytes: 1, read: (view, at) => view.getInt8(at) },
  512: { bytes: 2, read: (view, at, little) => view.getUint16(at, little) },
  768: { bytes: 4, read: (view, at, little) => view.getUint32(at, little) },
  1024: { bytes: 8, read: (view, at, little) => Number(view.getBigInt64(at, little)) },
  1280: { bytes: 8, read: (view, at, little) => Number(view.getBigUint64(at, little)) },
};

/** The file with the pixels of a pair: `air.hdr.gz` has `air.img.gz`, or `air.img`. */
export function companionPath(path: string): string | null {
  const stem = path.replace(/\.hdr(?:\.gz)?$/i, '');
  if (stem === path) return null;
  return ['.img.gz', '.img'].map((ending) => stem + ending).find((one) => existsSync(one)) ?? null;
}
