import { type NIFTI1, NIFTI2 } from 'nifti-reader-js';
import { determinant, distanceOfGrids, voxelSizes } from './affine.ts';
import type { Affine, Volume } from './volume.ts';

/** Where a NIfTI header says that its voxels lie, and what of it contradicts the rest. */
interface Place extends Pick<Volume, 'spacing' | 'affine'> {
  readonly remarks: readonly string[];
}

/** Places that are closer than this share of a voxel are one. */
const closePlaces = 0.1;
/** Sizes of voxels that differ by less than this share are one: headers hold them in single precision. */
const closeSizes = 0.01;

/**
 * The sform counts before the qform, as nibabel and the standard's method 3 have it, and before `pixdim`: masks keep the
 * header, so volumes must be those that other programs reckon from its affine. Without either only sizes are known.
 * @param size columns, rows and slices
 */
export function placeOf(
  header: NIFTI1 | NIFTI2,
  bytes: Uint8Array,
  size: readonly [number, number, number],
): Place {
  const unit = { 1: 1000, 3: 0.001 }[header.xyzt_units & 7] ?? 1;
  const sizeAlong = (axis: number) => Math.abs(header.pixDims[axis] ?? 0) * unit;
  const sizes = [sizeAlong(1), sizeAlong(2), sizeAlong(3)] as const;
  const sform = header.sform_code > 0 ? inMillimetres(sformOf(header, bytes), unit) : null;
  const qform = header.qform_code > 0 ? qformOf(header, unit) : null;
  const usable = { sform: isUsable(sform) ? sform : null, qform: isUsable(qform) ? qform : null };
  const affine = usable.sform ?? usable.qform;
  const remarks: string[] = [];
  if (unit !== 1)
    remarks.push(`it counts in ${unit === 1000 ? 'metres' : 'micrometres'}: its sizes are made millimetres`);
  for (const [name, asked, found] of [
    ['sform', sform, usable.sform],
    ['qform', qform, usable.qform],
  ] as const) {
    if (asked !== null && found === null) remarks.push(`its ${name} is no place in space and is passed over`);
  }
  if (affine === null) return { spacing: spacingOf(sizes), affine: null, remarks };
  const name = usable.sform === null ? 'qform' : 'sform';
  const own = voxelSizes(affine);
  if (own.some((one, axis) => sizes[axis]! > 0 && Math.abs(one - sizes[axis]!) > closeSizes * one)) {
    remarks.push(
      `its ${name} puts voxels ${shown(own)} mm apart and its pixdim ${shown(sizes)} mm: the ${name} counts`,
    );
  } else if (usable.sform !== null && usable.qform !== null) {
    const apart = distanceOfGrids(usable.sform, usable.qform, size);
    if (apart > closePlaces)
      remarks.push(`its sform and its qform differ by up to ${shown([apart])} voxels: the sform counts`);
  }
  const [column, row] = own;
  // The volume of a voxel is the determinant, also where its edges are not at right angles.
  const thickness = Math.abs(determinant(affine)) / (column * row);
  if (thickness < (1 - closeSizes) * own[2])
    remarks.push(
      `its slices are sheared: ${shown([own[2]])} mm from corner to corner, ${shown([thickness])} mm thick`,
    );
  return { spacing: [row, column, thickness], affine, remarks };
}

type Sizes = readonly [column: number, row: number, slice: number];

function spacingOf([column, row, slice]: Sizes): Volume['spacing'] {
  return row > 0 && column > 0 && Number.isFinite(row + column + slice) ? [row, column, slice] : null;
}

function shown(sizes: readonly number[]): string {
  return sizes.map((size) => Number(size.toPrecision(4))).join('×');
}

/** Whether voxels have a volume there. */
function isUsable(affine: Affine | null): boolean {
  if (affine === null || affine.length !== 16 || !affine.every(Number.isFinite)) return false;
  const volume = Math.abs(determinant(affine));
  return voxelSizes(affine).every((size) => size > 0) && volume > 1e-6 * voxelSizes(affine).reduce(product);
}

function product(one: number, other: number): number {
  return one * other;
}

function inMillimetres(affine: readonly number[], unit: number): Affine {
  return affine.map((value, place) => (place < 12 ? value * unit : value));
}

/** The rows of the sform as they are written: the library's affine is the qform where that has the higher code. */
function sformOf(header: NIFTI1 | NIFTI2, bytes: Uint8Array): Affine {
  const { littleEndian } = header;
  const second = header instanceof NIFTI2;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const value = (place: number) =>
    second ? view.getFloat64(400 + 8 * place, littleEndian) : view.getFloat32(280 + 4 * place, littleEndian);
  return [...Array.from({ length: 12 }, (_, place) => value(place)), 0, 0, 0, 1];
}

/** The rotation of a quaternion, with the sizes of `pixdim`; its first entry mirrors the slices where it is negative. */
function qformOf({ pixDims, ...header }: NIFTI1 | NIFTI2, unit: number): Affine {
  const { quatern_b: b, quatern_c: c, quatern_d: d } = header;
  const a = Math.sqrt(Math.max(0, 1 - (b * b + c * c + d * d)));
  const [x, y, z] = [pixDims[1] ?? 0, pixDims[2] ?? 0, (pixDims[3] ?? 0) * ((pixDims[0] ?? 1) < 0 ? -1 : 1)];
  return inMillimetres(
    [
      ...[
        (a * a + b * b - c * c - d * d) * x,
        2 * (b * c - a * d) * y,
        2 * (b * d + a * c) * z,
        header.qoffset_x,
      ],
      ...[
        2 * (b * c + a * d) * x,
        (a * a + c * c - b * b - d * d) * y,
        2 * (c * d - a * b) * z,
        header.qoffset_y,
      ],
      ...[
        2 * (b * d - a * c) * x,
        2 * (c * d + a * b) * y,
        (a * a + d * d - c * c - b * b) * z,
        header.qoffset_z,
      ],
      ...[0, 0, 0, 1],
    ],
    unit,
  );
}
