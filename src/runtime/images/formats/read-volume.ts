import { readFileSync, statSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { systemReason } from '../../storage/system-reason.ts';
import { type Damage, isDamage, maxBytes } from '../damage.ts';
import type { Pixels } from '../dicom/dicom-pixels.ts';
import type { FileProblem } from '../files.ts';
import { readNpy } from '../npy.ts';
import { type ImageKind, readPng } from '../png.ts';
import { listZip, unpackEntry } from '../zip.ts';
import { volumeOfNumpy } from './array-volume.ts';
import { identify, isGzip } from './identify.ts';
import type { Volume } from './volume.ts';

/** Reads any file that holds images. Never throws for what a file holds. */
export async function readVolume(
  path: string,
  array: string,
  kind: ImageKind = 'image',
): Promise<Volume | FileProblem> {
  const bytes = readWhole(path);
  if ('problem' in bytes) return bytes;
  const unpacked = isGzip(bytes) ? gunzip(bytes) : bytes;
  if ('damage' in unpacked) return damaged(unpacked);
  const format = identify(unpacked);
  if (typeof format !== 'string') return { problem: 'damaged', reason: format.unknown };
  switch (format) {
    case 'dicom':
      return checked(await (await import('../dicom/read-dicom.ts')).readDicom(unpacked, path));
    case 'nifti': {
      const { readNifti, companionPath } = await import('./nifti.ts');
      return checked(readNifti(unpacked, () => readCompanion(companionPath(path))));
    }
    case 'tiff':
      return checked((await import('./tiff.ts')).readTiff(unpacked));
    case 'hdf5': {
      const found = await (await import('./hdf5.ts')).readHdf5(path, array);
      return 'arrays' in found ? { problem: 'array', arrays: found.arrays } : checked(found);
    }
    case 'png': {
      const grid = readPng(unpacked, kind);
      if (isDamage(grid)) return damaged(grid);
      const { height: rows, width: columns, channels, values } = grid;
      return {
        ...{ rows, columns, channels, values, slices: 1, frames: 1 },
        ...{ spacing: null, affine: null, source: { kind: 'picture' } },
      };
    }
    case 'npy':
      return checked(volumeOfNumpy(readNpy(unpacked)));
    case 'zip': {
      const entries = listZip(unpacked);
      if (isDamage(entries)) return damaged(entries);
      const entry = entries.find(({ name }) => name === `${array}.npy`);
      if (entry === undefined) {
        return { problem: 'array', arrays: entries.map(({ name }) => name.replace(/\.npy$/, '')) };
      }
      const contents = unpackEntry(unpacked, entry);
      return isDamage(contents) ? damaged(contents) : checked(volumeOfNumpy(readNpy(contents)));
    }
  }
}

/** The frames of a DICOM file as they follow each other in it. */
export async function readDicomFrames(path: string): Promise<Pixels | FileProblem> {
  const bytes = readWhole(path);
  if ('problem' in bytes) return bytes;
  const unpacked = isGzip(bytes) ? gunzip(bytes) : bytes;
  if ('damage' in unpacked) return damaged(unpacked);
  const found = await (await import('../dicom/read-dicom.ts')).readFrames(unpacked);
  return 'damage' in found ? damaged(found) : found;
}

/** The whole of a regular file, unless it is too large or cannot be read. */
export function readWhole(path: string): Uint8Array | FileProblem {
  try {
    const facts = statSync(path);
    if (!facts.isFile()) {
      return damaged({ damage: facts.isDirectory() ? 'it is a folder' : 'it is no regular file' });
    }
    if (facts.size > maxBytes)
      return damaged({ damage: `it has ${facts.size} bytes, more than ${maxBytes}` });
    return readFileSync(path);
  } catch (problem) {
    const code = (problem as NodeJS.ErrnoException).code ?? '';
    if (['ENOENT', 'ENOTDIR', 'ERR_INVALID_ARG_VALUE'].includes(code)) return { problem: 'missing' };
    return damaged({
      damage: systemReason(problem) ?? (code === '' ? String(problem) : `the system says ${code}`),
    });
  }
}

/** Unpacks at most {@link maxBytes}. */
export function gunzip(bytes: Uint8Array): Uint8Array | Damage {
  try {
    return gunzipSync(bytes, { maxOutputLength: maxBytes });
  } catch (problem) {
    const { code } = problem as NodeJS.ErrnoException;
    if (code === 'ERR_BUFFER_TOO_LARGE') return { damage: `it unpacks to more than ${maxBytes} bytes` };
    return { damage: code === 'Z_BUF_ERROR' ? 'the packed file ends early' : 'the packed file is damaged' };
  }
}

function readCompanion(path: string | null): Uint8Array | Damage {
  if (path === null) return { damage: 'it is a header whose .img file is not beside it' };
  const bytes = readWhole(path);
  if ('problem' in bytes) return { damage: 'its .img file cannot be read' };
  return isGzip(bytes) ? gunzip(bytes) : bytes;
}

function checked(found: Volume | Damage): Volume | FileProblem {
  return 'damage' in found ? damaged(found) : found;
}

function damaged({ damage, open }: Damage): FileProblem {
  return { problem: 'damaged', reason: damage, ...(open === true && { open }) };
}
