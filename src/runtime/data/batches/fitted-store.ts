import { createHash } from 'node:crypto';
import {
  closeSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
  statfsSync,
  statSync,
  utimesSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { filesOf } from '../../images/files.ts';
import type { Grid, Size } from '../../images/grid.ts';
import { createFolders } from '../../storage/atomic.ts';
import type { Dataset } from '../dataset/dataset.ts';
import { phantomVersion } from '../phantom/phantom.ts';

/** An image as the network takes it before augmentation, and its mask in the data's own values. */
export interface Fitted {
  readonly image: Grid;
  readonly mask: Grid | null;
}

/** Where fitted images stay between epochs; what is not kept is made again. */
export interface FittedKeep {
  /** Whether images that nobody asked for yet had better not be kept. */
  readonly full: boolean;
  /** Whether an image seems to be there; reading it may still show that it is damaged. */
  has(index: number): boolean;
  read(index: number): Fitted | null;
  write(index: number, fitted: Fitted): void;
}

/** Checksum, what follows, and 8 bytes to come. */
const headBytes = 16;
const [withoutMask, withMask] = [1, 2];
/** Mask values are kept as two bytes: structures of some data sets have numbers such as 600. */
const largestMaskValue = 65_535;
/** A store that was opened by no run for so long is removed. */
const keptDays = 30;
/** No store takes more of what is free on its disk. */
const shareOfDisk = 0.25;

/**
 * Fitted images on disk, so that an epoch after the first decodes nothing and their number does not matter for memory. A
 * record per image at a place that its number gives, read with positioned reads, which the system keeps in memory as it
 * would mapped pages: Node.js maps no files. A record that is missing, half-written or damaged has no valid checksum and
 * counts as absent, so several processes may use one store.
 */
export class FittedStore implements FittedKeep {
  readonly full = false;
  readonly #file: number;
  readonly #size: Size & { readonly channels: number };
  readonly #record: Buffer;

  private constructor(file: number, size: Size & { readonly channels: number }) {
    this.#file = file;
    this.#size = size;
    this.#record = Buffer.alloc(recordBytes(size));
  }

  /**
   * The store of a dataset in a folder; null where the disk has no room or nothing can be written. It belongs to the files
   * as they are now, or to the phantoms as they are drawn, and to how they are fitted.
   */
  static open(
    dataset: Dataset,
    folder: string,
    [height, width, channels]: readonly number[],
  ): FittedStore | null {
    const size = { height: height!, width: width!, channels: channels! };
    try {
      createFolders(folder);
      dropUnused(folder);
      const { bavail, bsize } = statfsSync(folder);
      if (recordBytes(size) * dataset.cases.length > shareOfDisk * bavail * bsize) return null;
      const path = join(folder, `fitted-${identityOf(dataset, size)}.bin`);
      closeSync(openSync(path, 'a'));
      utimesSync(path, new Date(), new Date());
      return new FittedStore(openSync(path, 'r+'), size);
    } catch {
      // Without a store everything is decoded when it is needed: slower, and the same.
      return null;
    }
  }

  has(index: number): boolean {
    const head = this.#record.subarray(0, headBytes);
    return (
      readSync(this.#file, head, 0, headBytes, index * this.#record.length) === headBytes &&
      isKind(head.readUInt32LE(4))
    );
  }

  read(index: number): Fitted | null {
    const record = this.#record;
    if (readSync(this.#file, record, 0, record.length, index * record.length) < record.length) return null;
    const kind = record.readUInt32LE(4);
    if (!isKind(kind) || crc32(record.subarray(4)) !== record.readUInt32LE(0)) return null;
    const { height, width, channels } = this.#size;
    const pixels = height * width;
    const values = new Float32Array(pixels * channels);
    new Uint8Array(values.buffer).set(record.subarray(headBytes, headBytes + values.byteLength));
    const image = { height, width, channels, values };
    if (kind === withoutMask) return { image, mask: null };
    const mask = new Uint16Array(pixels);
    new Uint8Array(mask.buffer).set(record.subarray(headBytes + values.byteLength));
    return { image, mask: { height, width, channels: 1, values: new Float32Array(mask) } };
  }

  /** Keeps an image, unless it has another size or its mask has values that are no small whole numbers. */
  write(index: number, { image, mask }: Fitted): void {
    const record = this.#record;
    const { height, width, channels } = this.#size;
    if (image.height !== height || image.width !== width || image.channels !== channels) return;
    if (mask?.values.some((value) => !Number.isInteger(value) || value < 0 || value > largestMaskValue))
      return;
    record.fill(0);
    record.writeUInt32LE(mask === null ? withoutMask : withMask, 4);
    const { buffer, byteOffset, byteLength } = image.values;
    record.set(new Uint8Array(buffer, byteOffset, byteLength), headBytes);
    if (mask !== null) {
      record.set(new Uint8Array(new Uint16Array(mask.values).buffer), headBytes + byteLength);
    }
    record.writeUInt32LE(crc32(record.subarray(4)), 0);
    try {
      writeSync(this.#file, record, 0, record.length, index * record.length);
    } catch {
      // A full disk costs the store, not the training.
    }
  }

  close(): void {
    closeSync(this.#file);
  }
}

function recordBytes({ height, width, channels }: Size & { readonly channels: number }): number {
  return headBytes + height * width * (4 * channels + 2);
}

/** Removes what changed files, or other settings, left behind. */
function dropUnused(folder: string): void {
  for (const name of readdirSync(folder)) {
    if (!/^fitted-[0-9a-f]+\.bin$/.test(name)) continue;
    const path = join(folder, name);
    if (Date.now() - statSync(path).mtimeMs > keptDays * 86_400_000) rmSync(path, { force: true });
  }
}

function isKind(value: number): boolean {
  return value === withoutMask || value === withMask;
}

/** Changes with every file's size and time, with the phantoms drawn, with their order, and with how images are fitted. */
function identityOf({ cases, plan }: Dataset, size: object): string {
  const hash = createHash('sha256').update(JSON.stringify([2, phantomVersion, size, plan]));
  const known = new Map<string, string>();
  const stamp = (path: string): string => {
    const found = known.get(path);
    if (found !== undefined) return found;
    const facts = statSync(path, { throwIfNoEntry: false });
    const text = `${path} ${facts?.size} ${facts?.mtimeMs}`;
    known.set(path, text);
    return text;
  };
  for (const { source, spacing } of cases) {
    hash.update(JSON.stringify([spacing]));
    if (source.kind === 'files' && source.image.neighbours !== undefined)
      hash.update(JSON.stringify([source.image.neighbours, source.image.slices ?? null]));
    if (source.kind === 'phantom') {
      hash.update(JSON.stringify(source.image));
      continue;
    }
    for (const file of [...filesOf(source.image), source.mask]) {
      hash.update(file === null ? '-' : JSON.stringify([stamp(file.path), file.array, file.slice]));
    }
  }
  return hash.digest('hex').slice(0, 24);
}
