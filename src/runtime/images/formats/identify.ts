import { headerless } from '../dicom/headerless.ts';

/** The formats that are read. What a file is, is decided by its contents; its name may lie. */
export type Format = 'png' | 'zip' | 'npy' | 'dicom' | 'nifti' | 'hdf5' | 'tiff';

/** Formats that are recognised in order to say so. */
const others: readonly (readonly [string, (bytes: Uint8Array) => boolean])[] = [
  ['it is a JPEG picture, which has lost what was measured', (bytes) => starts(bytes, [0xff, 0xd8, 0xff])],
  [
    'it is an MGH volume, which is not read: convert it to NIfTI',
    (bytes) => starts(bytes, [0, 0, 0, 1, 0, 0]),
  ],
  [
    'it is a BigTIFF, which is not read: save it as TIFF or NIfTI',
    (bytes) => starts(bytes, [0x49, 0x49, 0x2b, 0]) || starts(bytes, [0x4d, 0x4d, 0, 0x2b]),
  ],
  ['it is a PDF', (bytes) => starts(bytes, [0x25, 0x50, 0x44, 0x46])],
];

/** The format of a file's first bytes, or in words why there is none. */
export function identify(bytes: Uint8Array): Format | { readonly unknown: string } {
  if (bytes.length === 0) return { unknown: 'it is empty' };
  if (starts(bytes, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])) return 'png';
  if (starts(bytes, [0x50, 0x4b])) return 'zip';
  if (starts(bytes, [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59])) return 'npy';
  if (text(bytes, 128, 4) === 'DICM') return 'dicom';
  if (starts(bytes, [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a])) return 'hdf5';
  if (isNifti(bytes)) return 'nifti';
  if (starts(bytes, [0x49, 0x49, 0x2a, 0]) || starts(bytes, [0x4d, 0x4d, 0, 0x2a])) return 'tiff';
  if (headerless(bytes) !== null) return 'dicom';
  const format = others.find(([, is]) => is(bytes));
  return { unknown: format?.[0] ?? 'it is neither DICOM, NIfTI, HDF5, PNG, TIFF, npz nor npy' };
}

/** NIfTI-1 says so at byte 344, NIfTI-2 at byte 4; `ni` keeps its pixels in a second file. */
function isNifti(bytes: Uint8Array): boolean {
  return /^n[+i][12]/.test(text(bytes, 344, 3)) || /^n[+i]2/.test(text(bytes, 4, 3));
}

export function isGzip(bytes: Uint8Array): boolean {
  return starts(bytes, [0x1f, 0x8b]);
}

function starts(bytes: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, index) => bytes[index] === byte);
}

function text(bytes: Uint8Array, start: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(start, start + length));
}
