import { readFileSync, statSync } from 'node:fs';
import { systemReason } from '../storage/system-reason.ts';
import { endsInChannels, joinChannels, slicesAround } from './channels.ts';
import { isDamage, maxBytes } from './damage.ts';
import { type Grid, sameSize } from './grid.ts';
import { gridOfArray, isNpy, type NumpyArray, readNpy } from './npy.ts';
import { type ImageKind, isPng, readPng } from './png.ts';
import { isZip, listZip, unpackEntry } from './zip.ts';

/** Where an image or a mask lies. */
export interface FileReference {
  /** As the program opens it. */
  readonly path: string;
  /** The array's name in an npz file. */
  readonly array: string;
  /** The slice of an array `[slices, height, width]` or `[slices, height, width, channels]`, from 0. */
  readonly slice: number | null;
}

/** Where an image lies whose channels may be those of several files, arrays and slices. */
export interface ImageReference extends FileReference {
  /** Where the channels after its own lie, at the same slice. */
  readonly more?: readonly FileReference[];
  /** Slices on each side that are further channels. */
  readonly neighbours?: number;
  /** How many slices a point in time has, where the array holds several of them one after the other. */
  readonly slices?: number;
}

/** All files of an image, those of its own channels first. */
export function filesOf({ path, array, slice, more = [] }: ImageReference): readonly FileReference[] {
  return [{ path, array, slice }, ...more];
}

/** Why a reference gives no image. */
export type FileProblem =
  | { readonly problem: 'missing' }
  | {
      readonly problem: 'damaged';
      readonly reason: string;
      /** A library may hold the file open, and would give what it read of it for one that is written in its place. */
      readonly open?: boolean;
    }
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

  /** An image with the channels of all its files and slices: those of the lowest slice first, by file. */
  image(reference: ImageReference): Grid | FileProblem {
    const { slice, neighbours = 0 } = reference;
    const files = filesOf(reference);
    const middle = files.map((file) => this.read(file, 'image'));
    const problem = middle.find(isFileProblem);
    if (problem !== undefined) return problem;
    const own = middle as readonly Grid[];
    const other = own.find((grid) => !sameSize(grid, own[0]!));
    if (other !== undefined) return damaged('its channels differ in size');
    if (neighbours === 0) return joinChannels(own);
    if (slice === null)
      return { problem: 'slice', reason: 'has no slices, and its neighbours are asked for' };
    const counts = files.map((file) => this.#slices(file));
    if (counts.some((count) => count !== counts[0])) return damaged('its channels differ in their slices');
    const grids: Grid[] = [];
    for (const near of slicesAround(
      slice,
      neighbours,
      Math.min(reference.slices ?? counts[0]!, counts[0]!),
    )) {
      for (const [place, file] of files.entries()) {
        const grid =
          near === slice
            ? own[place]!
            : this.read({ ...file, slice: Math.min(near, counts[0]! - 1) }, 'image');
        if (isFileProblem(grid)) return grid;
        grids.push(grid);
      }
    }
    return joinChannels(grids);
  }

  /** How many slices the array of a file has that was read just now. */
  #slices({ path, array }: FileReference): number {
    return this.#arrays.get(keyOf(path, array))?.shape[0] ?? 1;
  }

  /** A mask, or one file of an image, as `[height, width, channels]` in the file's own numbers. */
  read({ path, array, slice }: FileReference, kind: ImageKind = 'mask'): Grid | FileProblem {
    const key = keyOf(path, array);
    const kept = this.#arrays.get(key);
    if (kept !== undefined) return sliceOf(kept, slice);

    const bytes = readBytes(path);
    if (isFileProblem(bytes)) return bytes;
    if (isPng(bytes)) {
      const grid = readPng(bytes, kind);
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
  const { shape } = array;
  if (shape.length === 2 || shape.length === 3) return array;
  if (shape.length !== 4) return damaged(`it has ${shape.length} axes, not 2 to 4`);
  return endsInChannels(shape)
    ? array
    : damaged(`it has 4 axes, ${shape.join('×')}, of which the last should be that of channels`);
}

function sliceOf(array: NumpyArray, slice: number | null): Grid | FileProblem {
  if (array.shape.length === 2) {
    return slice === null
      ? gridOfArray(array, null)
      : { problem: 'slice', reason: 'has no slices, yet the row names one' };
  }
  if (slice === null && array.shape.length === 3 && endsInChannels(array.shape))
    return gridOfArray(array, null);
  const slices = array.shape[0]!;
  if (slice === null) return { problem: 'slice', reason: `has ${slices} slices, and the row names none` };
  if (slice >= slices) return { problem: 'slice', reason: `has slices 0 to ${slices - 1}, not ${slice}` };
  return gridOfArray(array, slice);
}

function keyOf(path: string, array: string): string {
  return `${path}\0${array}`;
}

function unknownFormat(bytes: Uint8Array): FileProblem {
  return damaged(bytes.length === 0 ? 'it is empty' : 'it is neither PNG nor npz nor npy');
}

function damaged(reason: string): FileProblem {
  return { problem: 'damaged', reason };
}
