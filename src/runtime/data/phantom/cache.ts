import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeAtomically } from '../../storage/atomic.ts';
import { systemReason } from '../../storage/system-reason.ts';
import type { PhantomImage, PhantomSource } from './cohort.ts';
import { drawPhantom, phantomVersion } from './phantom.ts';

/** What training needs of a drawn image, `[height, width]` each. */
export interface DrawnImage {
  /** The T1 map, ms. */
  readonly T1: Float32Array;
  readonly mask: Uint8Array;
}

/**
 * Draws an image, or reads what was drawn before from a folder, so that folds and resumed runs need not draw again. A file
 * of another length than expected is drawn anew. Without a folder it always draws.
 */
export function drawCached(source: PhantomSource, image: PhantomImage, folder: string | null): DrawnImage {
  if (folder === null) return drawPhantom(source, image);
  const path = pathOf(source, image, folder);
  return readKept(path, source.size[0] * source.size[1]) ?? drawAndKeep(path, source, image);
}

/** Draws an image that is not in the folder yet. Throws where it cannot be written. */
export function drawIntoCache(source: PhantomSource, image: PhantomImage, folder: string): void {
  const path = pathOf(source, image, folder);
  if (!existsSync(path)) keep(path, drawPhantom(source, image));
}

function pathOf({ seed, difficulty, size }: PhantomSource, image: PhantomImage, folder: string): string {
  return join(
    folder,
    `phantom-${phantomVersion}-${difficulty}-seed${seed}-${size.join('x')}`,
    `${image.diagnosis}-${image.subject}-${image.level}.bin`,
  );
}

/** A disk without room costs the time to draw it again, not the training. */
function drawAndKeep(path: string, source: PhantomSource, image: PhantomImage): DrawnImage {
  const drawn = drawPhantom(source, image);
  try {
    keep(path, drawn);
  } catch (error) {
    if (systemReason(error) === null) throw error;
  }
  return drawn;
}

function keep(path: string, { T1, mask }: DrawnImage): void {
  const bytes = new Uint8Array(5 * mask.length);
  bytes.set(new Uint8Array(T1.buffer, T1.byteOffset, T1.byteLength));
  bytes.set(mask, 4 * mask.length);
  writeAtomically(path, bytes);
}

/** Four bytes of T1 per pixel, then one of the mask. */
function readKept(path: string, pixels: number): DrawnImage | null {
  try {
    const bytes = readFileSync(path);
    if (bytes.length !== 5 * pixels) return null;
    const copy = Uint8Array.from(bytes);
    return { T1: new Float32Array(copy.buffer, 0, pixels), mask: copy.subarray(4 * pixels) };
  } catch {
    return null;
  }
}
