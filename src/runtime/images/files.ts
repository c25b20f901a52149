import { readFileSync, statSync } from 'node:fs';
import { systemReason } from '../storage/system-reason.ts';
import { isDamage, maxBytes } from './damage.ts';
import type { Grid } from './grid.ts';
import { gridOfArray, isNpy, type NumpyArray, readNpy } from './npy.ts';
import { isPng, readPng } from './png.ts';
import { isZip, listZip, unpackEntry } from './zip.ts';

/** Where an image or a mask lies. */
export interface FileReference {
  /** As the program opens it. */
  readonly path: string;
  /** The array's name in an npz file. */
  readonly array: string;
  /** The slice of an array with three axes, from 0. */
  readonly slice: number | null;
}

/** Why a reference gives no image. */
export type FileProblem =
  | { readonly problem: 'missing' }
  | { readonly problem: 'damaged'; readonly reason: string }
  | { readonly problem: 'array'; readonly arrays: readonly string[] }
  | { readonly problem: 'slice'; readonly reason: string };

export function isFileProblem(result: object): result is FileProblem {
  return 'problem' in result;
}

/** How many unpacked arrays are kept: a volume is read slice by slice, its image and its mask in turn. */
const keptArrays = 4;

/** Reads images, remembering the last volumes so that reading them slice by slice unpacks each once. */
export class FileReader {
  readonly #arrays = new Map<string, NumpyArray>();

  /** The image as `[height, width, channels]` in the file's own numbers. */
  read({ path, array, slice }: FileReference): Grid | FileProblem {
    const key = `${path}\0${array}`;
    const kept = this.#arrays.get(key);
    if (kept !== undefined) return sliceOf(kept, slice);

    const bytes = readBytes(path);
    if (isFileProblem(bytes)) return bytes;
    if (isPng(bytes)) {
      const grid = readPng(bytes);
      return isDamage(grid) ? damaged(grid.damage) : grid;
    }
    const found = isZip(bytes)
      ? arrayOfArchive(bytes, array)
      : isNpy(bytes)
        ? readArray(bytes)
        : unknownFormat(bytes);
    if (isFileProblem(found)) return found;
    this.#arrays.set(key, found);
    for (const oldest of this.#arrays.keys()) {
      if (this.#arrays.size <= keptArrays) break;
      this.#arrays.delete(oldest);
    }
    return sliceOf(found, slice);
  }
}

/** The bytes of a regular file: a folder or a pipe, which would block, counts as damaged. */
function readBytes(path: string): Uint8Array | FileProblem {
  try {
    const facts = statSync(path);
    if (!facts.isFile()) return damaged(facts.isDirectory() ? 'it is a folder' : 'it is no regular file');
    if (facts.size > maxBytes) return damaged(`it has ${facts.size} bytes, more than ${maxBytes}`);
    return readFileSync(path);
  } catch (problem) {
    const code = (problem as NodeJS.ErrnoException).code ?? '';
    if (['ENOENT', 'ENOTDIR', 'ERR_INVALID_ARG_VALUE'].includes(code)) return { problem: 'missing' };
    return damaged(systemReason(problem) ?? (code === '' ? String(problem) : `the system says ${code}`));
  }
}

function arrayOfArchive(bytes: Uint8Array, name: string): NumpyArray | FileProblem {
  const entries = listZip(bytes);
  if (isDamage(entries)) return damaged(entries.damage);
  const entry = entries.find((candidate) => candidate.name === `${name}.npy`);
  if (entry === undefined) {
    return { problem: 'array', arrays: entries.map((candidate) => candidate.name.replace(/\.npy$/, '')) };
  }
  const contents = unpackEntry(bytes, entry);
  return isDamage(contents) ? damaged(contents.damage) : readArray(contents);
}

function readArray(bytes: Uint8Array): NumpyArray | FileProblem {
  const array = readNpy(bytes);
  if (isDamage(array)) return damaged(array.damage);
  if (array.shape.length === 2 || array.shape.length === 3) return array;
  return damaged(`it has ${array.shape.length} axes, not 2 or 3`);
}

function sliceOf(array: NumpyArray, slice: number | null): Grid | FileProblem {
  if (array.shape.length === 2) {
    return slice === null
      ? gridOfArray(array, null)
      : { problem: 'slice', reason: 'has no slices, yet the row names one' };
  }
  const slices = array.shape[0]!;
  if (slice === null) return { problem: 'slice', reason: `has ${slices} slices, and the row names none` };
  if (slice >= slices) return { problem: 'slice', reason: `has slices 0 to ${slices - 1}, not ${slice}` };
  return gridOfArray(array, slice);
}

function unknownFormat(bytes: Uint8Array): FileProblem {
  return damaged(bytes.length === 0 ? 'it is empty' : 'it is neither PNG nor npz nor npy');
}

function damaged(reason: string): FileProblem {
  return { problem: 'damaged', reason };
}
